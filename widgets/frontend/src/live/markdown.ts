/** Markdown that a cell shows, as HTML; its formulas are left as they are, to be set afterwards. */
import { marked } from "marked"

const FORMULA =
  /\$\$[^$]+\$\$|\$[^$\n]+\$|\\\[[\s\S]+?\\\]|\\\(.+?\\\)|\\begin\{(\w+\*?)\}[\s\S]+?\\end\{\1\}/g
const MARK = "\uE000"

export function fromMarkdown(source: string): string {
  const formulas: string[] = []
  const marks = source.replace(FORMULA, (formula) => MARK + (formulas.push(formula) - 1) + MARK)
  const html = marked.parse(marks, { async: false })
  return html.replace(new RegExp(`${MARK}(\\d+)${MARK}`, "g"), (_, number) =>
    escaped(formulas[Number(number)]!),
  )
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
}
