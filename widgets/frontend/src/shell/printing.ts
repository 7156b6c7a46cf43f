/** On paper nothing can be opened: what is folded away is opened before printing. */
import { ref, type Ref } from "vue"
import { useListener } from "./while-here"

/** Whether the page is being printed. */
export function usePrinting(): Ref<boolean> {
  const isPrinting = ref(false)
  useListener(window, "beforeprint", () => (isPrinting.value = true))
  useListener(window, "afterprint", () => (isPrinting.value = false))
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
