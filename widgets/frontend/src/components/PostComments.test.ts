import { flushPromises } from "@vue/test-utils"
import { describe, expect, it } from "vitest"
import type { Comment, Portal } from "../portal"
import PostComments from "./PostComments.vue"
import { mineWith, mountOn, pageWith, portalWith, postWith } from "./test-portal"

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

async function open() {
  const props = { post: "a1", portal, isOwn: true, hasLooked: true }
  const view = mountOn(pageWith(mineWith()), portal, PostComments, props)
  await flushPromises()
  const press = async (words: string) => {
    await view
      .findAll("button")
      .find((it) => it.text() === words)!
      .trigger("click")
    await flushPromises()
  }
  const words = () => view.findAll(".words").map((it) => it.text())
  return { view, press, words }
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
