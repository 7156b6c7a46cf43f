/** What a component does for as long as it is on the page. */
import { onBeforeUnmount, onMounted } from "vue"

type Events = WindowEventMap & DocumentEventMap

export function useListener<K extends keyof Events>(
  target: Window | Document,
  name: K,
  act: (event: Events[K]) => void,
): void {
  const listener = act as EventListener
  onMounted(() => target.addEventListener(name, listener))
  onBeforeUnmount(() => target.removeEventListener(name, listener))
}

export function useEvery(seconds: number, act: () => void): void {
  let timer: ReturnType<typeof setInterval> | undefined
  onMounted(() => (timer = setInterval(act, seconds * 1000)))
  onBeforeUnmount(() => clearInterval(timer))
}
