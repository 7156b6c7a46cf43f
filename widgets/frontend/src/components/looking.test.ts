import { describe, expect, it } from "vitest"
import { LookTimer } from "./looking"

const NOTHING_YET = { shown_seconds: 0, needed_seconds: 20, looked: false }

function lookingFor(change: { isEndSeen?: boolean } = {}) {
  const clock = { at: 0, isPageVisible: true }
  const timer = new LookTimer(
    NOTHING_YET,
    () => clock.at,
    () => clock.isPageVisible,
  )
  timer.isTextShown = true
  timer.isEndSeen = change.isEndSeen ?? true
  timer.count()
  function pass(seconds: number) {
    for (let second = 0; second < seconds; second += 1) {
      clock.at += 1000
      timer.count()
    }
  }
  return { clock, timer, pass }
}

describe("LookTimer", () => {
  it("asks the server every five seconds of looking", () => {
    const { timer, pass } = lookingFor()
    pass(4)
    expect(timer.due()).toBe(0)
    pass(1)
    expect(timer.due()).toBe(5)
  })

  it("stands still while the page is hidden or the text is off the screen", () => {
    const { clock, timer, pass } = lookingFor()
    clock.isPageVisible = false
    pass(30)
    clock.isPageVisible = true
    timer.isTextShown = false
    pass(30)
    expect(timer.left()).toBe(20)
  })

  it("does not count the time away when somebody comes back", () => {
    const { clock, timer, pass } = lookingFor()
    pass(2)
    clock.isPageVisible = false
    pass(1)
    clock.at += 60_000
    clock.isPageVisible = true
    timer.count()
    pass(1)
    expect(timer.left()).toBe(17)
  })

  it("keeps the last second back until the end of the text was seen", () => {
    const { timer, pass } = lookingFor({ isEndSeen: false })
    for (let part = 0; part < 8; part += 1) {
      pass(5)
      const shown = timer.looked.shown_seconds + timer.due()
      timer.granted(timer.due(), { ...NOTHING_YET, shown_seconds: shown })
    }
    expect(timer.looked.shown_seconds).toBeLessThan(20)
    expect(timer.left()).toBe(1)
    timer.isEndSeen = true
    pass(1)
    expect(timer.looked.shown_seconds + timer.due()).toBe(20)
  })

  it("goes by what the server granted, not by what was claimed", () => {
    const { timer, pass } = lookingFor()
    pass(5)
    timer.granted(5, { ...NOTHING_YET, shown_seconds: 3 })
    expect(timer.left()).toBe(17)
  })

  it("is done when the server says so", () => {
    const { timer, pass } = lookingFor()
    timer.granted(0, { shown_seconds: 20, needed_seconds: 20, looked: true })
    pass(10)
    expect([timer.left(), timer.due()]).toEqual([0, 0])
  })
})
