// Takes a wish to hand in through everything that can come between: words not yet saved, no
// network, a closed tab, a restarted server. It ends with the server's receipt or its refusal.
import { computed, onBeforeUnmount, onMounted, ref, shallowRef, watch } from "vue"
import type { Colleague, HandIn, Portal } from "../portal"
import type { Page } from "../shell/page-state"
import { isWorthRepeating, wordsFor } from "./failures"
import { findWish, forgetWish, keepWish, latestHandIn, newKey, wishPlace } from "./hand-in-wish"
import type { Wish } from "./hand-in-wish"

export type Phase = "resting" | "saving" | "sending" | "waiting"

const LONGEST_PAUSE = 60

export function useHandIn(page: Page, portal: Portal) {
  const phase = ref<Phase>("resting")
  const refusal = ref("")
  const secondsLeft = ref(0)
  const wish = shallowRef<Wish | null>(null)
  const receipt = shallowRef<HandIn | null>(null)
  const person = computed(() => page.mine.value?.person ?? null)
  const place = computed(() =>
    person.value === null ? null : wishPlace(person.value, page.course, page.module),
  )
  const handIns = computed(() => {
    const known = page.mine.value?.hand_ins ?? []
    const fresh = receipt.value
    return fresh && !known.some(({ number }) => number === fresh.number) ? [...known, fresh] : known
  })
  const latest = computed(() => latestHandIn(handIns.value))
  let pause = 0
  let timer: ReturnType<typeof setInterval> | undefined

  watch(place, resume)
  watch(page.unsent, (count) => {
    if (count === 0 && phase.value === "saving") void go()
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
    wish.value = findWish(place.value)
    if (wish.value) void go()
  }

  function handIn(together: Colleague[]): void {
    if (place.value === null || wish.value !== null) return
    wish.value = { key: newKey(), handed_at: new Date().toISOString(), together }
    keepWish(place.value, wish.value)
    refusal.value = ""
    void go()
  }

  function giveUp(): void {
    clearInterval(timer)
    if (place.value !== null) forgetWish(place.value)
    wish.value = null
    phase.value = "resting"
    pause = 0
  }

  function goNow(): void {
    if (wish.value && phase.value === "waiting") void go()
  }

  async function go(): Promise<void> {
    const asked = wish.value
    if (!asked || person.value === null || phase.value === "sending") return
    clearInterval(timer)
    if (page.unsent.value > 0) {
      phase.value = "saving"
      return
    }
    phase.value = "sending"
    try {
      receipt.value = await portal.handIn(page.course, page.module, {
        person: person.value,
        key: asked.key,
        handed_at: asked.handed_at,
        together: asked.together.map(({ id }) => id),
      })
      giveUp()
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

  async function takeBack(number: number): Promise<HandIn | null> {
    refusal.value = ""
    try {
      receipt.value = await portal.takeBack(number)
    } catch (failure) {
      refusal.value = wordsFor(failure)
    }
    await refresh()
    return receipt.value
  }

  async function refresh(): Promise<void> {
    try {
      await page.reloadMine()
    } catch {
      // The receipt at hand says enough until the network is back.
    }
  }

  return {
    phase, refusal, secondsLeft, wish, handIns, latest, handIn, giveUp, goNow, takeBack, refresh,
  }
}
