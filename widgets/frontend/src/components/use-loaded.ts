// Loads something from the portal and keeps the three states a person can meet on the way:
// loading, here, failed. Comes back by itself when the network does.
import { onMounted, ref, shallowRef } from "vue"
import { PortalError } from "../portal"
import { keptFirst } from "../shell/kept-first"
import { useListener } from "../shell/while-here"

/** `kept` is what this phone keeps of it: shown at once, until `load` brings the newest. */
export function useLoaded<T>(load: () => Promise<T>, kept?: () => Promise<T>) {
  const data = shallowRef<T | null>(null)
  const failure = shallowRef<unknown>(null)
  const isLoading = ref(false)
  let asked = 0

  async function reload(): Promise<void> {
    const ask = ++asked
    isLoading.value = true
    try {
      await keptFirst(data.value === null && kept ? kept : none, load, (found, isKept) => {
        if (ask !== asked) return
        data.value = found
        if (!isKept) failure.value = null
      })
    } catch (problem) {
      if (ask !== asked) return
      failure.value = problem
      if (problem instanceof PortalError && problem.status === 401) data.value = null
    } finally {
      if (ask === asked) isLoading.value = false
    }
  }

  const none = () => Promise.reject(new Error("nothing is kept"))

  function reloadIfFailed(): void {
    if (failure.value !== null) void reload()
  }

  useListener(window, "online", reloadIfFailed)
  onMounted(() => void reload())

  return { data, failure, isLoading, reload }
}
