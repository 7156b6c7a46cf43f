import { mount } from "@vue/test-utils"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { nextTick } from "vue"
import { language } from "../texts"
import { readNews } from "./frames"
import LiveStretch from "./LiveStretch.vue"
import type { Trouble } from "./use-frame"

const ADDRESS = "http://school.test:8004/services/classroom/live/fractions/halves/2"
const ORIGIN = "http://school.test:8004"

const said = (data: unknown, source: unknown = window, origin = ORIGIN) =>
  new MessageEvent("message", { data, origin, source: source as Window })

describe("what a frame says", () => {
  it("is believed from its own window and origin alone", () => {
    const ready = { source: "pathshala-live", kind: "ready" }
    expect(readNews(said(ready), window, ORIGIN)).toEqual(ready)
    expect(readNews(said(ready, null), window, ORIGIN)).toBeNull()
    expect(readNews(said(ready, window, "http://evil.test"), window, ORIGIN)).toBeNull()
    expect(readNews(said({ ...ready, source: "else" }), window, ORIGIN)).toBeNull()
    expect(readNews(said({ ...ready, kind: "else" }), window, ORIGIN)).toBeNull()
    expect(readNews(said(null), window, ORIGIN)).toBeNull()
  })

  it("gives it no height beyond measure", () => {
    const tall = (height: unknown) =>
      readNews(said({ source: "pathshala-live", kind: "height", height }), window, ORIGIN)
    expect(tall(640)).toEqual({ kind: "height", height: 640 })
    for (const odd of [0, -1, 1e9, "x", null]) expect(tall(odd)).toBeNull()
  })
})

describe("a stretch", () => {
  let see: (entries: { isIntersecting: boolean }[]) => void
  let trouble: Trouble
  beforeEach(() => {
    class Watcher {
      constructor(callback: typeof see) {
        see = callback
      }
      observe() {}
      disconnect() {}
    }
    vi.stubGlobal("IntersectionObserver", Watcher)
    vi.useFakeTimers()
    trouble = "away"
    language.value = "bn"
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.useRealTimers()
    document.body.replaceChildren()
    delete document.documentElement.dataset.theme
  })

  function placed(address: string | null = ADDRESS) {
    return mount(LiveStretch, {
      props: { address, stretch: 1, findTrouble: async () => trouble },
      attachTo: document.body,
    })
  }

  async function opened() {
    const stretch = placed()
    see([{ isIntersecting: true }])
    await nextTick()
    const frame = () => stretch.get("iframe").element as HTMLIFrameElement
    const say = async (data: object) => {
      dispatchEvent(said({ source: "pathshala-live", ...data }, frame().contentWindow))
      await nextTick()
    }
    const load = async () => {
      await stretch.get("iframe").trigger("load")
      await vi.advanceTimersByTimeAsync(1000)
    }
    const words = () => stretch.get("[role=status]").text()
    return { stretch, frame, say, load, words }
  }

  it("loads its frame when it is near, and shows it when it is ready", async () => {
    document.documentElement.dataset.theme = "dark"
    const { stretch, frame, say, words } = await opened()
    expect(frame().src).toBe(`${ADDRESS}?lang=bn&stretch=1&theme=dark&size=normal`)
    expect(stretch.get("iframe").classes()).toContain("is-waiting")
    expect(words()).not.toBe("")
    await say({ kind: "height", height: 321 })
    expect(frame().style.blockSize).toBe("")
    await say({ kind: "ready" })
    expect(stretch.get("iframe").classes()).not.toContain("is-waiting")
    expect(frame().style.blockSize).toBe("321px")
    expect(words()).toBe("")
    expect(stretch.emitted("running")).toEqual([[true]])
    stretch.unmount()
  })

  it("says how many come first, and that it will rest, with a way to stay", async () => {
    const { stretch, say, words } = await opened()
    await say({ kind: "full", place: 3 })
    expect(words()).toContain("৩")
    await say({ kind: "ready" })
    await say({ kind: "culled-soon", seconds: 60 })
    await stretch.get("button").trigger("click")
    expect(words()).toBe("")
    stretch.unmount()
  })

  it("keeps what a stopped frame shows, as tall as it was, until it moves again", async () => {
    const { stretch, frame, say, load, words } = await opened()
    await say({ kind: "height", height: 300 })
    await say({ kind: "ready" })
    await load()
    await say({ kind: "lost", why: "died" })
    await say({ kind: "height", height: 40 })
    await load()
    expect(frame().style.blockSize).toBe("300px")
    expect(stretch.get("iframe").attributes("inert")).toBeDefined()
    expect(words()).toContain("has stopped")
    await say({ kind: "height", height: 310 })
    await say({ kind: "ready" })
    expect(frame().style.blockSize).toBe("310px")
    expect(words()).toBe("")
    stretch.unmount()
  })

  it("shows the text again when the sign-in has gone, and goes on once it is back", async () => {
    const { stretch, frame, say, load, words } = await opened()
    await say({ kind: "ready" })
    await load()
    await say({ kind: "lost", why: "away" })
    trouble = "signed-out"
    await load() // the Hub's sign-in, which says nothing to us
    expect(words()).toContain("signed out")
    expect(stretch.find("a.button").exists()).toBe(true)
    expect(stretch.emitted("running")).toEqual([[true], [false]])
    const before = frame()
    trouble = "away"
    document.dispatchEvent(new Event("visibilitychange"))
    await vi.advanceTimersByTimeAsync(0)
    expect(frame()).not.toBe(before)
    await say({ kind: "ready" })
    expect(words()).toBe("")
    stretch.unmount()
  })

  it("waits for the network, and comes as soon as it is back", async () => {
    const { stretch, frame, load, words } = await opened()
    trouble = "offline"
    await load()
    expect(words()).toContain("no network")
    const before = frame()
    trouble = "away"
    dispatchEvent(new Event("online"))
    await vi.advanceTimersByTimeAsync(0)
    expect(frame()).not.toBe(before)
    stretch.unmount()
  })

  it("says so where no classroom runs", () => {
    const stretch = placed(null)
    expect(stretch.find("iframe").exists()).toBe(false)
    expect(stretch.get("[role=status]").text()).not.toBe("")
    stretch.unmount()
  })
})
