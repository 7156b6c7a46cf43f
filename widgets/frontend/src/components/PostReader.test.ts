// @vitest-environment jsdom
import { flushPromises } from "@vue/test-utils"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Look, Portal, Post } from "../portal"
import PostReader from "./PostReader.vue"
import { mineWith, mountOn, pageWith, portalWith, postWith } from "./test-portal"

/** jsdom has no layout; here everything that is watched is on the screen. */
class AllOnScreen {
  constructor(
    private readonly tell: (entries: { target: Element; isIntersecting: boolean }[]) => void,
  ) {}
  observe(target: Element) {
    this.tell([{ target, isIntersecting: true }])
  }
  disconnect() {}
}

/** A portal that counts as the real one does: no more than the time that passed. */
function portalThatCounts(post: Post) {
  let shown = 0
  const rated: number[] = []
  const looks: number[] = []
  const look = (): Look => ({ shown_seconds: shown, needed_seconds: 20, looked: shown >= 20 })
  const portal = portalWith({
    post: async () => ({ ...post, body: { kind: "reflection", value: "পুরো লেখাটি" } }),
    look: async (_post, { shown_seconds }) => {
      looks.push(shown_seconds)
      shown += shown_seconds
      return look()
    },
    rate: async (_post, { stars }) => {
      rated.push(stars)
      return { ...post, my_stars: stars }
    },
  })
  return { portal, rated, looks }
}

function open(post: Post, portal: Portal) {
  return mountOn(pageWith(mineWith()), portal, PostReader, {
    post,
    portal,
  })
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal("IntersectionObserver", AllOnScreen)
  Element.prototype.scrollIntoView ??= () => {}
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  document.body.innerHTML = ""
})

describe("PostReader", () => {
  it("keeps the stars locked until the server saw twenty seconds of looking", async () => {
    const { portal, rated } = portalThatCounts(postWith())
    const view = open(postWith(), portal)
    await flushPromises()
    await vi.advanceTimersByTimeAsync(8_000)
    expect(view.text()).toContain("s more, then you can rate.")
    expect(view.find("fieldset").element.disabled).toBe(true)
    await vi.advanceTimersByTimeAsync(14_000)
    await flushPromises()
    expect(view.find("fieldset").element.disabled).toBe(false)
    await view.find('input[value="4"]').setValue()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(rated).toEqual([4])
    expect(view.text()).toContain("Your rating is saved.")
    view.unmount()
  })

  it("names each radio by its number of stars", async () => {
    const { portal } = portalThatCounts(postWith())
    const view = open(postWith(), portal)
    await flushPromises()
    const names = view.findAll("fieldset label span:last-child").map((label) => label.text())
    expect(names).toEqual(["1 star", "2 stars", "3 stars", "4 stars", "5 stars"])
    view.unmount()
  })

  it("says why one's own work has no stars, and counts nothing", async () => {
    const post = postWith({ own: true })
    const { portal, looks } = portalThatCounts(post)
    const view = open(post, portal)
    await flushPromises()
    await vi.advanceTimersByTimeAsync(6_000)
    expect(view.text()).toContain("This is your own work")
    expect(view.find("fieldset").exists()).toBe(false)
    expect(looks).toEqual([])
    view.unmount()
  })

  it("keeps to a newer choice while the reply to an older one comes", async () => {
    const post = postWith({ my_stars: 2 })
    const { portal, rated } = portalThatCounts(post)
    const { rate } = portal
    let answer: () => void = () => {}
    portal.rate = async (...asked) => {
      await new Promise<void>((done) => (answer = done))
      return rate(...asked)
    }
    const view = open(post, portal)
    await flushPromises()
    const isChosen = (stars: number) =>
      view.find<HTMLInputElement>(`input[value="${stars}"]`).element.checked
    await view.find('input[value="5"]').setValue()
    await vi.advanceTimersByTimeAsync(1_000)
    await view.find('input[value="4"]').setValue()
    answer()
    await flushPromises()
    expect([isChosen(4), view.text().includes("Your rating is saved.")]).toEqual([true, false])
    await vi.advanceTimersByTimeAsync(1_000)
    answer()
    await flushPromises()
    expect([rated, isChosen(4)]).toEqual([[5, 4], true])
    view.find<HTMLButtonElement>(".undo-bar button").element.click()
    await flushPromises()
    answer()
    expect(isChosen(2)).toBe(true)
    view.unmount()
  })

  it("gives what was chosen although the work is closed at once", async () => {
    const post = postWith({ my_stars: 2 })
    const { portal, rated } = portalThatCounts(post)
    const view = open(post, portal)
    await flushPromises()
    await view.find('input[value="5"]').setValue()
    view.unmount()
    await flushPromises()
    expect(rated).toEqual([5])
  })

  it("brings the earlier rating back on undo", async () => {
    const post = postWith({ my_stars: 2 })
    const { portal, rated } = portalThatCounts(post)
    const view = open(post, portal)
    await flushPromises()
    await view.find('input[value="5"]').setValue()
    await vi.advanceTimersByTimeAsync(1_000)
    view.find<HTMLButtonElement>(".undo-bar button").element.click()
    await flushPromises()
    expect(rated).toEqual([5, 2])
    expect(view.find<HTMLInputElement>('input[value="2"]').element.checked).toBe(true)
    view.unmount()
  })
})
