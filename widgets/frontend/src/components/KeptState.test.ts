// @vitest-environment jsdom
import { flushPromises } from "@vue/test-utils"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { dropKept, keptOf, putKept, type Kept } from "../offline/phone"
import KeptState from "./KeptState.vue"
import { mineWith, mountOn, pageWith, portalWith } from "./test-portal"

const PERSON = "rahima"

const keptWith = (module: string, change: Partial<Kept>): Kept => ({
  person: PERSON,
  course: "active-learning",
  module,
  course_title: "সবাই বলবে",
  title: module,
  language: "en",
  films: "240",
  state: "done",
  problem: "",
  files: [],
  bytes: 2_000_000,
  here: 2_000_000,
  asked_at: 1,
  looked_at: 1,
  ...change,
})

/** Let the browser say that so much is free. */
function giveRoom(bytes: number): void {
  const estimate = async () => ({ usage: 40_000_000, quota: 40_000_000 + bytes })
  vi.stubGlobal("navigator", { ...navigator, storage: { estimate } })
}

async function show(...kept: Kept[]) {
  const page = pageWith(mineWith(), { kind: "course" })
  const view = mountOn(page, portalWith({}), KeptState, { kept, name: "সবাই বলবে" })
  await flushPromises()
  return view
}

describe("how it is with what is kept", () => {
  beforeEach(() => {
    giveRoom(5_000_000)
  })
  afterEach(async () => {
    vi.unstubAllGlobals()
    for (const kept of await keptOf(PERSON)) await dropKept(kept)
  })

  it("adds up the modules of a course, and says what there is most to say about", async () => {
    const half = { bytes: 2_000_000, here: 1_000_000 }
    const [done, waiting] = [keptWith("a", {}), keptWith("c", { state: "waiting", ...half })]
    const loading = keptWith("b", { state: "loading", ...half })
    expect((await show(done)).text()).toContain("On this phone (2 MB)")
    const coming = await show(done, loading, waiting)
    expect(coming.text()).toContain("Coming: 4 MB of 6 MB")
    expect(coming.get("progress").attributes("value")).toBe("4000000")
    const stopped = keptWith("b", { state: "stopped", problem: "offline", ...half })
    expect((await show(done, stopped, waiting)).text()).toContain("No network.")
  })

  it("says how much room is lacking beside what is left for her words, and where to look", async () => {
    const view = await show(keptWith("a", { state: "stopped", problem: "no-room", here: 500_000 }))
    expect(view.text()).toContain("it needs 1.5 MB more, and 1 MB is free.")
    expect(view.get("a").attributes("href")).toBe("/services/portal/people/me#kept")
  })

  it("believes no browser that hides how large the disk is", async () => {
    giveRoom(10 * 2 ** 30)
    const view = await show(keptWith("a", { state: "stopped", problem: "no-room", here: 500_000 }))
    expect(view.text()).toContain("There is not enough room on this phone for 1.5 MB more.")
  })

  it("pauses all that is to come, at once", async () => {
    const kept = [
      keptWith("a", { state: "loading" }),
      keptWith("b", { state: "waiting" }),
      keptWith("c", {}),
    ]
    for (const one of kept) await putKept(one)
    const view = await show(...kept)
    await view.get("button").trigger("click")
    await vi.waitFor(async () =>
      expect((await keptOf(PERSON)).map(({ state }) => state)).toEqual([
        "paused",
        "paused",
        "done",
      ]),
    )
  })

  it("leads on where the button just used has made way for others", async () => {
    const view = await show(keptWith("a", {}))
    const use = async (words: string) => {
      const buttons = view.findAll("button")
      await buttons.find((one) => one.text() === words)!.trigger("click")
      return document.activeElement?.textContent?.trim()
    }
    expect(await use("Remove from this phone")).toBe("Remove 2 MB from this phone")
    expect(await use("Leave it here")).toBe("Remove from this phone")
  })
})
