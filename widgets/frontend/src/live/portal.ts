/** Tells the page around the frame how it is with it, and hears what that page wants. */

export type News =
  | { kind: "ready" }
  | { kind: "height"; height: number }
  | { kind: "lost"; why: "died" | "rested" | "away" }
  | { kind: "culled-soon"; seconds: number }

/** What the page wants: to `stay`, to start `again`, or that the frame looks as it does. */
export type Wish =
  { kind: "stay" } | { kind: "again" } | { kind: "look"; theme: "light" | "dark"; size: string }

export class Around {
  constructor(
    private readonly origin: string,
    private readonly stretch: number,
  ) {}

  tell(news: News): void {
    parent.postMessage({ source: "pathshala-live", stretch: this.stretch, ...news }, this.origin)
  }

  listen(callback: (wish: Wish) => void): void {
    addEventListener(
      "message",
      ({ origin, data }: MessageEvent<(Wish & { source: string }) | null>) => {
        if (origin === this.origin && data?.source === "pathshala-page") callback(data)
      },
    )
  }

  tellHeight(): void {
    let last = 0
    const tell = () => {
      const height = Math.ceil(document.body.getBoundingClientRect().height)
      if (height !== last) this.tell({ kind: "height", height: (last = height) })
    }
    new ResizeObserver(tell).observe(document.body)
    tell()
  }
}

/** Take on the page's theme and text size, and keep them for when the frame is loaded again. */
export function look(theme: string, size: string): void {
  Object.assign(document.documentElement.dataset, { theme, size })
  document.body.dataset.jpThemeLight = String(theme !== "dark") // ipyvuetify looks there
  const address = new URL(location.href)
  address.searchParams.set("theme", theme)
  address.searchParams.set("size", size)
  history.replaceState(null, "", address)
}
