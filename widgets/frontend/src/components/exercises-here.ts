// Which exercises this page has, in the order of the page, read from the page itself: so a gap
// has a name and a place even before anything was saved.

export interface ExerciseHere {
  exercise: string
  title: string
}

function titleOf(place: Element): string {
  const named = place.querySelector("[role=group]") ?? place
  const label = named.getAttribute("aria-labelledby")?.split(" ")[0]
  const heading = label ? document.getElementById(label) : place.querySelector("h2, h3, h4")
  return (heading ?? headingBefore(place))?.textContent?.trim() ?? ""
}

function headingBefore(place: Element): Element | null {
  const headings = document.querySelectorAll("#page h1, #page h2, #page h3, #page h4")
  const before = Array.from(headings).filter(
    (heading) =>
      heading.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING &&
      !heading.closest("[data-component]"),
  )
  return before.at(-1) ?? null
}

/** Every exercise on the page, each once. */
export function exercisesHere(): ExerciseHere[] {
  const places = Array.from(document.querySelectorAll<HTMLElement>("[data-exercise]"))
  const found = new Map<string, ExerciseHere>()
  for (const place of places) {
    const exercise = place.dataset.exercise ?? ""
    if (exercise && !found.has(exercise)) found.set(exercise, { exercise, title: titleOf(place) })
  }
  return Array.from(found.values(), (here) => ({ ...here, title: here.title || here.exercise }))
}

/** Whether somebody wrote or chose anything. */
export function isAnswered(value: unknown): boolean {
  if (value === null || value === undefined) return false
  if (typeof value === "string") return value.trim() !== ""
  if (typeof value === "object") return Object.values(value).some(isAnswered)
  return true
}
