/** The modules that this person keeps on this phone, as they change: one list for all who look. */
import { onBeforeUnmount, onMounted, shallowRef } from "vue"
import { onKeptChange } from "../offline/keeping"
import { personHere } from "../offline/person"
import { keptOf, type Kept } from "../offline/phone"

const kept = shallowRef<Kept[]>([])
let watchers = 0
let stop = () => {}

async function refresh(): Promise<void> {
  const person = personHere()
  kept.value = person ? await keptOf(person).catch(() => []) : []
}

export function useKept() {
  onMounted(() => {
    if (watchers++ > 0) return
    stop = onKeptChange(() => void refresh())
    void refresh()
  })
  onBeforeUnmount(() => {
    if (--watchers === 0) stop()
  })
  return kept
}

/** Whether this browser can keep modules at all: not on plain HTTP. */
export const canKeep = (): boolean => "serviceWorker" in navigator && personHere() !== null
