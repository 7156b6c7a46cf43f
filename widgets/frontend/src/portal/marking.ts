// The desk: the types of the API, and its calls.
import type { Colleague, MarkedLevel } from "./learning"
import type { Line } from "./line"

export interface QueueEntry {
  number: number
  course: string
  module: string
  title: string
  round: number
  people: number | Colleague[]
  received_at: string
  to_mark: number
  marked: number
  state: string
}

export interface RubricLevel {
  level: number
  points: number
  text: string
}

export interface Rubric {
  hash: string
  title: string
  criteria: { criterion: string; title: string; levels: RubricLevel[] }[]
}

export interface Mark {
  id: number
  levels: Record<string, number>
  comment: string
  score: number
  marked_at: string
}

export interface DeskExercise {
  exercise: string
  component: string
  title: string
  question: string
  /** What a quiz offers, by key; of a match, its left things. */
  options: Record<string, string>
  /** What the right keys of a match stand for. */
  right: Record<string, string>
  answer: unknown
  auto: { score: number; maximum: number; reason: string | null } | null
  rubric: Rubric | null
  maximum: number
  mark: Mark | null
  earlier: {
    round: number
    answer: unknown
    levels: MarkedLevel[]
    comment: string
    score: number | null
  }[]
}

export interface DeskHandIn {
  number: number
  round: number
  state: string
  course: string
  module: string
  title: string
  received_at: string
  returned_at: string | null
  exercises: DeskExercise[]
}

/** What an evaluator does at the desk. */
export interface MarkingCalls {
  marking(): Promise<{ waiting: QueueEntry[]; returned: QueueEntry[] }>
  openHandIn(number: number): Promise<DeskHandIn>
  putMark(
    number: number,
    exercise: string,
    mark: { levels: Record<string, number>; comment: string; expected: number | null },
  ): Promise<Mark>
  returnHandIn(number: number): Promise<{ returned_at: string }>
  rerun(number: number): Promise<{ state: string }>
}

export const markingCalls = (line: Line): MarkingCalls => ({
  marking: () => line.send("GET", "marking"),
  openHandIn: (number) => line.send("GET", `marking/${number}`),
  putMark: (number, exercise, mark) =>
    line.send("PUT", `marking/${number}/marks/${encodeURIComponent(exercise)}`, mark),
  returnHandIn: (number) => line.send("POST", `marking/${number}/return`, {}),
  rerun: (number) => line.send("POST", `marking/${number}/rerun`, {}),
})
