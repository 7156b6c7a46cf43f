// @vitest-environment jsdom
import { flushPromises } from "@vue/test-utils"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { LibraryPage, LibraryWish, Post } from "../portal"
import LibrarySearch from "./LibrarySearch.vue"
import { mineWith, mountOn, noNetwork, pageWith, portalWith, postWith } from "./test-portal"

const pageOf = (posts: Post[], next: string | null = null): LibraryPage => ({
  posts,
  order: "newest",
  count: posts.length,
  more_than_counted: false,
  next,
})

function open(answer: (wish: LibraryWish, after: string | null) => Promise<LibraryPage>) {
  const asked: LibraryWish[] = []
  const portal = portalWith({
    library: (wish, after) => {
      asked.push(wish)
      return answer(wish, after)
    },
    libraryFilters: async () => ({
      modules: [
        {
          course: "active-learning",
          course_title: "Active learning",
          module: "pair-talk",
          title: "Pair talk",
        },
      ],
      kinds: ["reflection", "plan", "report"],
      districts: ["ভোলা"],
    }),
  })
  const view = mountOn(pageWith(mineWith(), { kind: "library" }), portal, LibrarySearch, { portal })
  return { view, asked }
}

beforeEach(() => {
  vi.useFakeTimers()
  history.replaceState(null, "", "/services/portal/library")
})
afterEach(() => {
  vi.useRealTimers()
  document.body.innerHTML = ""
})

describe("LibrarySearch", () => {
  it("asks once when the typing rests, and keeps the words in the address", async () => {
    const { view, asked } = open(async () => pageOf([postWith()]))
    await flushPromises()
    for (const words of ["জ", "জো", "জোড়া"]) await view.find("#library-words").setValue(words)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(asked.map(({ q }) => q)).toEqual(["", "জোড়া"])
    expect(new URLSearchParams(location.search).get("q")).toBe("জোড়া")
    view.unmount()
  })

  it("drops an answer that comes after a newer question's", async () => {
    let answerLate: (page: LibraryPage) => void = () => {}
    const { view } = open((wish) =>
      wish.q === "old"
        ? new Promise((resolve) => (answerLate = resolve))
        : Promise.resolve(pageOf([postWith({ excerpt: `for ${wish.q}` })])),
    )
    await flushPromises()
    await view.find("#library-words").setValue("old")
    await vi.advanceTimersByTimeAsync(400)
    await view.find("#library-words").setValue("new")
    await vi.advanceTimersByTimeAsync(400)
    answerLate(pageOf([postWith({ excerpt: "for old" })]))
    await flushPromises()
    expect(view.text()).toContain("for new")
    expect(view.text()).not.toContain("for old")
    view.unmount()
  })

  it("makes each filter a place for Back, which brings the last one again", async () => {
    const { view, asked } = open(async () => pageOf([]))
    await flushPromises()
    await view.findAll(".filters select")[2]!.setValue("ভোলা")
    expect(asked.at(-1)?.district).toBe("ভোলা")
    history.replaceState(null, "", "/services/portal/library")
    window.dispatchEvent(new PopStateEvent("popstate"))
    await flushPromises()
    expect(asked.at(-1)?.district).toBe("")
    view.unmount()
  })

  it("says what to do where nothing was found, and shows everything again", async () => {
    history.replaceState(null, "", "/services/portal/library?q=x&kind=plan")
    const { view, asked } = open(async (wish) => pageOf(wish.q ? [] : [postWith()]))
    await flushPromises()
    expect(view.text()).toContain("Nothing was found for this.")
    await view.find(".card button").trigger("click")
    await flushPromises()
    expect(asked.at(-1)).toMatchObject({ q: "", kind: "" })
    expect(view.text()).toContain("1 work")
    expect(location.search).toBe("")
    view.unmount()
  })

  it("goes on where the page ended, keeps what is shown, and says when the network is away", async () => {
    const second = postWith({ id: "b2", excerpt: "the second" })
    let isAway = true
    const { view } = open(async (_wish, after) => {
      if (after === null) return pageOf([postWith({ excerpt: "the first" })], "0.0_1")
      if (isAway) throw noNetwork()
      return { ...pageOf([second]), count: null }
    })
    await flushPromises()
    const more = () => view.findAll("button").find((button) => button.text() === "Show more")!
    await more().trigger("click")
    await flushPromises()
    expect(view.text()).toContain("the first")
    expect(view.text()).toContain("No network")
    isAway = false
    await more().trigger("click")
    await flushPromises()
    expect(view.text()).toContain("the second")
    expect(document.activeElement?.id).toBe("card-b2")
    expect(view.text()).toContain("1 work")
    view.unmount()
  })
})
