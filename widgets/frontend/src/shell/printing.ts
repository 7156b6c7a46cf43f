/** On paper nothing can be opened: what is folded away is opened before printing. */
import { onBeforeUnmount, onMounted, ref, type Ref } from "vue"

/** Whether the page is being printed. */
export function usePrinting(): Ref<boolean> {
  const isPrinting = ref(false)
  const begin = () => (isPrinting.value = true)
  const end = () => (isPrinting.value = false)
  onMounted(() => {
    addEventListener("beforeprint", begin)
    addEventListener("afterprint", end)
  })
  onBeforeUnmount(() => {
    removeEventListener("beforeprint", begin)
    removeEventListener("afterprint", end)
  })
  return isPrinting
}

/** Open every `details` for as long as the printing lasts. */
export function unfoldForPrint(): void {
  let unfolded: HTMLDetailsElement[] = []
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll<HTMLDetailsElement>("main details:not([open])")]
    for (const details of unfolded) details.open = true
  })
  addEventListener("afterprint", () => {
    for (const details of unfolded) details.open = false
  })
}
