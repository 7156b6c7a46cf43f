/**
 * Stands in for the package `sanitize-html`, which ipywidgets' manager asks to clean the HTML of a
 * description. The browser's own parser does it, a tenth the size. The frame holds nothing to steal:
 * this keeps a description from breaking the page, no more.
 */
interface Allowed {
  allowedTags: string[]
  allowedAttributes: Record<string, string[]>
}

export default function sanitize(source: string, allowed: Allowed): string {
  const { body } = new DOMParser().parseFromString(source, "text/html")
  for (const element of [...body.querySelectorAll("*")]) {
    const tag = element.localName
    if (!allowed.allowedTags.includes(tag)) {
      element.replaceWith(...(/^(script|style)$/.test(tag) ? [] : element.childNodes))
      continue
    }
    const names = [
      ...(allowed.allowedAttributes["*"] ?? []),
      ...(allowed.allowedAttributes[tag] ?? []),
    ]
    for (const { name, value } of [...element.attributes]) {
      const known = names.some(
        (each) => each === name || (each === "aria-*" && /^aria-/.test(name)),
      )
      if (!known || /^\s*(javascript|data|vbscript):/i.test(value)) element.removeAttribute(name)
    }
  }
  return body.innerHTML
}
