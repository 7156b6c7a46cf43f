/** Where one is in a clip and what one has watched: kept with the portal, whatever the size. */
import { onBeforeUnmount, onMounted, ref, watch, type Ref } from "vue"
import type { Entry, Values } from "../outbox/entry"
import type { ClipWatch } from "../portal"
import { usePage } from "../shell/page-state"
import { useListener } from "../shell/while-here"
import { countSeconds, WatchRecord } from "./clip-watch"

const SECONDS_BETWEEN_SAVES = 5

export interface ClipWatching {
  position: Ref<number>
  watched: Ref<number>
  /** The film plays and has come to here. */
  tick(position: number): void
  /** It stopped or jumped. */
  lift(): void
  save(): void
}

export function useClipWatch(
  root: Readonly<Ref<HTMLElement | null>>,
  clip: () => string | undefined,
  first: { position?: number; seconds?: number } | null | undefined,
  tell: (value: { position: number; seconds: number }) => void,
): ClipWatching {
  const page = usePage()
  const record = new WatchRecord()
  const position = ref(first?.position ?? 0)
  const watched = ref(first?.seconds ?? 0)
  let lastSave = 0
  let sentPosition = 0
  let hasPlayed = false
  let isLeaving = false

  function save(): void {
    lastSave = performance.now()
    tell({ position: tenths(position.value), seconds: tenths(watched.value) })
    const name = clip()
    const isMoved = hasPlayed && Math.abs(position.value - sentPosition) > 1
    if (!page.sending || !page.mine.value || !name || !(record.unsent.length || isMoved)) return
    sentPosition = position.value
    const { course, module } = page
    const ranges = record.unsent
    record.unsent = []
    void keep({ course, module, clip: name, ranges, position: position.value })
  }

  /** The queue sends it, now or when there is a network. */
  async function keep(watch: Values["watch"]): Promise<void> {
    const isLast = isLeaving
    await page.sending?.put("watch", watch)
    if (isLast) page.sending?.outbox.value?.sendLeaving()
  }

  function takeReply(entry: Entry | null, reply: unknown): void {
    const mine = page.mine.value
    if (!mine || !reply || entry?.kind !== "watch" || entry.value.clip !== clip()) return
    page.mine.value = { ...mine, clips: { ...mine.clips, [entry.value.clip]: reply as ClipWatch } }
  }

  function onHidden(): void {
    isLeaving = document.visibilityState === "hidden"
    if (isLeaving) save()
  }

  onMounted(() => {
    const asked = linkedSecond(root.value, page.module)
    if (asked !== null) position.value = asked
  })
  useListener(document, "visibilitychange", onHidden)
  const stop = page.sending?.listen(takeReply)
  onBeforeUnmount(() => {
    stop?.()
    save()
  })

  // What the portal knows arrives after the page; a linked second goes before it.
  watch(
    () => page.mine.value?.clips[clip() ?? ""],
    (known) => {
      if (!known) return
      record.know(known.ranges)
      watched.value = countSeconds(record.ranges)
      const isLinked = linkedSecond(root.value, page.module) !== null
      if (!hasPlayed && !isLinked) position.value = known.position
    },
    { immediate: true },
  )

  return {
    position,
    watched,
    tick(at) {
      hasPlayed = true
      record.tick(at)
      watched.value = countSeconds(record.ranges)
      if (performance.now() - lastSave > SECONDS_BETWEEN_SAVES * 1000) save()
    },
    lift: () => record.lift(),
    save,
  }
}

const tenths = (seconds: number) => Math.round(seconds * 10) / 10

/** `?t=83` means the clip in the hash, or else the first of the page. */
function linkedSecond(root: HTMLElement | null, module: string): number | null {
  const asked = new URLSearchParams(location.search).get("t")
  if (!asked || !/^\d+$/.test(asked) || !module) return null
  const named = location.hash ? document.getElementById(location.hash.slice(1)) : null
  const first = named?.querySelector(".clip") ?? document.querySelector(".clip")
  return !root || first === root ? Number(asked) : null
}
