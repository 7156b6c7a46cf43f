import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { readBangla, readCatalogue, readSpoken } from "../build/texts"

const SOURCE = import.meta.dirname

/** Every literal given to t() or tIn(), with the file it stands in. */
function textsUsed(): Map<string, string> {
  const used = new Map<string, string>()
  for (const name of readdirSync(SOURCE, { recursive: true, encoding: "utf8" })) {
    if (!/\.(vue|ts)$/.test(name) || name.endsWith(".test.ts")) continue
    const source = readFileSync(join(SOURCE, name), "utf8")
    const calls = /\b(?:t\(|tIn\(\s*[^,()]+,)\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')/g
    for (const [, double, single] of source.matchAll(calls)) {
      used.set(
        JSON.parse(`"${(double ?? single)!.replace(/"/g, '\\"').replace(/\\\\"/g, '\\"')}"`),
        name,
      )
    }
  }
  return used
}

describe("the catalogue", () => {
  const bangla = readBangla()

  it("has a Bangla wording for every text that a component shows", () => {
    const missing = [...textsUsed()].filter(([text]) => !bangla[text])
    expect(missing).toEqual([])
  })

  it("gives a page every text that a component shows, and not the server's", () => {
    const spoken = readSpoken()
    expect([...textsUsed().keys()].filter((text) => !spoken[text])).toEqual([])
    expect(spoken["This course belongs to another trainer."]).toBeUndefined()
  })

  it("keeps the places for facts in every translation", () => {
    const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()
    const wrong = Object.entries(bangla).filter(
      ([english, translated]) => places(english).join() !== places(translated).join(),
    )
    expect(wrong).toEqual([])
  })

  it("is written in composed form (NFC)", () => {
    const wrong = Object.values(bangla).filter((text) => text !== text.normalize("NFC"))
    expect(wrong).toEqual([])
  })
})

describe("reading a catalogue", () => {
  it("joins broken lines and leaves out the fuzzy and the untranslated", () => {
    const po = [
      'msgid ""\nmsgstr "Language: bn\\n"',
      'msgid "Saved "\n"{time}"\nmsgstr "সংরক্ষিত "\n"{time}"',
      '#, fuzzy\nmsgid "Home"\nmsgstr "বাড়ি"',
      'msgid "Later"\nmsgstr ""',
    ].join("\n\n")
    expect(readCatalogue(po)).toEqual({ "Saved {time}": "সংরক্ষিত {time}" })
  })
})
