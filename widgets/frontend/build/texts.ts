/** Vite plugin: `virtual:texts-bn` is the Bangla of the one gettext catalogue. */
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import type { Plugin } from "vite"

const NAME = "virtual:texts-bn"
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

export function texts(): Plugin {
  return {
    name: "pathshala:texts",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load(id) {
      if (id !== `\0${NAME}`) return
      this.addWatchFile(CATALOGUE)
      return `export default ${JSON.stringify(readBangla())}`
    },
  }
}
