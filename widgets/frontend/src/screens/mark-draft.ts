// Levels and comment as far as an evaluator has come, kept in this browser until the server has
// them. Each evaluator has her own, as browsers are shared.
import { isAnswered } from "../components/exercises-here"
import type { DeskExercise } from "../portal"

export interface MarkDraft {
  levels: Record<string, number>
  comment: string
}

export function draftPlace(person: string, number: number, exercise: string): string {
  return `pathshala-desk:${person}:${number}/${exercise}`
}

/** Whether every criterion has a level, so that the mark can be given. */
export function isComplete(exercise: DeskExercise, levels: Record<string, number>): boolean {
  return (exercise.rubric?.criteria ?? []).every(({ criterion }) => criterion in levels)
}

/** Whether a person marks this exercise; what has no rubric is the computer's. */
export function isForPerson(exercise: DeskExercise): boolean {
  return exercise.rubric !== null
}

/** Whether it may go back without a mark: nothing was written, and that counts as nothing. */
export function isBlank({ answer, auto, mark }: DeskExercise): boolean {
  return mark === null && auto !== null && !isAnswered(answer)
}
