// @vitest-environment jsdom
import { flushPromises } from "@vue/test-utils"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import {
  mineWith,
  mountOn,
  noNetwork,
  pageWith,
  portalWith,
  sendingTo,
} from "../components/test-portal"
import { MemoryShelf } from "../outbox/shelf"
import { PortalError, type Portal } from "../portal"
import { forgetPersonHere } from "../offline/person"
import { Sending } from "../shell/sending"
import Waiting from "./Waiting.vue"

const HERE = { course: "active-learning", module: "pair-talk" }
let portal: Portal
let sending: Sending
let sent: string[]

async function show() {
  const view = mountOn(pageWith(mineWith(), { sending }), portal, Waiting)
  await flushPromises()
  const press = async (words: string) => {
    await view
      .findAll("button")
      .find((button) => button.text().startsWith(words))!
      .trigger("click")
    await flushPromises()
  }
  const names = () => view.findAll("h2").map((heading) => heading.text())
  return { view, press, names }
}

/** A hand-in behind its answer, and a comment that the server does not want. */
async function fill() {
  await sending.put("answer", { ...HERE, exercise: "saw", value: "জোড়ায় বসে" })
  await sending.put("hand-in", { ...HERE, together: [{ id: "k", display_name: "করিম" }] })
  await flushPromises()
}

let isUp = false

beforeEach(() => {
  localStorage.clear()
  isUp = false
  sent = []
  const take = async (kind: string) => {
    if (!isUp) throw noNetwork()
    sent.push(kind)
    return {} as never
  }
  portal = portalWith({
    saveAnswer: () => take("answer"),
    handIn: () => take("hand-in"),
    comment: async () => {
      throw new PortalError("post-not-found", "It was withdrawn.", {}, false, 404)
    },
  })
  sending = sendingTo(portal)
})
afterEach(() => sending.outbox.value?.close())

describe("what waits on this phone", () => {
  it("is listed with what it is, where, and why, and is sent", async () => {
    await fill()
    const { view, press, names } = await show()
    expect(names()).toEqual(["Answer", "Hand-in"])
    expect(view.text()).toContain("Not with the server yet: 2")
    const [answer, handIn] = view.findAll("li").map((item) => item.text())
    expect(answer).toContain("জোড়ায় বসে")
    expect(answer).toContain("Waiting for network")
    expect(handIn).toContain("Together with করিম")
    expect(handIn).toContain("Goes right after: Answer")
    isUp = true
    await press("Send now")
    expect(sent).toEqual(["answer", "hand-in"])
    expect(view.text()).toContain("Nothing waits here: everything is with the server.")
  })

  it("shows shared work with its pictures and what they cost, and throws all away", async () => {
    const pictures = ["one", "two"].map((key) => {
      const content = new Blob([new Uint8Array(90_000)], { type: "image/webp" })
      return { key, content, alt: `${key}: চার দল` }
    })
    portal.share = () => Promise.reject(noNetwork())
    const share = { exercise: "saw", audience: "everyone", consent: true } as const
    await sending.put("share", { ...HERE, ...share, pictures, guardiansAgree: true })
    await flushPromises()
    const { view, press } = await show()
    expect(view.findAll("img").map((one) => one.attributes("alt"))).toEqual([
      "one: চার দল",
      "two: চার দল",
    ])
    expect(view.find("li").text()).toContain("Photos: 2 (180 KB)")
    await press("Throw away")
    expect(view.findAll("img")).toHaveLength(0)
  })

  it("is thrown away, and comes back within ten seconds", async () => {
    await fill()
    const { press, names } = await show()
    await press("Throw away")
    expect(names()).toEqual(["Hand-in"])
    await press("Undo")
    expect(names()).toEqual(["Answer", "Hand-in"])
  })

  it("says what was thrown away too late", async () => {
    let answer: (post: never) => void = () => {}
    portal.rate = () => new Promise((done) => (answer = done))
    await sending.put("rating", { post: "a1", stars: 4 })
    await flushPromises()
    const { view, press, names } = await show()
    await press("Throw away")
    expect(names()).toEqual([])
    answer({} as never)
    await flushPromises()
    expect(view.find("[role=alert]").text()).toBe("The server has this already: Rating")
    expect(view.find(".undo-bar").exists()).toBe(false)
  })

  it("says why something was refused, and lets it be tried again", async () => {
    await sending.put("comment", { post: "a1", kind: "used", body: "আমিও করেছি" })
    await flushPromises()
    const { view, press } = await show()
    expect(view.find("li").text()).toContain("Not accepted. It was withdrawn.")
    expect(view.text()).not.toContain("Sending…")
    expect(view.text()).not.toContain("Send now")
    portal.comment = async () => ({}) as never
    await press("Try again")
    expect(view.findAll("li")).toHaveLength(0)
  })

  it("is shown without network to whoever was here last, and to nobody else", async () => {
    await fill()
    const shelf = new MemoryShelf()
    portal = portalWith({ me: () => Promise.reject(noNetwork()) })
    sending = new Sending(portal, async () => shelf)
    document.cookie = "pathshala-person=rahima; Path=/"
    expect((await sending.openHere()).person).toBe("rahima")
    forgetPersonHere("/")
    sending = new Sending(portal, async () => shelf)
    const view = mountOn(pageWith(mineWith(), { sending }), portal, Waiting)
    await flushPromises()
    expect(view.find("[role=alert]").text()).toContain("There is no network right now.")
  })
})
