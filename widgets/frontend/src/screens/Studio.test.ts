import { flushPromises } from "@vue/test-utils"
import { afterEach, describe, expect, it, vi } from "vitest"
import DataTable from "../components/DataTable.vue"
import type { CohortReport, JoinRequest, StudioModule } from "../portal"
import { mineWith, mountOn, pageWith, portalWith } from "../components/test-portal"
import Studio from "./Studio.vue"
import StudioCourses from "./StudioCourses.vue"
import { hashOf, readPlace } from "./studio-place"

const COHORT = { id: 3, name: "ঢাকা ১", course: "active-learning", needs_approval: true }
const RAHIMA = { id: "r", display_name: "রহিমা খাতুন", school: "চরফ্যাশন সপ্রাবি" }
const REPORT: CohortReport = {
  cohort: 3,
  name: "ঢাকা ১",
  course: "active-learning",
  people: 1,
  lessons_tried: 4,
  joined_lately: 0,
  to_mark: 2,
  comments: 0,
  totals: { stuck: 1, "not-handed-in": 0, tried: 0 },
  members: [RAHIMA],
  modules: [
    {
      module: "asking",
      title: "Asking",
      started: 1,
      handed_in: 0,
      returned: 0,
      tried: 0,
      stuck: 1,
    },
  ],
  stuck: [
    {
      person: RAHIMA,
      module: "asking",
      title: "Asking",
      reason: "quiet",
      days: 9,
      why: "Began, then nothing for 9 days.",
      action: "Call and ask what is in the way.",
    },
  ],
  not_handed_in: [],
  tried: [],
  genders: [],
}
const REQUEST: JoinRequest = {
  request: 8,
  cohort: COHORT,
  person: "k",
  display_name: "করিম উদ্দিন",
  school: null,
  upazila: null,
  district: null,
  asked_at: "2026-11-20T10:00:00Z",
}

async function open(
  settled: [number, boolean][] = [],
  report: (rows: number) => CohortReport = () => REPORT,
) {
  const view = mountOn(
    pageWith(mineWith()),
    portalWith({
      codes: async () => ({ codes: [], cohorts: [COHORT] }),
      joinRequests: async () => ({
        waiting: settled.some(([number]) => number === 8) ? [] : [REQUEST],
      }),
      report: async (_cohort, _module, rows) => report(rows),
      settleRequest: async (number, accept) => settled.push([number, accept]),
    }),
    Studio,
  )
  await flushPromises()
  return view
}

afterEach(() => {
  vi.useRealTimers()
  location.hash = ""
})

describe("the studio", () => {
  it("shows first who is stuck, why, and what helps", async () => {
    const view = await open()
    expect(view.text()).toContain("4 lessons tried with children")
    expect(view.text()).toContain("Began, then nothing for 9 days.")
    expect(view.text()).toContain("Call and ask what is in the way.")
    expect(view.text()).toContain("Too few people to show figures")
    view.unmount()
  })

  it("says how many of its people are shown, and goes on to the last", async () => {
    const people = Array.from({ length: 250 }, (_, number) => ({ ...RAHIMA, id: `r${number}` }))
    const view = await open([], (rows) => ({
      ...REPORT,
      people: people.length,
      members: people.slice(0, rows),
    }))
    const list = () => view.findAll("section").find((it) => it.text().startsWith("People"))!
    const more = () =>
      list()
        .findAll("button")
        .find((it) => it.text() === "Show more")
    expect(list().text()).toContain("200 of 250 are shown.")
    more()!.element.focus()
    await more()!.trigger("click")
    await flushPromises()
    expect(list().text()).toContain("250 of 250 are shown.")
    expect(list().findAll(".person")).toHaveLength(250)
    expect(more()).toBeUndefined()
    expect(document.activeElement?.textContent).toContain("250 of 250")
    view.unmount()
  })

  it("lets somebody in only when the time to undo is over", async () => {
    vi.useFakeTimers()
    const settled: [number, boolean][] = []
    const view = await open(settled)
    const letIn = () => view.findAll("button").find((it) => it.text().startsWith("Let in"))!
    await letIn().trigger("click")
    expect(view.text()).toContain("করিম উদ্দিন is let in.")
    const undo = view.findAll("button").find((it) => it.text().startsWith("Undo"))!
    await undo.trigger("click")
    await vi.advanceTimersByTimeAsync(20_000)
    expect(settled).toEqual([])
    await letIn().trigger("click")
    await vi.advanceTimersByTimeAsync(10_000)
    expect(settled).toEqual([[8, true]])
    view.unmount()
  })

  it("sends a decision when the page goes before the time is over", async () => {
    const settled: [number, boolean][] = []
    const view = await open(settled)
    const refuse = view.findAll("button").find((it) => it.text().startsWith("Do not let in"))!
    await refuse.trigger("click")
    window.dispatchEvent(new Event("pagehide"))
    expect(settled).toEqual([[8, false]])
    view.unmount()
  })
})

