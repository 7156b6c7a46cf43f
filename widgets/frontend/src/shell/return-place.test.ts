import { beforeEach, expect, test, vi } from "vitest"
import { keepPlace, returnToPlace } from "./return-place"

/** Lay out blocks of these heights, scrolled down by so many px. */
function layOut(heights: number[], scrolled: number): void {
  document.body.innerHTML = `<main id="page"><article><section>${"<p></p>".repeat(heights.length)}</section></article></main>`
  let top = -scrolled
  document.querySelectorAll("p").forEach((block, index) => {
    const here = top
    block.getBoundingClientRect = () => ({ top: here }) as DOMRect
    top += heights[index]!
  })
  vi.stubGlobal("scrollY", scrolled)
}

const scrollTo = vi.fn()
beforeEach(() => {
  vi.stubGlobal("scrollTo", scrollTo)
  scrollTo.mockClear()
  sessionStorage.clear()
})

test("a reader comes back to the same words though what is above has grown", () => {
  layOut([100, 500, 300], 350)
  keepPlace()
  layOut([900, 500, 300], 0)

  expect(returnToPlace()).toBe(true)
  expect(scrollTo).toHaveBeenCalledWith(0, 900 + 250)
})

test("a first visit has no place to return to", () => {
  layOut([100], 0)
  expect(returnToPlace()).toBe(false)
  expect(scrollTo).not.toHaveBeenCalled()
})
