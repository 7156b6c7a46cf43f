import { flushPromises } from "@vue/test-utils"
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest"
import { nextTick } from "vue"
import { PortalError } from "../portal"
import { clipSize, dataSaver } from "../shell/preferences"
import { firstSize, type ClipFile } from "./clip-choice"
import Clip from "./Clip.vue"
import { mineWith, mountOn, noNetwork, pageWith, portalWith } from "./test-portal"

const file = (name: string, size_bytes: number): ClipFile => ({
  name,
  src: `/services/portal/media/${name}.mp4`,
  size_bytes,
})
const SIZES = [file("144", 2_000_000), file("240", 5_000_000), file("480", 12_000_000)]
const PROPS = {
  src: SIZES[1]!.src,
  title: "জোড়ায় কথা",
  clip: "c".repeat(64),
  seconds: 200,
  size_bytes: 5_000_000,
  sizes: SIZES,
  sound: { name: "sound", src: "/services/portal/media/s.m4a", size_bytes: 900_000 },
  transcript: [
    { start: 0, end: 4, text: "আজ আমরা জোড়ায় বসব" },
    { start: 4, end: 9, text: "কে আগে বলবে?" },
  ],
}

const clipFiles = vi.fn(async () => ({
  addresses: Object.fromEntries(
    ["144.mp4", "240.mp4", "480.mp4", "s.m4a"].map((name) => [name, `/m/${name}?until=1`]),
  ),
  seconds: 600,
}))

function show(portal = portalWith({ clipFiles, saveClipWatch: noSave })) {
  return mountOn(pageWith(mineWith()), portal, Clip, PROPS)
}
const noSave = async () => ({ ranges: [], position: 0, seconds: 0 })

beforeEach(() => {
  vi.stubGlobal("innerWidth", 360)
  localStorage.clear()
  clipSize.value = ""
  dataSaver.value = "off"
  clipFiles.mockClear()
  HTMLMediaElement.prototype.play = vi.fn(async () => {})
  HTMLMediaElement.prototype.load = vi.fn()
})

describe("the size to begin with", () => {
  const first = (how: Partial<Parameters<typeof firstSize>[1]>) =>
    firstSize(SIZES, { isSaving: false, chosen: "", isPhone: true, ...how })?.name

  it("is 240p on a phone, the largest elsewhere, the smallest to save data", () => {
    expect(first({})).toBe("240")
    expect(first({ isPhone: false })).toBe("480")
    expect(first({ isSaving: true, chosen: "480" })).toBe("144")
  })

  it("is the chosen one, or what a film has below it", () => {
    expect(first({ chosen: "480" })).toBe("480")
    expect(first({ chosen: "360" })).toBe("240")
    expect(first({ chosen: "100" })).toBe("144")
  })
})

describe("a clip", () => {
  it("says what the chosen size costs, remembers it, and loads nothing before play", async () => {
    const clip = show()
    await clip.find("select").setValue("480")
    expect(clip.find(".clip-play").text()).toBe("Play video (3:20, 12 MB)")
    expect(localStorage.getItem("pathshala-clip-size")).toBe("480")
    expect(clipFiles).not.toHaveBeenCalled()
    dataSaver.value = "on"
    await nextTick()
    expect(clip.find(".clip-play").text()).toBe("Play video (3:20, 2 MB)")
  })

  it("goes on at the same second in another size and as sound", async () => {
    const clip = show()
    await clip.find(".clip-poster").trigger("click")
    await flushPromises()
    const film = clip.find("video")
    expect(film.attributes("src")).toMatch(/^\/m\/\d+\.mp4\?until=1$/)
    const element = film.element as HTMLVideoElement
    Object.defineProperty(element, "readyState", { value: 4 })
    element.currentTime = 42
    await film.trigger("timeupdate")
    await clip.findAll("select").at(-1)!.setValue("144")
    await flushPromises()
    expect(film.attributes("src")).toBe("/m/144.mp4?until=1")
    element.currentTime = 0
    await film.trigger("loadedmetadata")
    expect(element.currentTime).toBe(42)
    await clip.find(".clip-sound").trigger("click")
    await flushPromises()
    expect(film.attributes("src")).toBe("/m/s.m4a?until=1")
    expect(clip.find(".clip-sound").attributes("aria-pressed")).toBe("true")
    expect(clipFiles).toHaveBeenCalledTimes(1)
  })

  it("asks for a new address when a film fails, then says so in words, and tries again", async () => {
    const clip = show()
    await clip.find(".clip-poster").trigger("click")
    await flushPromises()
    await clip.find("video").trigger("error")
    await flushPromises()
    expect(clipFiles).toHaveBeenCalledTimes(2)
    expect(clip.find("[role=status]").text()).not.toContain("could not")
    await clip.find("video").trigger("error")
    expect(clip.find("[role=status]").text()).toContain("could not be loaded")
    await clip
      .findAll("button")
      .find((one) => one.text() === "Try again")!
      .trigger("click")
    expect(clip.find("[role=status]").text()).not.toContain("could not")
  })

  it("goes on by itself although the browser spoke of a network too early", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    onTestFinished(() => void vi.useRealTimers())
    const files = vi.fn(clipFiles)
    for (let tries = 0; tries < 2; tries += 1) files.mockRejectedValueOnce(noNetwork())
    const clip = show(portalWith({ clipFiles: files, saveClipWatch: noSave }))
    const status = () => clip.find("[role=status]").text()
    await clip.find(".clip-poster").trigger("click")
    await vi.advanceTimersByTimeAsync(0)
    await clip.find("video").trigger("error")
    expect(status()).toContain("There is no network")
    dispatchEvent(new Event("online"))
    await vi.advanceTimersByTimeAsync(0)
    await clip.find("video").trigger("error")
    expect(files).toHaveBeenCalledTimes(2)
    expect(status()).toContain("There is no network")
    await vi.advanceTimersByTimeAsync(5000)
    expect(clip.find("video").attributes("src")).toMatch(/until=1$/)
    await clip.find("video").trigger("loadedmetadata")
    expect(status()).not.toContain("There is no network")
    clip.unmount()
  })

  it("plays what the browser kept when the portal cannot be reached, else says why", async () => {
    const kept = show(portalWith({ clipFiles: () => Promise.reject(noNetwork()) }))
    await kept.find(".clip-poster").trigger("click")
    await flushPromises()
    expect(kept.find("video").attributes("src")).toMatch(/^\/services\/portal\/media\//)
    const refused = show(
      portalWith({ clipFiles: () => Promise.reject(new PortalError("x", "", {}, false, 404)) }),
    )
    await refused.find(".clip-poster").trigger("click")
    await flushPromises()
    expect(refused.find("[role=status]").text()).toContain("could not be loaded")
  })

  it("finds lines of the transcript, and a line takes one to its second", async () => {
    const clip = show()
    await clip.find("[aria-expanded]").trigger("click")
    await clip.find("input[type=search]").setValue("আগে")
    expect(clip.findAll(".transcript-line")).toHaveLength(1)
    expect(clip.find(".transcript-found").text()).toBe("Lines found: 1")
    await clip.find(".transcript-line").trigger("click")
    await flushPromises()
    const film = clip.find("video")
    await film.trigger("loadedmetadata")
    expect((film.element as HTMLVideoElement).currentTime).toBe(4)
    expect(clip.find(".clip-stage").classes()).toContain("is-kept")
  })
})
