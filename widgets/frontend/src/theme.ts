/**
 * Vuetify, set up once. Its own theme sheet is off: our tokens are plain CSS, so
 * dark and light need no script, show before the first paint and fit a strict CSP.
 */
import { createVuetify } from "vuetify"
import { aliases, mdi } from "vuetify/iconsets/mdi-svg"
import { t, language } from "./texts"

export function createTheme() {
  return createVuetify({
    theme: false,
    icons: { defaultSet: "mdi", aliases, sets: { mdi } },
    locale: { locale: language.value, messages: { [language.value]: {} } },
    defaults: {
      global: { ripple: false },
      VBtn: { variant: "flat", rounded: "lg", height: 48 },
      VTextarea: { variant: "outlined", color: "primary", hideDetails: "auto" },
      VTextField: { variant: "outlined", color: "primary", hideDetails: "auto" },
      VRadioGroup: { color: "primary", hideDetails: "auto" },
      VCheckbox: { color: "primary", hideDetails: "auto" },
    },
  })
}
