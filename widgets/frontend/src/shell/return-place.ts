/**
 * Brings a reader back to what was on the screen when a page is opened again. The browser alone
 * does so before components have their height, and lands elsewhere.
 */
const BLOCKS = "#page > article > section > *"

interface Place {
  block: number
  /** px of the block above the top of the screen */
  above: number
}

const blocks = () => [...document.querySelectorAll<HTMLElement>(BLOCKS)]
const key = () => `pathshala-place ${location.pathname}`

/** Keep, for this tab, the block at the top of the screen. */
export function keepPlace(): void {
  const tops = blocks().map((block) => block.getBoundingClientRect().top)
  const block = tops.filter((top) => top <= 0).length - 1
  const kept: Place = { block, above: -(tops[block] ?? 0) }
  try {
    sessionStorage.setItem(key(), JSON.stringify(kept))
  } catch {
    // Without storage the page opens at its top.
  }
}

/** Go to the kept place; say whether there was one. */
export function returnToPlace(): boolean {
  let kept: Place | null = null
  try {
    kept = JSON.parse(sessionStorage.getItem(key()) ?? "null") as Place | null
  } catch {
    // as above
  }
  const block = kept ? blocks()[kept.block] : undefined
  if (!kept || !block) return false
  window.scrollTo(0, window.scrollY + block.getBoundingClientRect().top + kept.above)
  return true
}

/** Whether the browser opened this page by "again" or "back", not by a link. */
export function isOpenedAgain(): boolean {
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[]
  return entry?.type === "reload" || entry?.type === "back_forward"
}
