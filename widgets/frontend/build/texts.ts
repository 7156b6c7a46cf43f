/** Vite plugin: `virtual:texts-bn` is the pages' Bangla of the one gettext catalogue. */
import { readdirSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import type { Plugin } from "vite"

const NAME = "virtual:texts-bn"
const SOURCE = resolve(import.meta.dirname, "../src")
const CATALOGUE = resolve(
  import.meta.dirname,
  "../../../hub/portal/locale/bn/LC_MESSAGES/messages.po",
)

/** Return msgid -> msgstr of a .po file; the untranslated, the fuzzy and the header are left out. */
export function readCatalogue(po: string): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const block of po.split(/\n\s*\n/)) {
    if (/^#,.*\bfuzzy\b/m.test(block)) continue
    const id = readEntry(block, "msgid")
    const translated = readEntry(block, "msgstr")
    if (id && translated) texts[id] = translated
  }
  return texts
}

function readEntry(block: string, keyword: string): string {
  const entry = new RegExp(`^${keyword}((?:\\s*"(?:[^"\\\\]|\\\\.)*"\\s*?(?:\\n|$))+)`, "m").exec(
    block,
  )
  const strings = entry?.[1]?.match(/"(?:[^"\\]|\\.)*"/g) ?? []
  return strings.map((quoted) => JSON.parse(quoted) as string).join("")
}

export function readBangla(): Record<string, string> {
  return readCatalogue(readFileSync(CATALOGUE, "utf8"))
}

/** The Bangla of what a component can say: the rest of the catalogue is the server's. */
export function readSpoken(): Record<string, string> {
  const sources = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(vue|ts)$/.test(name) && !name.endsWith(".test.ts"))
    .map((name) => readFileSync(resolve(SOURCE, name), "utf8"))
    .join("\n")
  const isSaid = (text: string) =>
    sources.includes(text) || sources.includes(JSON.stringify(text).slice(1, -1))
  return Object.fromEntries(Object.entries(readBangla()).filter(([text]) => isSaid(text)))
}

export function texts(): Plugin {
  return {
    name: "pathshala:texts",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load(id) {
      if (id !== `\0${NAME}`) return
      this.addWatchFile(CATALOGUE)
      return `export default ${JSON.stringify(readSpoken())}`
    },
  }
}
