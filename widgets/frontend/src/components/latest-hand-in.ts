// Which hand-in stands.
import type { HandIn } from "../portal"

/** The hand-in that counts: the newest that was not taken back. */
export function latestHandIn(handIns: readonly HandIn[]): HandIn | null {
  const standing = handIns.filter((handIn) => handIn.state !== "taken-back")
  return standing.reduce<HandIn | null>(
    (newest, handIn) => (newest === null || handIn.number > newest.number ? handIn : newest),
    null,
  )
}
