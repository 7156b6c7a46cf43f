// Loads something from the portal and keeps the three states a person can meet on the way:
// loading, here, failed. Comes back by itself when the network does.
import { onBeforeUnmount, onMounted, ref, shallowRef } from "vue"

export function useLoaded<T>(load: () => Promise<T>) {
  const data = shallowRef<T | null>(null)
  const failure = shallowRef<unknown>(null)
  const isLoading = ref(false)
  let asked = 0

  async function reload(): Promise<void> {
    const ask = ++asked
    isLoading.value = true
    try {
      const loaded = await load()
      if (ask !== asked) return
      data.value = loaded
      failure.value = null
    } catch (problem) {
      if (ask === asked) failure.value = problem
    } finally {
      if (ask === asked) isLoading.value = false
    }
  }

  function reloadIfFailed(): void {
    if (failure.value !== null) void reload()
  }

  onMounted(() => {
    window.addEventListener("online", reloadIfFailed)
    void reload()
  })
  onBeforeUnmount(() => window.removeEventListener("online", reloadIfFailed))

  return { data, failure, isLoading, reload }
}
