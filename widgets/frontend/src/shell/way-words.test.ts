import { describe, expect, it } from "vitest"
import type { Phase } from "./sending"
import { wayWords } from "./way-words"

const say = (given: Parameters<typeof wayWords>[0], phase: Phase, isLasting = true) =>
  wayWords(given, { phase, isLasting })

describe("what is said of a thing on its way", () => {
  it("promises the phone only what the phone has", () => {
    for (const phase of ["waiting", "blocked", "signed-out", "other-person"] as const) {
      for (const given of ["hand-in", "share", "comment", "rating"] as const) {
        expect(say(given, phase, false)).toContain("on this page alone")
        expect(say(given, phase, false)).not.toContain("kept")
      }
    }
  })

  it("promises the network only what waits for it", () => {
    expect(say("comment", "waiting")).toContain("when there is a network")
    expect(say("comment", "signed-out")).toContain("sign in again")
    expect(say("rating", "other-person")).toContain("Somebody else is signed in here now.")
    expect(say("rating", "blocked")).toContain("as soon as your reading is counted")
    expect(say("share", "blocked")).toBe("Not shared yet. Your words must be saved first.")
  })

  it("leaves to the server to say why it refused", () => {
    expect([say("share", "refused"), say("share", "resting", false)]).toEqual(["", ""])
  })
})
