// Levels and comment as far as an evaluator has come, kept in this browser until the server has
// them. Each evaluator has her own, as browsers are shared.
import type { DeskExercise } from "../portal"

export interface MarkDraft {
  levels: Record<string, number>
  comment: string
}

export function draftPlace(person: string, number: number, exercise: string): string {
  return `pathshala-desk:${person}:${number}/${exercise}`
}

export function findDraft(place: string): MarkDraft | null {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "null") as MarkDraft | null
  } catch {
    return null
  }
}

/** Keep `draft` at `place`, or forget what is there when it is `null`. */
export function keepDraft(place: string, draft: MarkDraft | null): void {
  try {
    if (draft === null) localStorage.removeItem(place)
    else localStorage.setItem(place, JSON.stringify(draft))
  } catch {
    // A full or closed storage must not stop the marking itself.
  }
}

/** Whether every criterion has a level, so that the mark can be given. */
export function isComplete(exercise: DeskExercise, levels: Record<string, number>): boolean {
  return (exercise.rubric?.criteria ?? []).every(({ criterion }) => criterion in levels)
}

/** Whether a person marks this exercise; what has no rubric is the computer's. */
export function isForPerson(exercise: DeskExercise): boolean {
  return exercise.rubric !== null
}
