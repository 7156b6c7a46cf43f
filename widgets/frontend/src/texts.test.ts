import { beforeEach, describe, expect, it } from "vitest"
import {
  addTexts,
  countGraphemes,
  formatDate,
  formatNumber,
  formatSeconds,
  formatSize,
  language,
  t,
  text,
} from "./texts"

beforeEach(() => {
  language.value = "bn"
  addTexts("bn", {
    "Saved {time}": "সংরক্ষিত {time}",
    "{size} MB": "{size} এমবি",
    "{size} KB": "{size} কেবি",
  })
})

describe("texts", () => {
  it("come in the page's language, with facts in their places", () => {
    expect(t("Saved {time}", { time: "১০:৪২" })).toBe("সংরক্ষিত ১০:৪২")
    language.value = "en"
    expect(t("Saved {time}", { time: "10:42" })).toBe("Saved 10:42")
  })

  it("fall back to English, and a trainer's text to the other language", () => {
    expect(t("Not in the catalogue")).toBe("Not in the catalogue")
    expect(text({ en: "Pair talk" })).toBe("Pair talk")
    expect(text({ bn: "জোড়ায় কথা", en: "Pair talk" })).toBe("জোড়ায় কথা")
    expect(text(null)).toBe("")
  })

  it("show Bangla digits in Bangla", () => {
    expect(formatNumber(12345.6, "bn", 1)).toBe("১২,৩৪৫.৬")
    expect(formatDate("2026-11-21T10:42:00Z", "bn")).toBe("২১ নভেম্বর ২০২৬")
    expect(formatSeconds(200, "bn")).toBe("৩:২০")
    expect(formatSize(5_000_000, "bn")).toBe("৫ এমবি")
    expect(formatSize(1_946_424, "bn")).toBe("২ এমবি")
    expect(formatSize(7_558, "bn")).toBe("৮ কেবি")
  })

  it("count what a reader sees as letters", () => {
    expect(countGraphemes("ক্ষ", "bn")).toBe(1)
    expect(countGraphemes("দুঃখ", "bn")).toBe(2)
    expect(countGraphemes("  \n", "bn")).toBe(0)
  })
})