describe("what is published", () => {
  it("says in words which quizzes could not be scored by machine, beside their module", async () => {
    const module: StudioModule = {
      module: "asking",
      title: "Asking",
      number: 3,
      verdict: "instant",
      published_at: "2026-11-20T10:00:00Z",
      page_bytes: 20_000,
      picture_bytes: 0,
      clip_bytes: 0,
      heaviest: { kind: "page", title: "", size_bytes: 20_000 },
      versions: [],
      findings: [],
      doubts: [{ exercise: "wait", title: "How long?", reason: "It did not end.", hand_ins: 4 }],
    }
    const courses = [
      { course: "active-learning", title: "Active learning", may_write: false, modules: [module] },
    ]
    const portal = portalWith({ studio: async () => ({ courses }) })
    const view = mountOn(pageWith(mineWith()), portal, StudioCourses, { portal })
    await flushPromises()
    const told = view.get("article section")
    expect(told.text()).toContain("How long?: It did not end. Hand-ins: 4")
    expect(told.get("a").attributes("href")).toBe(
      "/services/portal/courses/active-learning/asking#wait",
    )
    view.unmount()
  })
})

describe("a place in the studio", () => {
  it("stands in the address", () => {
    expect(readPlace("#cohort-3")).toEqual({ section: "cohorts", cohort: 3 })
    expect(readPlace("#complaints")).toEqual({ section: "complaints", cohort: null })
    expect(readPlace("#nonsense")).toEqual({ section: "cohorts", cohort: null })
    expect(hashOf({ section: "cohorts", cohort: 3 })).toBe("#cohort-3")
  })
})

describe("a table", () => {
  const rows = [
    { name: "করিম", days: 9 },
    { name: "আয়েশা", days: 10 },
    { name: "রহিমা", days: null },
  ]
  const columns = [
    { name: "name", label: "Name", value: (row: (typeof rows)[0]) => row.name },
    { name: "days", label: "Days", value: (row: (typeof rows)[0]) => row.days },
  ]

  it("sorts by a column, up and down, and says so", async () => {
    const view = mountOn(pageWith(mineWith()), portalWith({}), DataTable as never, {
      caption: "People",
      columns,
      rows,
      keyOf: (row: (typeof rows)[0]) => row.name,
    })
    const names = () => view.findAll("tbody th").map((it) => it.text())
    const heads = () => view.findAll("thead th").map((it) => it.attributes("aria-sort"))
    expect(names()).toEqual(["করিম", "আয়েশা", "রহিমা"])
    await view.findAll("thead button")[0]!.trigger("click")
    expect(names()).toEqual(["আয়েশা", "করিম", "রহিমা"])
    expect(heads()).toEqual(["ascending", "none"])
    await view.findAll("thead button")[1]!.trigger("click")
    expect(names()).toEqual(["করিম", "আয়েশা", "রহিমা"])
    await view.findAll("thead button")[1]!.trigger("click")
    expect(heads()).toEqual(["none", "descending"])
    expect(names()).toEqual(["আয়েশা", "করিম", "রহিমা"])
    view.unmount()
  })
})
