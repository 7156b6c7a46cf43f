import { flushPromises } from "@vue/test-utils"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { mineWith, mountOn, pageWith, portalWith } from "../components/test-portal"
import type { CellChange, Proof } from "../portal"
import StudioVersions from "./StudioVersions.vue"
import StudioWriting from "./StudioWriting.vue"

const PROOF: Proof = {
  proof: "p1",
  course: "trial",
  wish: "preview",
  state: "asked",
  said: "",
  message: "",
  moved_at: "2026-11-22T05:00:00Z",
  modules: [],
  findings: [],
}
const MODULE = {
  module: "spare-time",
  title: "Spare time",
  number: 3,
  is_new: true,
  verdict: "instant",
  page_bytes: 20_000,
  picture_bytes: 5_000,
  clip_bytes: 900_000,
  heaviest: { kind: "clip" as const, title: "A class", size_bytes: 900_000 },
}
const FINDING = {
  file: "01-spare-time.ipynb",
  cell: 4,
  rule: "id-twice",
  message: "Two cells are called saw.",
  fix: "Give one another name.",
  level: "error" as const,
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

async function open(steps: Partial<Proof>[], hasLab = true) {
  const asked: string[] = []
  const portal = portalWith({
    writing: async () => ({
      has_lab: hasLab,
      courses: [{ course: "trial", title: "Trial", is_published: true, proofs: [] }],
    }),
    askForProof: async (_, wish) => {
      asked.push(wish)
      return { ...PROOF, wish }
    },
    proof: async () => ({ ...PROOF, wish: asked[0] as Proof["wish"], ...steps.shift() }),
  })
  const view = mountOn(pageWith(mineWith()), portal, StudioWriting as never, { portal })
  await flushPromises()
  const press = async (name: string) => {
    await view
      .findAll("button")
      .find((it) => it.text() === name)!
      .trigger("click")
    await flushPromises()
  }
  const wait = async () => {
    await vi.advanceTimersByTimeAsync(1000)
    await flushPromises()
  }
  return { view, press, wait }
}

describe("writing in the studio", () => {
  it("leads into the Lab, and follows a preview until its pages can be seen", async () => {
    const { view, press, wait } = await open([
      { state: "running", said: "trial: checking" },
      { state: "done", modules: [MODULE] },
    ])
    expect(view.get("a.primary").attributes("href")).toBe(
      "/hub/user-redirect/pathshala/write?course=trial",
    )
    await press("Preview")
    expect(view.get('[role="status"]').text()).toContain("Asking your Lab")
    await wait()
    expect(view.get('[role="status"]').text()).toBe("At work: trial: checking")
    await wait()
    expect(view.text()).toContain("would be version 3 · instant page")
    expect(view.text()).toContain("Heaviest: A class")
    await view
      .findAll("button")
      .find((it) => it.text().startsWith("See it on"))!
      .trigger("click")
    const frame = view.get("iframe")
    expect(frame.attributes()).toMatchObject({ width: "360", height: "640" })
    expect(frame.attributes("src")).toContain("studio/proofs/p1/spare-time?lang=")
    view.unmount()
  })

  it("names file, cell and cure of what stops publishing, and tells nobody that it is done", async () => {
    const { view, press, wait } = await open([{ state: "refused", findings: [FINDING] }])
    await press("Publish")
    await wait()
    expect(view.get(".findings").text()).toContain("01-spare-time.ipynb, cell 4")
    expect(view.get(".findings").text()).toContain("Give one another name.")
    expect(view.emitted("published")).toBeUndefined()
    view.unmount()
  })

  it("tells of what is published, and says when a Lab does not answer", async () => {
    const { view, press, wait } = await open([
      ...Array<Partial<Proof>>(9).fill({}),
      { state: "done" },
    ])
    await press("Publish")
    for (let second = 0; second < 9; second++) await wait()
    expect(view.get('[role="status"]').text()).toContain("Your Lab does not answer")
    await wait()
    expect(view.get('[role="status"]').text()).toContain("Published.")
    view.unmount()
  })

  it("offers no Lab to whoever cannot have one", async () => {
    const { view } = await open([], false)
    expect(view.find("a.primary").exists()).toBe(false)
    expect(view.text()).toContain("A Lab to write in belongs to the role of a trainer.")
    view.unmount()
  })
})

describe("the versions of a module", () => {
  const version = (number: number) => ({
    number,
    published_at: "2026-11-21T10:00:00Z",
    published_by: "নাসরিন সুলতানা",
    verdict: "instant",
  })
  const CHANGE: CellChange = {
    kind: "changed",
    before: 4,
    now: 5,
    exercise: "saw",
    was: "আগের কথা",
    text: "এখনকার কথা",
    points: [2, 4],
    settings: false,
  }

  it("says what changed, gives an older one back, and undoes that", async () => {
    let current = 2
    const portal = portalWith({
      history: async () => ({ current, versions: [version(2), version(1)] }),
      changes: async () => ({ changes: [CHANGE] }),
      makeCurrent: async (_course, _module, number) => {
        current = number
        return version(number)
      },
    })
    const props = { portal, course: "trial", module: "spare-time", current: 2 }
    const view = mountOn(pageWith(mineWith()), portal, StudioVersions as never, props)
    const press = async (name: string) => {
      await view
        .findAll("button")
        .find((it) => it.text().startsWith(name))!
        .trigger("click")
      await flushPromises()
    }
    await flushPromises()
    await press("What changed since")
    expect(view.text()).toContain("Cell 5 is changed (exercise saw) · Points: 2 before, 4 now")
    expect(view.findAll("pre").map((it) => it.text())).toEqual(["আগের কথা", "এখনকার কথা"])
    await press("Give teachers this one")
    expect(current).toBe(1)
    expect(view.text()).toContain("Teachers get version 1 now. Their answers are kept.")
    await press("Undo")
    expect(current).toBe(2)
    expect(view.emitted("changed")).toHaveLength(2)
    view.unmount()
  })
})
