// The wish to hand in, kept in this browser until the server has given a receipt. Its key makes
// a repeat harmless: whatever happens to the network, one wish becomes one hand-in.
import type { Colleague, HandIn } from "../portal"

export interface Wish {
  key: string
  handed_at: string
  together: Colleague[]
}

/** One wish per person and module; phones are shared. */
export function wishPlace(person: string, course: string, module: string): string {
  return `pathshala-hand-in:${person}:${course}/${module}`
}

/** The wish kept at `place`, or `null`; what cannot be read counts as none. */
export function findWish(place: string): Wish | null {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "null") as Wish | null
  } catch {
    return null
  }
}

export function keepWish(place: string, wish: Wish): void {
  try {
    localStorage.setItem(place, JSON.stringify(wish))
  } catch {
    // A full or closed storage must not stop the hand-in itself.
  }
}

export function forgetWish(place: string): void {
  try {
    localStorage.removeItem(place)
  } catch {
    // As above.
  }
}

/** A random key; `crypto.randomUUID` is missing on plain HTTP, where schools also are. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

/** The hand-in that counts: the newest that was not taken back. */
export function latestHandIn(handIns: readonly HandIn[]): HandIn | null {
  const standing = handIns.filter((handIn) => handIn.state !== "taken-back")
  return standing.reduce<HandIn | null>(
    (newest, handIn) => (newest === null || handIn.number > newest.number ? handIn : newest),
    null,
  )
}
