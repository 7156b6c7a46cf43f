/** Tells the page around the frame how it is with it, and hears what that page wants. */

export type News =
  | { kind: "ready" }
  | { kind: "height"; height: number }
  | { kind: "lost"; why: "died" | "rested" | "away" }
  | { kind: "culled-soon"; seconds: number }

export class Around {
  constructor(
    private readonly origin: string,
    private readonly stretch: number,
  ) {}

  tell(news: News): void {
    parent.postMessage({ source: "pathshala-live", stretch: this.stretch, ...news }, this.origin)
  }

  /** Call back with each wish of the page around: to `stay`, or to start `again`. */
  listen(callback: (wish: unknown) => void): void {
    addEventListener(
      "message",
      (event: MessageEvent<{ source?: string; kind?: string } | null>) => {
        if (event.origin === this.origin && event.data?.source === "pathshala-page")
          callback(event.data.kind)
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
