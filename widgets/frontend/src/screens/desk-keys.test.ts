// @vitest-environment jsdom
import { describe, expect, it } from "vitest"
import { findAction } from "./desk-keys"

function press(key: string, on: HTMLElement = document.body, more: KeyboardEventInit = {}) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, ...more })
  document.body.append(on === document.body ? document.createElement("i") : on)
  on.dispatchEvent(event)
  return event
}

function inputOf(type: string): HTMLInputElement {
  return Object.assign(document.createElement("input"), { type })
}

describe("findAction", () => {
  it.each([
    ["j", { do: "next" }],
    ["k", { do: "back" }],
    ["s", { do: "save" }],
    ["?", { do: "help" }],
    ["1", { do: "level", position: 0 }],
    ["5", { do: "level", position: 4 }],
    ["৩", { do: "level", position: 2 }],
  ])("knows %s", (key, action) => {
    expect(findAction(press(key), true)).toEqual(action)
  })

  it("knows the key also on a Bangla layout", () => {
    expect(findAction(press("জ", document.body, { code: "KeyJ" }), true)).toEqual({ do: "next" })
  })

  it.each([document.createElement("textarea"), inputOf("text"), inputOf("search")])(
    "leaves text boxes alone",
    (box) => {
      expect(findAction(press("j", box), true)).toBeNull()
      expect(findAction(press("3", box), true)).toBeNull()
    },
  )

  it("works on a radio, where a level was just chosen", () => {
    expect(findAction(press("2", inputOf("radio")), true)).toEqual({ do: "level", position: 1 })
  })

  it("rests when switched off and beside a modifier", () => {
    expect(findAction(press("j"), false)).toBeNull()
    expect(findAction(press("s", document.body, { ctrlKey: true }), true)).toBeNull()
  })
})
