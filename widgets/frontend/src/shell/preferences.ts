/** What a reader chose for this browser: theme, text size, data saver. */
import { ref, watch, type Ref } from "vue"

export type ThemeChoice = "system" | "light" | "dark"
export type SizeChoice = "normal" | "large" | "larger" | "largest"

function remembered<T extends string>(name: string, first: T): Ref<T> {
  const place = `pathshala-${name}`
  let kept: string | null = null
  try {
    kept = localStorage.getItem(place)
  } catch {
    // Without storage a choice lasts as long as the page.
  }
  const choice = ref((kept as T | null) ?? first) as Ref<T>
  watch(choice, (chosen) => {
    try {
      localStorage.setItem(place, chosen)
    } catch {
      // as above
    }
    dispatchEvent(new Event("pathshala:preferences"))
  })
  return choice
}

type Connection = { saveData?: boolean }
const connection = (navigator as Navigator & { connection?: Connection }).connection

export const theme = remembered<ThemeChoice>("theme", "system")
export const textSize = remembered<SizeChoice>("size", "normal")
/** The short side of the picture that was chosen last for a clip, such as "240"; "": none yet. */
export const clipSize = remembered<string>("clip-size", "")
export const dataSaver = remembered<"on" | "off">("data", connection?.saveData ? "on" : "off")
