/** Gives what ipywidgets and plots leave out to those who do not see, or use keys: names, and a focus. */
import type { Words } from "./manager.ts"

export function nameAll(root: Element, words: Words): void {
  const name = () => {
    for (const handle of root.querySelectorAll(".noUi-handle:not([aria-label])")) {
      const label = handle.closest(".jupyter-widgets")?.querySelector(".widget-label")
      handle.setAttribute("aria-label", label?.textContent?.trim() || words.slider)
    }
    for (const image of root.querySelectorAll<HTMLImageElement>('img.picture[alt=""]'))
      image.alt = image.closest<HTMLElement>("[data-alt]")?.dataset.alt || words.picture
    for (const wide of root.querySelectorAll<HTMLElement>(".outputs, .outputs table"))
      if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0 // keys can scroll it, too
  }
  new MutationObserver(name).observe(root, { childList: true, subtree: true })
  name()
}
