/** Brings the icons that widgets name by Font Awesome's classes, once something shows one. */
import sheet from "@fortawesome/fontawesome-free/css/all.min.css?url"
import olderNames from "@fortawesome/fontawesome-free/css/v4-shims.min.css?url"

const ICON = ".fa, .fas, .far, .fab"

export function bringIcons(root: Element): void {
  const look = () => {
    if (!root.querySelector(ICON)) return
    watcher.disconnect()
    for (const href of [sheet, olderNames]) {
      const link = document.createElement("link")
      link.rel = "stylesheet"
      link.href = href
      document.head.append(link)
    }
  }
  const watcher = new MutationObserver(look)
  watcher.observe(root, { childList: true, subtree: true })
}
