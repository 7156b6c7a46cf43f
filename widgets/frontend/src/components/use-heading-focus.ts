// Where the focus goes when the button just used is gone: to the heading of the box it was in, which
// is brought into view. When the box changes by itself, the page stays where it is.
import { nextTick, type Ref } from "vue"

export function useHeadingFocus(box: Readonly<Ref<HTMLElement | null>>) {
  const isInside = () => box.value?.contains(document.activeElement) ?? false

  /** After something was done here, unless she has gone on elsewhere. */
  async function leadToHeading(how?: FocusOptions): Promise<void> {
    await nextTick()
    const focused = document.activeElement
    if (focused && focused !== document.body && !isInside()) return
    box.value?.querySelector<HTMLElement>("h3")?.focus(how)
  }

  /** Before something changes by itself: whoever is here stays, nobody else is called. */
  const keepFocus = () => (isInside() ? leadToHeading({ preventScroll: true }) : undefined)

  return { leadToHeading, keepFocus }
}
