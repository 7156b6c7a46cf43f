// What the quizzes and the words of their answers have in common.
import type { DeskExercise } from "../portal"
import { text, type Text } from "../texts"

/** What the keys in an answer stand for, in one language. */
export interface Offered {
  /** Of a match, its left things. */
  options?: Record<string, string>
  /** What the right keys of a match stand for. */
  right?: Record<string, string>
  /** The order of a list is the answer. */
  isOrdered?: boolean
}

export interface QuizProps {
  question: Text
  /** The answer may be checked at once. */
  check?: boolean
}

/** Texts by key, in the reader's language. */
export function inWords(texts: Record<string, Text>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, each]) => [key, text(each)]))
}

/** What an exercise on the desk offered. */
export function offeredBy({ options, right, component }: DeskExercise): Offered {
  return { options, right, isOrdered: component === "Order" }
}
