import { describe, expect, it } from "vitest"
import { handInWith, mineWith } from "../components/test-portal"
import { handInThatWaits } from "./wordings"

describe("the hand-in that waits", () => {
  const number = (...hand_ins: ReturnType<typeof handInWith>[]) =>
    handInThatWaits(mineWith({ hand_ins }))?.number

  it("is the newest by its number, wherever it stands in the list", () => {
    expect(number(handInWith({ number: 13 }), handInWith({ number: 12 }))).toBe(13)
    const returned = handInWith({ number: 13, state: "returned" })
    expect(number(returned, handInWith({ number: 12 }))).toBeUndefined()
  })

  it("is not one that was taken back", () => {
    const takenBack = handInWith({ number: 13, state: "taken-back" })
    expect(number(takenBack, handInWith({ number: 12 }))).toBe(12)
    expect(number(takenBack)).toBeUndefined()
  })
})
