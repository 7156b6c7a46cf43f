/**
 * Asks the server whether the saved answer is right. First it is saved; without a network the
 * question is kept, over a reload too, and asked when the network is back.
 */
import { computed, inject, onBeforeUnmount, onMounted, ref, shallowRef, watch } from "vue"
import { findKept, keep } from "../kept"
import { portalKey, PortalError, type Checked } from "../portal"
import { usePage, type ExerciseSlot } from "../shell/page-state"
import { useListener } from "../shell/while-here"
import { isWorthRepeating, wordsFor } from "./failures"

export type CheckPhase = "resting" | "checking" | "waiting"

const SECONDS_BETWEEN = 15
const isTooOften = (error: unknown) => error instanceof PortalError && error.status === 429

export function useCheck(slot: ExerciseSlot) {
  const portal = inject(portalKey, null)
  const page = usePage()
  const place = computed(() => {
    const person = page.mine.value?.person
    const { course, module } = page
    return person ? `pathshala-check:${person}:${course}/${module}/${slot.exercise}` : null
  })
  const phase = ref<CheckPhase>("resting")
  const checked = shallowRef<Checked | null>(null)
  const refusal = ref("")
  let timer: ReturnType<typeof setTimeout> | undefined
  // A page that reads its answers anew gets an equal one, not the same.
  const wording = () => JSON.stringify(slot.value.value ?? null)

  function forget(): void {
    checked.value = null
    refusal.value = ""
  }

  async function check(): Promise<void> {
    if (!portal || phase.value === "checking") return
    clearTimeout(timer)
    forget()
    keepWish(true)
    phase.value = "checking"
    if (!(await slot.flush())) return wait()
    const asked = wording()
    try {
      const reply = await portal.checkAnswer(page.course, page.module, slot.exercise)
      if (wording() === asked) checked.value = reply
    } catch (error) {
      if (isWorthRepeating(error) && !isTooOften(error)) return wait()
      refusal.value = wordsFor(error)
    }
    phase.value = "resting"
    keepWish(false)
  }

  function wait(): void {
    phase.value = "waiting"
    timer = setTimeout(goOn, SECONDS_BETWEEN * 1000)
  }

  function goOn(): void {
    if (phase.value === "waiting") void check()
  }

  function keepWish(isWished: boolean): void {
    if (place.value) keep(place.value, isWished || null)
  }

  /** The page was opened again before the answer came. */
  function resume(): void {
    if (place.value && phase.value === "resting" && findKept(place.value)) void check()
  }

  watch(place, resume)
  // What was said, was said of that answer.
  watch(wording, forget)
  watch(
    () => slot.state.value.kind,
    (kind) => {
      if (kind === "saved") goOn()
    },
  )
  useListener(window, "online", goOn)
  onMounted(resume)
  onBeforeUnmount(() => clearTimeout(timer))
  return { phase, checked, refusal, check, forget }
}
