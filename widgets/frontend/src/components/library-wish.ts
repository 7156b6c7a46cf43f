// What a reader looks for in the library, as it stands in the page's address: a link to it can be
// sent, and Back brings the last search again.
import type { Kind, LibraryWish, Order } from "../portal"

const ORDERS: Order[] = ["match", "newest", "useful", "unrated"]
const KINDS: Kind[] = ["reflection", "plan", "report"]

export function readWish(search: string): LibraryWish {
  const query = new URLSearchParams(search)
  const course = query.get("course") ?? ""
  return {
    q: query.get("q") ?? "",
    order: ORDERS.find((order) => order === query.get("order")) ?? "",
    course,
    module: course ? (query.get("module") ?? "") : "",
    kind: KINDS.find((kind) => kind === query.get("kind")) ?? "",
    district: query.get("district") ?? "",
  }
}

/** The address's query for a wish; what else stands in it, such as the language, stays. */
export function writeWish(wish: LibraryWish, search: string): string {
  const query = new URLSearchParams(search)
  for (const [name, value] of Object.entries(wish)) {
    if (value) query.set(name, value as string)
    else query.delete(name)
  }
  const written = query.toString()
  return written && `?${written}`
}

/** How many filters narrow the library, beside words and order. */
export function filtersOf({ course, kind, district }: LibraryWish): number {
  return [course, kind, district].filter(Boolean).length
}
