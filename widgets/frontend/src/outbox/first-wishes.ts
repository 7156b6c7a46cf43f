// Hand-ins that an older release kept beside the queue, until the server had given a receipt.
import type { Colleague } from "../portal"
import type { EntryOf } from "./entry"

interface Wish {
  key: string
  handed_at: string
  together: Colleague[]
}

type Taken = Pick<EntryOf<"hand-in">, "kind" | "value" | "key" | "written_at">

/** Move a person's wishes into the queue. */
export async function takeWishes(
  person: string,
  take: (entry: Taken) => Promise<void>,
): Promise<void> {
  const start = `pathshala-hand-in:${person}:`
  try {
    const places = Object.keys(localStorage).filter((place) => place.startsWith(start))
    for (const place of places) {
      const wish = JSON.parse(localStorage.getItem(place) ?? "null") as Wish | null
      const [course, module] = place.slice(start.length).split("/")
      if (wish && course && module) {
        const { key, handed_at: written_at, together } = wish
        await take({ kind: "hand-in", value: { course, module, together }, key, written_at })
      }
      localStorage.removeItem(place)
    }
  } catch {
    // A closed storage holds no wishes.
  }
}
