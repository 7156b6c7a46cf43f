// @vitest-environment jsdom
import { flushPromises } from "@vue/test-utils"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { mineWith, mountOn, noNetwork, pageWith, portalWith } from "../components/test-portal"
import { PortalError } from "../portal"
import type { DeskExercise, DeskHandIn, Mark, Portal } from "../portal"
import Desk from "./Desk.vue"

type Sent = Parameters<Portal["putMark"]>[2]

function exerciseWith(change: Partial<DeskExercise> = {}): DeskExercise {
  const levels = ["Not yet", "On the way", "There"].map((text, level) => ({
    level,
    points: level,
    text,
  }))
  return {
    exercise: "saw",
    component: "Reflection",
    title: "What I saw",
    question: "What did the pupils do?",
    options: {},
    right: {},
    answer: "সবাই জোড়ায় কথা বলেছে",
    auto: null,
    rubric: { hash: "r1", title: "", criteria: [{ criterion: "detail", title: "Detail", levels }] },
    maximum: 2,
    mark: null,
    earlier: [],
    ...change,
  }
}

function handInWith(exercises: DeskExercise[]): DeskHandIn {
  return {
    number: 12,
    round: 1,
    state: "to-mark",
    course: "active-learning",
    module: "pair-talk",
    title: "Pair talk",
    received_at: "2026-11-20T10:00:00Z",
    returned_at: null,
    exercises,
  }
}

function markWith(change: Partial<Mark> = {}): Mark {
  return {
    id: 1,
    levels: { detail: 1 },
    comment: "",
    score: 1,
    marked_at: "2026-11-21T10:42:00Z",
    ...change,
  }
}

function deskWith(exercises: DeskExercise[], put: (sent: Sent) => Promise<Mark>) {
  const sent: [string, Sent][] = []
  const portal = portalWith({
    me: async () => ({ id: "evaluator" }) as Awaited<ReturnType<Portal["me"]>>,
    marking: async () => ({ waiting: [], returned: [] }),
    openHandIn: async () => handInWith(exercises),
    putMark: (_number, exercise, mark) => {
      sent.push([exercise, mark])
      return put(mark)
    },
  })
  return { portal, sent, view: mountOn(pageWith(mineWith()), portal, Desk) }
}

function press(key: string, on: Element = document.body): void {
  on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }))
}

const TWO = [exerciseWith(), exerciseWith({ exercise: "change", title: "What I would change" })]

beforeEach(() => {
  localStorage.clear()
  vi.useFakeTimers()
  vi.stubGlobal("scrollTo", () => {})
  location.hash = "#12"
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  document.body.innerHTML = ""
})

