/** The state of saving, in words. */
import { formatTime, t } from "../texts"
import type { SaveState } from "./page-state"

export function saveWords(state: SaveState): string {
  switch (state.kind) {
    case "typing":
    case "saving":
      return t("Saving…")
    case "saved":
      return t("Saved {time}", { time: formatTime(state.at ?? new Date()) })
    case "kept":
      return t("Kept on this phone, will be sent later ({count})", { count: state.waiting ?? 1 })
    case "unkept":
      return t("On this page alone, not sent yet ({count})", { count: state.waiting ?? 1 })
    case "refused":
      return t("The server refused some of it ({count})", { count: state.waiting ?? 1 })
    case "failed":
      return [t("Not saved. Your writing is still here."), state.message].filter(Boolean).join(" ")
    case "signed-out":
      return t("You are signed out. Your writing is kept on this phone; sign in again to send it.")
    case "other-person":
      return t("Somebody else is signed in here now. Your writing is kept for you on this phone.")
    default:
      return ""
  }
}
