/** Where one thing stands that a person gave from a page, in words. */
import { t } from "../texts"
import type { Way } from "./sending"

/** What is given: work to be marked, work for colleagues, words, stars. */
type Given = "hand-in" | "share" | "comment" | "rating"

const GOING: Record<Given, () => string> = {
  "hand-in": () => t("Handing in…"),
  share: () => t("Sharing…"),
  comment: () => t("Sending…"),
  rating: () => t("Saving…"),
}
const FOR_NETWORK: Record<Given, () => string> = {
  "hand-in": () => t("Not handed in yet; waiting for network"),
  share: () => t("Not shared yet. It is kept on this phone and goes when there is a network."),
  comment: () => t("Not sent yet. It is kept on this phone and goes when there is a network."),
  rating: () => t("Your rating is kept on this phone and goes when there is a network."),
}
const NOT_YET: Record<Given, () => string> = {
  "hand-in": () => t("Not handed in yet."),
  share: () => t("Not shared yet."),
  comment: () => t("Not sent yet."),
  rating: () => t("Your rating is not sent yet."),
}

/** Nothing where nothing is on its way: what was refused says why by itself. */
export function wayWords(given: Given, { phase, isLasting }: Way): string {
  if (phase === "resting" || phase === "refused") return ""
  if (phase === "sending") return GOING[given]()
  if (phase === "waiting" && isLasting) return FOR_NETWORK[given]()
  return `${NOT_YET[given]()} ${isLasting ? reasonOf(given, phase) : pageAlone()}`
}

function reasonOf(given: Given, phase: "waiting" | "blocked" | "signed-out" | "other-person") {
  switch (phase) {
    case "signed-out":
      return t("It is kept on this phone; sign in again to send it.")
    case "other-person":
      return t("Somebody else is signed in here now. It is kept for you on this phone.")
    default:
      return given === "hand-in" || given === "share"
        ? t("Your words must be saved first.")
        : t("It goes as soon as your reading is counted.")
  }
}

const pageAlone = () =>
  t("It is on this page alone, as the phone may be full. Leave the page open until it has gone.")
