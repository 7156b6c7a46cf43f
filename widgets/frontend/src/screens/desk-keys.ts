// Decides what a key does on the desk. Keys rest inside text boxes, with a modifier held, and
// when they are switched off; then every key does what the browser does.

export type DeskAction =
  | { do: "next" }
  | { do: "back" }
  | { do: "level"; position: number }
  | { do: "comment" }
  | { do: "save" }
  | { do: "help" }

const PLAIN: Record<string, DeskAction> = {
  j: { do: "next" },
  k: { do: "back" },
  c: { do: "comment" },
  s: { do: "save" },
  "?": { do: "help" },
}
const BANGLA_DIGITS = "০১২৩৪৫৬৭৮৯"

function isTextBox(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.matches("textarea, select")) return true
  return target instanceof HTMLInputElement && !/^(radio|checkbox|button)$/.test(target.type)
}

/** The key as on a Latin keyboard: a Bangla layout writes জ where j is. */
function plainKey({ key, code }: KeyboardEvent): string {
  const digit = BANGLA_DIGITS.indexOf(key)
  if (digit >= 0) return String(digit)
  const isLatin = key.charCodeAt(0) < 128
  return (isLatin ? key : code.replace(/^Key/, "")).toLowerCase()
}

/** The action of a key press, or `null` when the key is not the desk's. */
export function findAction(event: KeyboardEvent, areKeysOn: boolean): DeskAction | null {
  if (!areKeysOn || event.defaultPrevented || event.isComposing) return null
  if (event.ctrlKey || event.metaKey || event.altKey || isTextBox(event.target)) return null
  const key = plainKey(event)
  if (/^[1-5]$/.test(key)) return { do: "level", position: Number(key) - 1 }
  return PLAIN[key] ?? null
}
