/** TeX in a text, as MathML. A formula wider than a phone scrolls by itself. */
import temml from "temml"

type Options = Parameters<typeof temml.renderMathInElement>[1] // its types leave the delimiters out

const DELIMITERS = [
  { left: "$$", right: "$$", display: true },
  { left: "$", right: "$", display: false },
  { left: "\\(", right: "\\)", display: false },
  { left: "\\[", right: "\\]", display: true },
  ...["equation", "equation*", "align", "align*", "gather", "gather*", "alignat", "alignat*"].map(
    (name) => ({ left: `\\begin{${name}}`, right: `\\end{${name}}`, display: true }),
  ),
]

Object.assign(globalThis, { temml }) // it asks for itself by this name

export function setFormulas(element: Element): void {
  temml.renderMathInElement(element, { delimiters: DELIMITERS } as Options)
  for (const formula of element.querySelectorAll('math[display="block"]')) {
    formula.parentElement!.classList.add("formula")
    formula.parentElement!.tabIndex = 0
  }
}
