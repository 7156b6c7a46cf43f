// A hand-in on its way, and what came of those before. The queue takes it through everything that
// can come between: words not yet saved, no network, a closed tab, a restarted server. It ends
// with the server's receipt or its refusal.
import { computed, ref, watch } from "vue"
import type { Colleague, HandIn, Portal } from "../portal"
import type { Page } from "../shell/page-state"
import { useSecondsLeft, useSending } from "../shell/use-sending"
import { wordsFor } from "./failures"
import { latestHandIn } from "./latest-hand-in"

export function useHandIn(page: Page, portal: Portal) {
  const { course, module } = page
  const failure = ref("")
  const going = useSending("hand-in", () => `${course}/${module}`, show)
  const handIns = computed(() => page.mine.value?.hand_ins ?? [])
  const latest = computed(() => latestHandIn(handIns.value))
  const secondsLeft = useSecondsLeft(page)
  const isGoing = computed(() => !["resting", "refused"].includes(going.phase.value))

  // Another tab may have got the receipt.
  watch(isGoing, (is) => is || void refresh())

  async function handIn(together: Colleague[]): Promise<void> {
    failure.value = ""
    try {
      await page.release()
      await going.put({ course, module, together })
    } catch (problem) {
      failure.value = wordsFor(problem)
    }
  }

  /** Whether the server has taken it back. */
  async function takeBack(number: number): Promise<boolean> {
    failure.value = ""
    try {
      show(await portal.takeBack(number))
    } catch (problem) {
      failure.value = wordsFor(problem)
    }
    await refresh()
    return failure.value === ""
  }

  /** Show at once what the server just said, whatever becomes of the next request. */
  function show(handIn: HandIn): void {
    const mine = page.mine.value
    if (!mine) return
    const others = mine.hand_ins.filter(({ number }) => number !== handIn.number)
    page.mine.value = { ...mine, hand_ins: [...others, handIn] }
  }

  async function refresh(): Promise<void> {
    try {
      await page.reloadMine()
    } catch {
      // The receipt at hand says enough until the network is back.
    }
  }

  return {
    phase: going.phase,
    way: going.way,
    isGoing,
    refusal: computed(() => failure.value || going.refusal.value),
    secondsLeft,
    handIns,
    latest,
    handIn,
    giveUp: going.drop,
    goNow: going.sendNow,
    takeBack,
    refresh,
  }
}
