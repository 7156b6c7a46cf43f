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

/** The hand-in that counts: the newest that was not taken back. */
export function latestHandIn(handIns: readonly HandIn[]): HandIn | null {
  const standing = handIns.filter((handIn) => handIn.state !== "taken-back")
  return standing.reduce<HandIn | null>(
    (newest, handIn) => (newest === null || handIn.number > newest.number ? handIn : newest),
    null,
  )
}