describe("Desk", () => {
  it("walks through the answers by key, and the address says where one is", async () => {
    const { view } = deskWith(TWO, async () => markWith())
    await flushPromises()
    press("j")
    window.dispatchEvent(new HashChangeEvent("hashchange"))
    await flushPromises()
    expect(location.hash).toBe("#12/change")
    expect(view.find(".exercise-title").text()).toBe("What I would change")
    view.unmount()
  })

  it("saves a level chosen by key, by itself", async () => {
    const { sent, view } = deskWith([exerciseWith()], async () =>
      markWith({ levels: { detail: 2 } }),
    )
    await flushPromises()
    press("3")
    await vi.advanceTimersByTimeAsync(1_000)
    expect(sent).toEqual([["saw", { levels: { detail: 2 }, comment: "", expected: null }]])
    expect(view.text()).toContain("1 of 1 marked")
    expect(view.text()).toMatch(/Saved \d\d:\d\d/)
    view.unmount()
  })

  it("lets an evaluator write j and 3 in a comment", async () => {
    const { sent, view } = deskWith([exerciseWith()], async () => markWith())
    await flushPromises()
    press("3", view.find("textarea").element)
    press("j", view.find("textarea").element)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(sent).toEqual([])
    view.unmount()
  })

  it("keeps a comment without a level in this browser and says what is missing", async () => {
    const first = deskWith([exerciseWith()], async () => markWith())
    await flushPromises()
    await first.view.find("textarea").setValue("ভালো, আর একটি উদাহরণ দিন")
    await vi.advanceTimersByTimeAsync(3_000)
    expect(first.sent).toEqual([])
    expect(first.view.text()).toContain("Choose a level in each row")
    first.view.unmount()
    const again = deskWith([exerciseWith()], async () => markWith())
    await flushPromises()
    expect(again.view.find("textarea").element.value).toBe("ভালো, আর একটি উদাহরণ দিন")
    again.view.unmount()
  })

  it("keeps both marks when somebody else was faster, and overwrites only when told to", async () => {
    const theirs = markWith({ id: 7, comment: "Theirs", levels: { detail: 0 }, score: 0 })
    const { portal, sent, view } = deskWith([exerciseWith()], async ({ expected }) => {
      if (expected === 7) return markWith({ id: 8, levels: { detail: 2 }, score: 2 })
      throw new PortalError("mark-changed-meanwhile", "", {}, false, 409)
    })
    await flushPromises()
    portal.openHandIn = async () => handInWith([exerciseWith({ mark: theirs })])
    press("3")
    await vi.advanceTimersByTimeAsync(1_000)
    await flushPromises()
    expect(view.find(".notice").text()).toContain("Theirs")
    expect(sent).toHaveLength(1)
    const mine = view.findAll(".notice button").find((it) => it.text() === "Mine counts")!
    await mine.trigger("click")
    await flushPromises()
    expect(sent[1]![1]).toEqual({ levels: { detail: 2 }, comment: "", expected: 7 })
    expect(view.find(".notice").exists()).toBe(false)
    view.unmount()
  })

  it("keeps a mark while the network is away and saves it afterwards", async () => {
    let isUp = false
    const { sent, view } = deskWith([exerciseWith()], async () => {
      if (!isUp) throw noNetwork()
      return markWith()
    })
    await flushPromises()
    press("2")
    await vi.advanceTimersByTimeAsync(1_000)
    expect(view.text()).toContain("Kept on this device")
    isUp = true
    window.dispatchEvent(new Event("online"))
    await flushPromises()
    expect(sent).toHaveLength(2)
    expect(view.text()).toContain("1 of 1 marked")
    view.unmount()
  })

  it("asks for no mark where nothing was written", async () => {
    const blank = exerciseWith({
      exercise: "change",
      title: "What I would change",
      answer: "",
      auto: { score: 0, maximum: 2, reason: "No answer was given." },
    })
    const { view } = deskWith([exerciseWith({ mark: markWith() }), blank], async () => markWith())
    await flushPromises()
    expect(view.text()).toContain("1 of 1 marked")
    expect(view.text()).toContain("What I would change · nothing written")
    expect(view.text()).not.toContain("still need a mark")
    view.unmount()
  })

  it("opens Return only when every answer is marked, and asks before it returns", async () => {
    const { portal, view } = deskWith([exerciseWith({ mark: markWith() }), TWO[1]!], async () =>
      markWith(),
    )
    const given: number[] = []
    portal.returnHandIn = async (number) => {
      given.push(number)
      return { returned_at: "2026-11-21T11:00:00Z" }
    }
    await flushPromises()
    const giveBack = () => view.findAll("button").find((it) => it.text() === "Return")!
    expect(giveBack().element.disabled).toBe(true)
    location.hash = "#12/change"
    window.dispatchEvent(new HashChangeEvent("hashchange"))
    await flushPromises()
    press("2")
    await vi.advanceTimersByTimeAsync(1_000)
    await giveBack().trigger("click")
    await flushPromises()
    expect(given).toEqual([])
    const sure = view.findAll("button").find((it) => it.text() === "Return now")!
    await sure.trigger("click")
    await flushPromises()
    expect(given).toEqual([12])
    expect(view.text()).toContain("Returned 21 November 2026")
    view.unmount()
  })
})
