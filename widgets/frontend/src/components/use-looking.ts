// Watches whether a post's text and its end are on screen, counts, and tells the server every
// few seconds; the server decides what counts. What was read to the end without a network goes
// into the queue, so that an opinion may follow it.
import { onBeforeUnmount, onMounted, ref, watch } from "vue"
import type { Ref } from "vue"
import type { Portal } from "../portal"
import { LookTimer } from "./looking"
import type { Looked } from "./looking"

const PAUSE_AFTER_FAILURE = 5_000

type Place = Readonly<Ref<HTMLElement | null>>

export function useLooking(
  portal: Portal,
  post: string,
  text: Place,
  end: Place,
  keep: (seconds: number) => Promise<void>,
) {
  const left = ref(0)
  const isLooked = ref(false)
  const isEndSeen = ref(false)
  const isOffline = ref(false)
  let timer: LookTimer | null = null
  let ticking: ReturnType<typeof setInterval> | undefined
  let observer: IntersectionObserver | undefined
  let isSending = false
  let isTextShown = false
  let triesAgainAt = 0

  async function tell(seconds: number): Promise<Looked | null> {
    if (isSending || performance.now() < triesAgainAt) return null
    isSending = true
    try {
      const looked = await portal.look(post, { shown_seconds: seconds, clip_ranges: [] })
      isOffline.value = false
      return looked
    } catch {
      isOffline.value = true
      triesAgainAt = performance.now() + PAUSE_AFTER_FAILURE
      return null
    } finally {
      isSending = false
    }
  }

  async function tick(): Promise<void> {
    if (!timer) return begin()
    count(timer)
    if (timer.readOffline() > 0) return keepForLater(timer.readOffline())
    const seconds = timer.due()
    if (seconds <= 0) return
    const looked = await tell(seconds)
    if (looked) take(seconds, looked)
  }

  async function keepForLater(seconds: number): Promise<void> {
    stop()
    await keep(seconds)
    isLooked.value = true
  }

  function count(running: LookTimer): void {
    running.isOffline = isOffline.value
    running.isTextShown = isTextShown
    running.isEndSeen = isEndSeen.value
    running.count()
    left.value = running.left()
  }

  async function begin(): Promise<void> {
    const looked = await tell(0)
    if (!looked || timer) return
    timer = new LookTimer(
      looked,
      () => performance.now(),
      () => !document.hidden,
    )
    take(0, looked)
    count(timer)
  }

  function take(sent: number, looked: Looked): void {
    timer?.granted(sent, looked)
    left.value = timer?.left() ?? 0
    isLooked.value = looked.looked
    if (looked.looked) stop()
  }

  function watchPlaces(): void {
    observer?.disconnect()
    if (!text.value || !end.value) return
    observer = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (entry.target === text.value) isTextShown = entry.isIntersecting
        else if (entry.isIntersecting) isEndSeen.value = true
      }
    })
    observer.observe(text.value)
    observer.observe(end.value)
    ticking ??= setInterval(() => void tick(), 1000)
    void tick()
  }

  function stop(): void {
    clearInterval(ticking)
    observer?.disconnect()
  }

  onMounted(watchPlaces)
  watch([text, end], watchPlaces, { flush: "post" })
  onBeforeUnmount(stop)

  return { left, isLooked, isEndSeen, isOffline }
}
