/**
 * Brings a reader back to what was on the screen when a page is opened again. The browser alone
 * does so before components have their height, and lands elsewhere.
 */
const BLOCKS = "#page > article > section > *"
const KEY = "place"

interface Place {
  block: number
  /** px of the block above the top of the screen */
  above: number
}

const blocks = () => [...document.querySelectorAll<HTMLElement>(BLOCKS)]

/** Keep, with this entry of the history, the block at the top of the screen. */
export function keepPlace(): void {
  const tops = blocks().map((block) => block.getBoundingClientRect().top)
  const block = tops.filter((top) => top <= 0).length - 1
  const kept: Place | null = block < 0 ? null : { block, above: -tops[block]! }
  history.replaceState({ ...(history.state as object | null), [KEY]: kept }, "")
}

/** Go to the kept place; say whether there was one. */
export function returnToPlace(): boolean {
  const kept = (history.state as { [KEY]?: Place | null } | null)?.[KEY]
  const block = kept ? blocks()[kept.block] : undefined
  if (!kept || !block) return false
  window.scrollTo(0, window.scrollY + block.getBoundingClientRect().top + kept.above)
  return true
}
