/** Finds, in what the server rendered, the places of components and what names each. */
import type { Component } from "vue"
import type { ExercisePlace } from "./answers"
import type { ExerciseSlot } from "./page-state"

export interface Place {
  key: number
  element: HTMLElement
  name: string
  props: Record<string, unknown>
  slot: ExerciseSlot | null
}

export interface Mounted extends Place {
  component: Component
}

const HEADINGS = "h1, h2, h3, h4, h5, h6"
const LONGEST_QUESTION = 4

export function findPlaces(
  main: HTMLElement,
  addExercise: (place: ExercisePlace) => ExerciseSlot,
): Place[] {
  const elements = [...main.querySelectorAll<HTMLElement>("[data-component]")]
  return elements.map((element, key) => {
    const exercise = element.dataset.exercise
    const slot = exercise
      ? addExercise({
          exercise,
          headingId: findHeading(main, element),
          questionId: findQuestion(element, exercise),
        })
      : null
    const props = JSON.parse(element.dataset.props || "{}") as Record<string, unknown>
    return { key, element, name: element.dataset.component ?? "", props, slot }
  })
}

/** The id of the nearest heading above a place. */
function findHeading(main: HTMLElement, place: HTMLElement): string | null {
  const above = [...main.querySelectorAll<HTMLElement>(HEADINGS)].filter(
    (heading) =>
      heading.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING &&
      !heading.closest("[data-component]"),
  )
  const heading = above.at(-1)
  if (!heading) return null
  heading.id ||= `heading-${above.length}`
  return heading.id
}

/** The ids of what is asked: the text right before, below its last heading. */
function findQuestion(place: HTMLElement, exercise: string): string | null {
  const cell = place.closest("section") ?? place
  const before = cell.previousElementSibling
  if (!before || before.querySelector("[data-component]")) return null
  const blocks = [...before.querySelectorAll<HTMLElement>("p, ul, ol, blockquote, table")].filter(
    (block) => !block.parentElement?.closest("ul, ol, blockquote, table"),
  )
  const last = [...before.querySelectorAll(HEADINGS)].at(-1)
  const asked = blocks.filter(
    (block) => !last || last.compareDocumentPosition(block) & Node.DOCUMENT_POSITION_FOLLOWING,
  )
  const ids = asked.slice(-LONGEST_QUESTION).map((block, index) => {
    block.id ||= `question-${exercise}-${index}`
    return block.id
  })
  return ids.join(" ") || null
}
