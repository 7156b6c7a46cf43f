/**
 * Puts a frame into the place of each stretch that needs a kernel. Until it is ready, and
 * wherever it cannot be, the stretch's text stays. What a frame says is believed only if it
 * comes from that frame's own window and from the classroom's origin.
 */
import { createApp } from "vue"
import LiveStretch from "./LiveStretch.vue"
import type { Trouble } from "./use-frame"

/** What a frame says of itself. */
export type News =
  | { kind: "ready" }
  | { kind: "height"; height: number }
  | { kind: "lost"; why: string }
  | { kind: "culled-soon"; seconds: number }
  | { kind: "full"; place: number }
  | { kind: "too-many" | "missing" | "away" }

const KINDS = new Set([
  "ready",
  "height",
  "lost",
  "culled-soon",
  "full",
  "too-many",
  "missing",
  "away",
])
const TALLEST = 100_000

/** Return the news in a message, or null if it is none of this frame's. */
export function readNews(event: MessageEvent, frame: Window | null, origin: string): News | null {
  if (event.origin !== origin || event.source !== frame) return null
  const said = event.data as Record<string, unknown> | null
  if (said?.source !== "pathshala-live" || !KINDS.has(said.kind as string)) return null
  if (said.kind === "height") {
    const height = Number(said.height)
    return height > 0 && height < TALLEST ? { kind: "height", height } : null
  }
  return said as News
}

/**
 * Show the frames of a page; `address` is where they are, null where no classroom runs.
 * `findTrouble` tells why one does not come.
 */
export function showFrames(
  main: HTMLElement,
  address: string | null,
  findTrouble: () => Promise<Trouble>,
): void {
  for (const place of main.querySelectorAll<HTMLElement>(".live")) {
    const gap = place.querySelector<HTMLElement>(".live-cell:empty")
    gap?.classList.add("live-gap")
    const host = document.createElement("div")
    place.prepend(host)
    createApp(LiveStretch, {
      address,
      stretch: Number(place.dataset.stretch),
      gap,
      findTrouble,
      onRunning: (is: boolean) => place.classList.toggle("is-running", is),
    }).mount(host)
  }
}
