/**
 * Dragging by mouse, pen or finger: what is being dragged, how far, and over which place.
 * A place is an element with `data-place`. Whatever can be dragged can be done by buttons too.
 */
import { onBeforeUnmount, shallowRef, type ShallowRef } from "vue"

export interface Drag {
  key: string
  /** Pixels from where it was taken. */
  x: number
  y: number
  /** The place under the pointer. */
  over: string | null
}

export interface Dragging {
  drag: ShallowRef<Drag | null>
  /** Call on `pointerdown` of what is taken; it needs `touch-action: none`. */
  take(event: PointerEvent, key: string): void
}

export function useDrag(
  root: ShallowRef<HTMLElement | null>,
  drop: (key: string, place: string) => void,
): Dragging {
  const drag = shallowRef<Drag | null>(null)
  let stop = () => {}

  function take(event: PointerEvent, key: string): void {
    if (event.button !== 0 || drag.value) return
    event.preventDefault()
    const taken = event.currentTarget as HTMLElement
    const follow = (now: PointerEvent) => {
      const over = findPlace(root.value, now.clientX, now.clientY)
      drag.value = { key, x: now.clientX - event.clientX, y: now.clientY - event.clientY, over }
    }
    const letGo = () => {
      const place = drag.value?.over
      stop()
      if (place != null) drop(key, place)
    }
    const giveUp = (pressed: KeyboardEvent) => pressed.key === "Escape" && stop()
    const lost = () => stop()
    stop = () => {
      taken.removeEventListener("pointermove", follow)
      taken.removeEventListener("pointerup", letGo)
      taken.removeEventListener("pointercancel", lost)
      removeEventListener("keydown", giveUp)
      drag.value = null
      stop = () => {}
    }
    taken.setPointerCapture?.(event.pointerId)
    taken.addEventListener("pointermove", follow)
    taken.addEventListener("pointerup", letGo)
    taken.addEventListener("pointercancel", lost)
    addEventListener("keydown", giveUp)
  }

  onBeforeUnmount(() => stop())
  return { drag, take }
}

function findPlace(root: HTMLElement | null, x: number, y: number): string | null {
  for (const place of root?.querySelectorAll<HTMLElement>("[data-place]") ?? []) {
    const box = place.getBoundingClientRect()
    const isInside = x >= box.left && x < box.right && y >= box.top && y < box.bottom
    if (isInside) return place.dataset.place ?? null
  }
  return null
}
