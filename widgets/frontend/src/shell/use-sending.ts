// One thing of a page on its way to the server: where it stands, and what the server said.
import { computed, onBeforeUnmount, ref, watch } from "vue"
import type { Entry, KindName, Replies, Values } from "../outbox/entry"
import { usePage, type Page } from "./page-state"
import type { Way } from "./sending"

export function useSending<K extends KindName>(
  kind: K,
  about: () => string,
  onSent: (reply: Replies[K]) => void = () => {},
) {
  const { sending } = usePage()
  const entry = computed(() =>
    sending?.entries.value.find((one) => one.kind === kind && one.about === about()),
  )
  const way = computed<Way>(
    () => sending?.wayOf(entry.value) ?? { phase: "resting", isLasting: true },
  )
  const stop = sending?.listen((sent: Entry | null, reply) => {
    if (reply && sent?.kind === kind && sent.about === about()) onSent(reply as Replies[K])
  })
  onBeforeUnmount(() => stop?.())

  return {
    entry,
    way,
    phase: computed(() => way.value.phase),
    /** Why the server refused it. */
    refusal: computed(() => (entry.value?.state === "refused" ? (entry.value.message ?? "") : "")),
    put: async (value: Values[K]) => void (await sending?.put(kind, value)),
    drop: async () => {
      if (entry.value) await sending?.outbox.value?.drop(entry.value)
    },
    sendNow: () => void sending?.outbox.value?.send(),
  }
}

/** How long until the queue tries again; 0 while it does. */
export function useSecondsLeft(page: Page) {
  const left = ref(0)
  let timer: ReturnType<typeof setInterval> | undefined
  const count = () => {
    const at = page.sending?.retryAt.value ?? null
    left.value = at === null ? 0 : Math.max(0, Math.ceil((at - Date.now()) / 1000))
    if (at === null) clearInterval(timer)
  }
  watch(
    () => page.sending?.retryAt.value ?? null,
    (at) => {
      clearInterval(timer)
      if (at !== null) timer = setInterval(count, 1000)
      count()
    },
    { immediate: true },
  )
  onBeforeUnmount(() => clearInterval(timer))
  return left
}
