// @vitest-environment jsdom
import { flushPromises } from "@vue/test-utils"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Picture, Portal } from "../portal"
import { dataSaver } from "../shell/preferences"
import PeerShare from "./PeerShare.vue"
import PictureChoice from "./PictureChoice.vue"
import PostPictures from "./PostPictures.vue"
import { fit } from "./shrink-picture"
import { mineWith, mountOn, pageWith, portalWith } from "./test-portal"

const picture = (key: string): Picture => ({
  whole: `${key}-whole`,
  small: `${key}-small`,
  width: 1280,
  height: 960,
  size_bytes: 142_000,
  small_bytes: 5_800,
  alt: key === "one" ? "চার দলে বসা শিক্ষার্থী" : "",
})

const kept = { key: "one", content: new Blob(["ছবি"], { type: "image/webp" }), alt: "" }

function show(component: object, props: Record<string, unknown>, portal: Portal = portalWith({})) {
  return mountOn(pageWith(mineWith()), portal, component as never, props)
}

/** jsdom reads no images: this is what a browser finds in a file. */
function readAs(width: number, height: number) {
  const decode = vi.fn(() => Promise.reject(new Error("jsdom has no points")))
  class Found extends EventTarget {
    naturalWidth = width
    naturalHeight = height
    decode = decode
    onload = () => {}
    onerror = () => {}
    set src(_address: string) {
      queueMicrotask(() => (width ? this.onload() : this.onerror()))
    }
  }
  vi.stubGlobal("Image", Found)
  return decode
}

async function choose(view: ReturnType<typeof show>) {
  const input = view.find<HTMLInputElement>("input[type=file]")
  const file = new File(["<svg/>"], "notes.jpg", { type: "image/jpeg" })
  Object.defineProperty(input.element, "files", { value: [file] })
  await input.trigger("change")
  await flushPromises()
}

beforeEach(() => (dataSaver.value = "off"))
afterEach(() => {
  document.body.innerHTML = ""
  vi.unstubAllGlobals()
})

describe("pictures of a post", () => {
  const props = { post: "a1", pictures: [picture("one"), picture("two")] }

  it("are small until one is tapped, which says what it costs", async () => {
    const view = show(PostPictures, props)
    const names = () => view.findAll("img").map((one) => one.attributes("src")!.split("/").at(-1))
    expect(names()).toEqual(["one-small", "two-small"])
    expect(view.findAll("img")[0]!.attributes()).toMatchObject({
      alt: "চার দলে বসা শিক্ষার্থী",
      loading: "lazy",
    })
    expect(view.findAll("img")[1]!.attributes("alt")).toBe("Photo 2")
    const [tile] = view.findAll("button")
    expect(tile!.text()).toBe("142 KB")
    await tile!.trigger("click")
    expect(names()).toEqual(["one-small", "two-small", "one-whole"])
    await tile!.trigger("click")
    expect(names()).toEqual(["one-small", "two-small"])
  })

  it("come by a tap where data is saved", async () => {
    dataSaver.value = "on"
    const view = show(PostPictures, props)
    expect(view.findAll("img")).toHaveLength(0)
    expect(view.find("button").text()).toBe("Show photos: 2 (12 KB)")
    await view.find("button").trigger("click")
    expect(view.findAll("img")).toHaveLength(2)
  })
})

describe("choosing pictures", () => {
  it("says in a sentence that a file is none, and keeps what was chosen", async () => {
    readAs(0, 0)
    const view = show(PictureChoice, { modelValue: [kept], guardiansAgree: true, busy: false })
    await choose(view)
    expect(view.find("[role=alert]").text()).toContain("cannot be read as a photo")
    expect(view.emitted("update:modelValue")).toBeUndefined()
  })

  it("does not unpack a photo that is too large for the phone", async () => {
    const decode = readAs(12_000, 9_000)
    const view = show(PictureChoice, { modelValue: [], guardiansAgree: false, busy: false })
    await choose(view)
    expect(view.find("[role=alert]").text()).toContain("too large for the phone")
    expect(decode).not.toHaveBeenCalled()
  })

  it("leads to the next choice when one of three is removed", async () => {
    const three = ["one", "two", "three"].map((key) => ({ ...kept, key }))
    const view = show(PictureChoice, {
      modelValue: three,
      "onUpdate:modelValue": (modelValue: unknown) => view.setProps({ modelValue }),
      guardiansAgree: true,
      busy: false,
    })
    const chooser = view.find<HTMLInputElement>("input[type=file]").element
    let wasShown = false
    chooser.focus = () => (wasShown = chooser.parentElement!.style.display !== "none")
    await view.find("button[aria-label='Remove photo 2']").trigger("click")
    await flushPromises()
    expect(wasShown).toBe(true)
  })

  it("asks for the guardians' consent as soon as there is one, and only then", async () => {
    const view = show(PeerShare, { exercise: "saw" })
    await flushPromises()
    const ticks = () => view.findAll("[type=checkbox]")
    const button = () => view.find<HTMLButtonElement>("[type=submit]").element
    expect(ticks()).toHaveLength(1)
    await ticks()[0]!.setValue(true)
    expect(button().disabled).toBe(false)
    view.findComponent(PictureChoice).vm.$emit("update:modelValue", [kept])
    await flushPromises()
    expect(view.text()).toContain("Tick both boxes above first.")
    expect(button().disabled).toBe(true)
    for (const tick of ticks()) await tick.setValue(true)
    expect(button().disabled).toBe(false)
    await view.find("button[aria-label='Remove photo 1']").trigger("click")
    expect(ticks()).toHaveLength(1)
  })
})

describe("the size of what is sent", () => {
  it("has its longest side at 1,280, and is never larger than the photo", () => {
    expect(fit(4000, 3000)).toEqual([1280, 960])
    expect(fit(3000, 4000)).toEqual([960, 1280])
    expect(fit(640, 480)).toEqual([640, 480])
    expect(fit(9000, 2)).toEqual([1280, 1])
  })
})
