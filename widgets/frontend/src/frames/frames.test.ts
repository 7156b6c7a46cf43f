import { mount } from "@vue/test-utils"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { nextTick } from "vue"
import { readNews } from "./frames"
import LiveStretch from "./LiveStretch.vue"

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
  beforeEach(() => {
    class Watcher {
      constructor(callback: typeof see) {
        see = callback
      }
      observe() {}
      disconnect() {}
    }
    vi.stubGlobal("IntersectionObserver", Watcher)
  })
  afterEach(() => vi.unstubAllGlobals())

  async function opened() {
    const stretch = mount(LiveStretch, {
      props: { address: ADDRESS, stretch: 1 },
      attachTo: document.body,
    })
    see([{ isIntersecting: true }])
    await nextTick()
    const frame = stretch.get("iframe").element as HTMLIFrameElement
    const say = async (data: object) => {
      dispatchEvent(said({ source: "pathshala-live", ...data }, frame.contentWindow))
      await nextTick()
    }
    return { stretch, frame, say }
  }

  it("loads its frame when it is near, and shows it when it is ready", async () => {
    const { stretch, frame, say } = await opened()
    expect(frame.src).toBe(`${ADDRESS}?lang=bn&stretch=1`)
    expect(frame.style.display).toBe("none")
    expect(stretch.get("[role=status]").text()).not.toBe("")
    await say({ kind: "height", height: 321 })
    await say({ kind: "ready" })
    expect(frame.style.display).toBe("")
    expect(frame.style.blockSize).toBe("321px")
    expect(stretch.find("[role=status]").exists()).toBe(false)
    expect(stretch.emitted("ready")).toHaveLength(1)
    stretch.unmount()
  })

  it("says how many come first, and that it will rest, with a way to stay", async () => {
    const { stretch, say } = await opened()
    await say({ kind: "full", place: 3 })
    expect(stretch.get("[role=status]").text()).toContain("৩")
    await say({ kind: "ready" })
    await say({ kind: "culled-soon", seconds: 60 })
    await stretch.get("button").trigger("click")
    expect(stretch.find("[role=status]").exists()).toBe(false)
    stretch.unmount()
  })

  it("says so where no classroom runs", () => {
    const stretch = mount(LiveStretch, { props: { address: null, stretch: 0 } })
    expect(stretch.find("iframe").exists()).toBe(false)
    expect(stretch.get("[role=status]").text()).not.toBe("")
  })
})
