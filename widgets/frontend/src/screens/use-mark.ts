// Saves the mark of one answer by itself: levels at once, a comment when the writing rests. If
// somebody else marked it meanwhile, nothing is overwritten until the evaluator has chosen.
import { computed, onBeforeUnmount, onMounted, ref, shallowRef } from "vue"
import { isOffline, isWorthRepeating, wordsFor } from "../components/failures"
import { findKept, keep } from "../kept"
import { PortalError } from "../portal"
import type { DeskExercise, Mark, Portal } from "../portal"
import { useListener } from "../shell/while-here"
import { formatTime, t } from "../texts"
import { draftPlace, isComplete, type MarkDraft } from "./mark-draft"

type Kind = "rest" | "incomplete" | "typing" | "saving" | "saved" | "kept" | "conflict" | "failed"

const PAUSE_AFTER_LEVEL = 400
const PAUSE_AFTER_KEY = 2_000
const PAUSE_AFTER_FAILURE = 5_000

export interface MarkPlace {
  portal: Portal
  person: string
  number: number
  exercise: DeskExercise
}

export function useMark(
  { portal, person, number, exercise }: MarkPlace,
  saved: (mark: Mark) => void,
) {
  const place = draftPlace(person, number, exercise.exercise)
  const draft = findKept<MarkDraft>(place)
  const levels = ref<Record<string, number>>({ ...(draft ?? exercise.mark)?.levels })
  const comment = ref((draft ?? exercise.mark)?.comment ?? "")
  const newest = shallowRef<Mark | null>(exercise.mark)
  const theirs = shallowRef<Mark | null>(null)
  const kind = ref<Kind>(exercise.mark ? "saved" : "rest")
  const refusal = ref("")
  let timer: ReturnType<typeof setTimeout> | undefined
  let saving: Promise<void> | null = null
  let isDirty = draft !== null

  const stateWords = computed(() => {
    switch (kind.value) {
      case "incomplete":
        return t("Choose a level in each row; then it is saved. Your words are kept here.")
      case "typing":
      case "saving":
        return t("Saving…")
      case "saved":
        return newest.value ? t("Saved {time}", { time: formatTime(newest.value.marked_at) }) : ""
      case "kept":
        return t("Kept on this device; it will be saved when the network is back.")
      default:
        return ""
    }
  })

  useListener(window, "online", saveIfKept)
  onMounted(() => {
    if (isDirty) changed(PAUSE_AFTER_LEVEL)
  })
  onBeforeUnmount(() => {
    void save()
    clearTimeout(timer)
  })

  function choose(criterion: string, level: number): void {
    levels.value = { ...levels.value, [criterion]: level }
    changed(PAUSE_AFTER_LEVEL)
  }

  function write(words: string): void {
    comment.value = words
    changed(PAUSE_AFTER_KEY)
  }

  function changed(pause: number): void {
    isDirty = true
    keep(place, { levels: levels.value, comment: comment.value })
    if (kind.value === "conflict") return
    kind.value = isComplete(exercise, levels.value) ? "typing" : "incomplete"
    saveIn(pause)
  }

  function saveIn(pause: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void save(), pause)
  }

  function saveIfKept(): void {
    if (kind.value === "kept") void save()
  }

  /** Save now what is not yet saved. Resolves when the server has answered. */
  async function save(): Promise<void> {
    clearTimeout(timer)
    while (saving) await saving
    if (!isDirty || kind.value === "conflict" || !isComplete(exercise, levels.value)) return
    saving = send()
    await saving
  }

  async function send(): Promise<void> {
    isDirty = false
    kind.value = "saving"
    refusal.value = ""
    const expected = newest.value?.id ?? null
    try {
      const sent = { levels: levels.value, comment: comment.value, expected }
      took(await portal.putMark(number, exercise.exercise, sent))
    } catch (failure) {
      isDirty = true
      await failed(failure)
    } finally {
      saving = null
    }
  }

  function took(mark: Mark): void {
    newest.value = mark
    kind.value = isDirty ? "typing" : "saved"
    if (!isDirty) keep(place, null)
    saved(mark)
  }

  async function failed(failure: unknown): Promise<void> {
    if (failure instanceof PortalError && failure.code === "mark-changed-meanwhile") {
      kind.value = "conflict"
      return loadTheirs()
    }
    kind.value = isOffline(failure) ? "kept" : "failed"
    refusal.value = isOffline(failure) ? "" : wordsFor(failure)
    if (isWorthRepeating(failure)) saveIn(PAUSE_AFTER_FAILURE)
  }

  async function loadTheirs(): Promise<void> {
    try {
      const fresh = await portal.openHandIn(number)
      const same = fresh.exercises.find((other) => other.exercise === exercise.exercise)
      theirs.value = same?.mark ?? null
    } catch (failure) {
      kind.value = "failed"
      refusal.value = wordsFor(failure)
    }
  }

  /** Of two marks, let mine follow theirs: both stay in the history, mine counts. */
  async function keepMine(): Promise<void> {
    newest.value = theirs.value
    theirs.value = null
    kind.value = "typing"
    await save()
  }

  function takeTheirs(): void {
    const mark = theirs.value
    theirs.value = null
    if (!mark) return
    isDirty = false
    levels.value = { ...mark.levels }
    comment.value = mark.comment
    took(mark)
  }

  return {
    levels,
    comment,
    newest,
    theirs,
    kind,
    refusal,
    stateWords,
    choose,
    write,
    save,
    keepMine,
    takeTheirs,
  }
}
