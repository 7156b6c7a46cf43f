/**
 * Asks the server whether the saved answer is right. First it is saved; without a network the
 * question is kept, and asked when the network is back.
 */
import { inject, onBeforeUnmount, onMounted, ref, shallowRef, watch } from "vue"
import { portalKey, PortalError, type Checked } from "../portal"
import { usePage, type ExerciseSlot } from "../shell/page-state"
import { isWorthRepeating, wordsFor } from "./failures"

export type CheckPhase = "resting" | "checking" | "waiting"

const SECONDS_BETWEEN = 15
const isTooOften = (error: unknown) => error instanceof PortalError && error.status === 429

export function useCheck(slot: ExerciseSlot) {
  const portal = inject(portalKey, null)
  const page = usePage()
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
    phase.value = "checking"
    if (!(await slot.flush())) return wait()
    const asked = wording()
    try {
      const reply = await portal.checkAnswer(page.course, page.module, slot.exercise)
      if (wording() === asked) checked.value = reply
      phase.value = "resting"
    } catch (error) {
      if (isWorthRepeating(error) && !isTooOften(error)) return wait()
      refusal.value = wordsFor(error)
      phase.value = "resting"
    }
  }

  function wait(): void {
    phase.value = "waiting"
    timer = setTimeout(goOn, SECONDS_BETWEEN * 1000)
  }

  function goOn(): void {
    if (phase.value === "waiting") void check()
  }

  // What was said, was said of that answer.
  watch(wording, forget)
  watch(
    () => slot.state.value.kind,
    (kind) => {
      if (kind === "saved") goOn()
    },
  )
  onMounted(() => addEventListener("online", goOn))
  onBeforeUnmount(() => {
    removeEventListener("online", goOn)
    clearTimeout(timer)
  })
  return { phase, checked, refusal, check, forget }
}
