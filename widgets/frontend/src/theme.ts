/**
 * Vuetify, set up once. Its own theme sheet is off: our tokens are plain CSS, so
 * dark and light need no script, show before the first paint and fit a strict CSP.
 */
import { createVuetify } from "vuetify"
import { aliases, mdi } from "vuetify/iconsets/mdi-svg"
import { language } from "./texts"

export function createTheme() {
  return createVuetify({
    theme: false,
    icons: { defaultSet: "mdi", aliases, sets: { mdi } },
    locale: { locale: language.value, messages: { [language.value]: {} } },
  })
}
