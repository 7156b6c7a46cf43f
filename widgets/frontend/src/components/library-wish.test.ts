import { describe, expect, it } from "vitest"
import { filtersOf, readWish, writeWish } from "./library-wish"

describe("what is looked for stands in the address", () => {
  it("comes back as it was written, beside what else stands there", () => {
    const address =
      "?lang=bn&q=%E0%A6%9C%E0%A7%8B%E0%A7%9C%E0%A6%BE&order=useful&course=active-learning&module=pair-talk&kind=report&district=%E0%A6%AD%E0%A7%8B%E0%A6%B2%E0%A6%BE"
    const wish = readWish(address)
    expect(wish.district).toBe("ভোলা")
    expect(readWish(writeWish(wish, "?lang=bn"))).toEqual(wish)
    expect(writeWish(wish, "?lang=bn")).toContain("lang=bn")
    expect(filtersOf(wish)).toBe(3)
  })

  it("leaves out what is open, and takes no word that it does not know", () => {
    const wish = readWish("?order=mean&kind=poem&module=pair-talk")
    expect(wish).toEqual({ q: "", order: "", course: "", module: "", kind: "", district: "" })
    expect(writeWish(wish, "?q=old&kind=report")).toBe("")
  })
})
