/**
 * Which wording of an answer counts, and what a page knows of its module after each: of what the
 * portal said (`Mine`) and what this device has in its outbox. Decides only; `answers.ts` acts.
 */
import { latestHandIn } from "../components/latest-hand-in"
import { isSame } from "../outbox/entries"
import type { EntryOf } from "../outbox/entry"
import type { AnswerSaved, HandIn, Mine, MyExercise } from "../portal"

type Local = EntryOf<"answer">
type Known = MyExercise | undefined

export const isBlank = (value: unknown): boolean =>
  value && typeof value === "object" ? Object.values(value).every(isBlank) : !value

/**
 * Of one device the later number is newer, whatever its clock did meanwhile; of two, the later
 * time. `clockAhead`: milliseconds by which this device's clock is before the server's.
 */
export function isNewer(local: Local, known: Known, clockAhead: number): boolean {
  if (known?.device === local.device) return local.sequence > (known.sequence ?? -1)
  const writtenAt = Date.parse(local.written_at) - clockAhead
  return writtenAt > Date.parse(known?.edited_at ?? "0")
}

/** What this device sent, where another one's newer wording counts. */
export function olderWording(local: Local | undefined, known: Known): unknown {
  const isOlder = local?.state === "sent" && known?.device && known.device !== local.device
  const value = isOlder ? local.value.value : undefined
  return isBlank(value) || isSame(value, known?.value) ? undefined : value
}

/** With what was sent from here since `mine` was kept. */
export function withSent(mine: Mine, locals: Local[], clockAhead: number): Mine {
  const exercises = { ...mine.exercises }
  for (const local of locals) {
    const known = exercises[local.value.exercise]
    if (local.state !== "sent" || !isNewer(local, known, clockAhead)) continue
    const { device, sequence, saved_at, written_at: edited_at } = local
    const { exercise, value } = local.value
    const feedback = known?.feedback ?? null
    exercises[exercise] = { value, edited_at, device, sequence, saved_at, feedback }
  }
  return { ...mine, exercises }
}

/** With what the server said when it took an answer. */
export function withReceipt(mine: Mine, exercise: string, saved: AnswerSaved): Mine {
  const { value, edited_at, device, sequence } = saved.newest
  const given = mine.exercises[exercise]?.feedback
  const feedback = given ? { ...given, changed_since: !isSame(given.answer, value) } : null
  const now = { value, edited_at, device, sequence, saved_at: saved.saved_at, feedback }
  return { ...mine, exercises: { ...mine.exercises, [exercise]: now } }
}

export function handInThatWaits(mine: Mine | null): HandIn | null {
  const last = latestHandIn(mine?.hand_ins ?? [])
  return last && last.state !== "returned" ? last : null
}
