// Asks now and then whether something happened to a hand-in: soon while a machine is checking
// it, rarely while a person reads it, never while nobody looks at the page.
import { onBeforeUnmount, onMounted, watch } from "vue"
import type { Ref } from "vue"
import type { HandIn } from "../portal"
import { useListener } from "../shell/while-here"

const FIRST_PAUSE = 3_000
const LONGEST_PAUSE = 60_000

export function useHandInPoll(
  latest: Readonly<Ref<HandIn | null>>,
  ask: () => Promise<void>,
): void {
  let pause = FIRST_PAUSE
  let timer: ReturnType<typeof setTimeout> | undefined

  function plan(): void {
    clearTimeout(timer)
    const state = latest.value?.state
    if (state === undefined || state === "returned" || document.hidden) return
    if (state === "to-mark") pause = LONGEST_PAUSE
    timer = setTimeout(() => void askAgain(), pause)
  }

  async function askAgain(): Promise<void> {
    await ask()
    pause = Math.min(pause * 1.5, LONGEST_PAUSE)
    plan()
  }

  function seen(): void {
    if (document.hidden) clearTimeout(timer)
    else if (latest.value && latest.value.state !== "returned") void askAgain()
  }

  watch(
    () => `${latest.value?.number} ${latest.value?.state}`,
    () => {
      pause = FIRST_PAUSE
      plan()
    },
  )
  useListener(document, "visibilitychange", seen)
  onMounted(plan)
  onBeforeUnmount(() => clearTimeout(timer))
}
