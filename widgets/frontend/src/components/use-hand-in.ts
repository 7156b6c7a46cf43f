// Takes a wish to hand in through everything that can come between: words not yet saved, no
// network, a closed tab, a restarted server. It ends with the server's receipt or its refusal.
import { computed, onBeforeUnmount, onMounted, ref, shallowRef, watch } from "vue"
import type { Colleague, HandIn, Portal } from "../portal"
import { findKept, keep, newKey } from "../kept"
import type { Page } from "../shell/page-state"
import { isWorthRepeating, wordsFor } from "./failures"
import { latestHandIn, wishPlace } from "./hand-in-wish"
import type { Wish } from "./hand-in-wish"

export type Phase = "resting" | "saving" | "sending" | "waiting"

const LONGEST_PAUSE = 60

export function useHandIn(page: Page, portal: Portal) {
  const phase = ref<Phase>("resting")
  const refusal = ref("")
  const secondsLeft = ref(0)
  const wish = shallowRef<Wish | null>(null)
  const person = computed(() => page.mine.value?.person ?? null)
  const place = computed(() =>
    person.value === null ? null : wishPlace(person.value, page.course, page.module),
  )
  const handIns = computed(() => page.mine.value?.hand_ins ?? [])
  const latest = computed(() => latestHandIn(handIns.value))
  let pause = 0
  let timer: ReturnType<typeof setInterval> | undefined

  watch(place, resume)
  watch(page.unsent, (count) => {
    if (count === 0) goNow()
  })
  onMounted(() => {
    window.addEventListener("online", goNow)
    resume()
  })
  onBeforeUnmount(() => {
    window.removeEventListener("online", goNow)
    clearInterval(timer)
  })

  function resume(): void {
    if (place.value === null || wish.value !== null) return
    wish.value = findKept<Wish>(place.value)
    if (wish.value) void go()
  }

  function handIn(together: Colleague[]): void {
    if (place.value === null || wish.value !== null) return
    wish.value = { key: newKey(), handed_at: new Date().toISOString(), together }
    keep(place.value, wish.value)
    refusal.value = ""
    void go()
  }

  function giveUp(): void {
    clearInterval(timer)
    if (place.value !== null) keep(place.value, null)
    wish.value = null
    phase.value = "resting"
    pause = 0
  }

  function goNow(): void {
    if (wish.value && phase.value === "waiting") void go()
  }

  function isBusy(): boolean {
    return phase.value === "saving" || phase.value === "sending"
  }

  async function go(): Promise<void> {
    const asked = wish.value
    if (!asked || person.value === null || isBusy()) return
    clearInterval(timer)
    phase.value = "saving"
    if (!(await page.settle())) return waitForNetwork()
    if (wish.value !== asked) return
    phase.value = "sending"
    try {
      const receipt = await portal.handIn(page.course, page.module, {
        person: person.value,
        key: asked.key,
        handed_at: asked.handed_at,
        together: asked.together.map(({ id }) => id),
      })
      giveUp()
      show(receipt)
    } catch (failure) {
      if (isWorthRepeating(failure)) return waitForNetwork()
      giveUp()
      refusal.value = wordsFor(failure)
    }
    await refresh()
  }

  function waitForNetwork(): void {
    phase.value = "waiting"
    pause = Math.min(pause * 2 || 5, LONGEST_PAUSE)
    secondsLeft.value = pause
    timer = setInterval(() => {
      secondsLeft.value -= 1
      if (secondsLeft.value <= 0) void go()
    }, 1000)
  }

  /** Whether the server has taken it back. */
  async function takeBack(number: number): Promise<boolean> {
    refusal.value = ""
    try {
      show(await portal.takeBack(number))
    } catch (failure) {
      refusal.value = wordsFor(failure)
    }
    await refresh()
    return refusal.value === ""
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
    phase,
    refusal,
    secondsLeft,
    wish,
    handIns,
    latest,
    handIn,
    giveUp,
    goNow,
    takeBack,
    refresh,
  }
}
