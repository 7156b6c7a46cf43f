import { flushPromises } from "@vue/test-utils"
import { describe, expect, it } from "vitest"
import type { Comment, Portal } from "../portal"
import PostComments from "./PostComments.vue"
import { mineWith, mountOn, noNetwork, pageWith, portalWith, postWith } from "./test-portal"

const PAGE = 2
const said: Comment[] = [1, 2, 3, 4, 5].map((number) => ({
  id: `c${number}`,
  post: "a1",
  author: postWith().author,
  own: false,
  kind: "used",
  body: `কথা ${number}`,
  written_at: `2026-11-20T10:0${number}:00Z`,
  withdrawn: false,
  hidden: false,
}))

/** The newest two, or the two before one. */
const portal: Portal = portalWith({
  comments: async (_post, before) => {
    const end = before ? said.findIndex(({ id }) => id === before) : said.length
    return { comments: said.slice(Math.max(0, end - PAGE), end), has_earlier: end > PAGE }
  },
  me: async () => ({ id: "k" }) as never,
  reportComment: async () => ({ id: 7 }) as never,
  takeReportBack: async () => undefined as never,
})

async function open(there = portal, isOwn = true) {
  const props = { post: "a1", portal: there, isOwn, hasLooked: true }
  const page = pageWith(mineWith())
  const view = mountOn(page, there, PostComments, props)
  await flushPromises()
  const press = async (words: string) => {
    await view
      .findAll("button")
      .find((it) => it.text() === words)!
      .trigger("click")
    await flushPromises()
  }
  const words = () => view.findAll(".words").map((it) => it.text())
  const box = () => view.find<HTMLTextAreaElement>("textarea")
  const button = (words: string) => view.findAll("button").find((it) => it.text() === words)
  return { view, press, words, box, button, sending: page.sending! }
}

describe("a long conversation", () => {
  it("is read back to its beginning, going on where one was", async () => {
    const { view, press, words } = await open()
    expect(words()).toEqual(["কথা 4", "কথা 5"])
    await press("Show earlier ones")
    expect(words()).toEqual(["কথা 2", "কথা 3", "কথা 4", "কথা 5"])
    expect(document.activeElement?.textContent).toContain("কথা 3")
    await press("Show earlier ones")
    expect(words()).toHaveLength(5)
    expect(view.text()).not.toContain("Show earlier ones")
    view.unmount()
  })
})

describe("one's own words", () => {
  const mine: Comment = { ...said[0]!, own: true, body: "আমার কথা" }

  async function openMine(more: Partial<Portal>) {
    localStorage.clear()
    const comments = async () => ({ comments: [mine], has_earlier: false })
    const opened = await open(portalWith({ comments, ...more }), false)
    const say = async (words: string) => {
      await opened.box().setValue(words)
      await opened.view.find("form").trigger("submit")
      await flushPromises()
    }
    return { ...opened, say }
  }

  it("wait while the box holds others, and are then changed in it", async () => {
    const { say, press, box, button, view, sending } = await openMine({
      comment: () => Promise.reject(noNetwork()),
    })
    await say("প্রথম কথা")
    await box().setValue("দ্বিতীয় কথা")
    expect(button("Change the words")!.element.disabled).toBe(true)
    expect(view.text()).toContain("first send or empty what is in the box above")
    expect(sending.unsent.value).toBe(1)
    await box().setValue("")
    await press("Change the words")
    expect([box().element.value, sending.unsent.value]).toEqual(["প্রথম কথা", 0])
    sending.outbox.value!.close()
  })

  it("cannot be changed while the server may be reading them", async () => {
    let answer: (comment: Comment) => void = () => {}
    const { say, button, sending } = await openMine({
      comment: () => new Promise((done) => (answer = done)),
    })
    await say("পথে আছে")
    sending.status.value = "offline" // it takes long
    await flushPromises()
    expect(button("Change the words")).toBeUndefined()
    answer({ ...mine, id: "c9", body: "পথে আছে" })
    await flushPromises()
    expect(sending.unsent.value).toBe(0)
  })

  it("come into the box when taken back, and leave it when that is undone", async () => {
    const { press, box, view } = await openMine({
      withdrawComment: async () => mine,
      restoreComment: async () => mine,
    })
    await press("Take back")
    expect(box().element.value).toBe("আমার কথা")
    view.find<HTMLButtonElement>(".undo-bar button").element.click()
    await flushPromises()
    expect(box().element.value).toBe("")
  })

  it("leave others in the box alone when taken back, and when that is undone", async () => {
    const { press, box, view } = await openMine({
      withdrawComment: async () => mine,
      restoreComment: async () => mine,
    })
    await box().setValue("অন্য কথা")
    await press("Take back")
    expect(view.text()).toContain("The box below holds other words")
    view.find<HTMLButtonElement>(".undo-bar button").element.click()
    await flushPromises()
    expect(box().element.value).toBe("অন্য কথা")
  })
})
