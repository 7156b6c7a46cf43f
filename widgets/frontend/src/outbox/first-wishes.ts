// Hand-ins that an older release kept beside the queue, until the server had given a receipt.
import { findKept, keep } from "../kept"
import type { Colleague } from "../portal"
import type { EntryOf } from "./entry"

interface Wish {
  key: string
  handed_at: string
  together: Colleague[]
}

type Taken = Pick<EntryOf<"hand-in">, "kind" | "value" | "key" | "written_at">

/** Move a person's wishes into the queue; `take` says whether it has one for good. */
export async function takeWishes(
  person: string,
  take: (entry: Taken) => Promise<boolean>,
): Promise<void> {
  const start = `pathshala-hand-in:${person}:`
  for (const place of placesOf(start)) {
    const [course, module] = place.slice(start.length).split("/")
    const wish = findKept<Wish>(place)
    if (wish && course && module) {
      const { key, handed_at: written_at, together } = wish
      const value = { course, module, together }
      if (!(await take({ kind: "hand-in", value, key, written_at }))) continue
    }
    keep(place, null)
  }
}

/** A closed storage holds none. */
function placesOf(start: string): string[] {
  try {
    return Object.keys(localStorage).filter((place) => place.startsWith(start))
  } catch {
    return []
  }
}
