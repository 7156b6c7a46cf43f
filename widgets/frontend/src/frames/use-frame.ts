/**
 * How it is with one frame, and how it comes back. A document that has loaded and says nothing is not
 * ours: the Hub's sign-in, which stands in no frame, or the browser's word that nobody answers.
 */
import { onBeforeUnmount, onMounted, ref, type Ref } from "vue"
import { readNews, type News } from "./frames"

/** Why a frame does not come, as the portal knows it. */
export type Trouble = "signed-out" | "offline" | "away"

export type State =
  | { kind: "coming" | "ready" | "stopped" | "rested" | "too-many" | "missing" | Trouble }
  | { kind: "culled-soon"; seconds: number }
  | { kind: "full"; place: number }

const SECONDS_TO_LOAD = 45
const SECONDS_TO_SPEAK = 1
const RETRY_SECONDS = [5, 10, 20, 40, 60]

export class LiveFrame {
  readonly state = ref<State>({ kind: "coming" })
  /** Whether the frame stands in the text's place, moving or not. */
  readonly isShown = ref(false)
  readonly height = ref(0)
  /** Counts the frames that were opened; 0 is none yet. */
  readonly opened = ref(0)
  private hasSpoken = false
  private measured = 0
  private failures = 0
  private timer = 0

  constructor(
    private readonly window: () => Window | null,
    private readonly origin: string,
    private readonly findTrouble: () => Promise<Trouble>,
  ) {}

  open(): void {
    this.opened.value += 1
    this.hasSpoken = false
    this.after(SECONDS_TO_LOAD, () => this.fail())
  }

  hear(event: MessageEvent): void {
    const news = readNews(event, this.window(), this.origin)
    if (!news) return
    this.hasSpoken = news.kind !== "lost"
    if (news.kind === "height") this.measured = news.height
    else this.follow(news)
    const { kind } = this.state.value
    if (kind === "ready" || kind === "culled-soon") this.height.value = this.measured
  }

  private follow(news: Exclude<News, { kind: "height" }>): void {
    clearTimeout(this.timer)
    if (news.kind === "lost") this.state.value = { kind: lostAs(news.why) }
    else this.state.value = news
    if (["full", "too-many", "away", "missing"].includes(news.kind)) this.isShown.value = false
    if (news.kind !== "ready") return
    this.isShown.value = true
    this.failures = 0
  }

  /** A document is whole. */
  loaded(): void {
    window.setTimeout(() => {
      if (!this.hasSpoken) void this.fail()
      this.hasSpoken = false
    }, SECONDS_TO_SPEAK * 1000)
  }

  tell(wish: Record<string, string>): void {
    this.window()?.postMessage({ source: "pathshala-page", ...wish }, this.origin)
  }

  stay(): void {
    this.tell({ kind: "stay" })
    this.state.value = { kind: "ready" }
  }

  goOn(): void {
    this.tell({ kind: "again" })
    this.state.value = { kind: "stopped" }
  }

  /** Try at once what would be tried later: somebody asks, looks at the page again, or is online. */
  async retry(): Promise<void> {
    const { kind } = this.state.value
    if (this.isShown.value) {
      if (kind === "stopped") this.goOn()
      else if (kind === "offline") this.stay()
    } else if (kind === "signed-out" || kind === "offline" || kind === "away") {
      const trouble = await this.findTrouble()
      if (trouble === "away") this.open()
      else this.wait(trouble)
    }
  }

  pause(): void {
    if (this.isShown.value && this.state.value.kind === "ready")
      this.state.value = { kind: "offline" }
  }

  close(): void {
    clearTimeout(this.timer)
  }

  private async fail(): Promise<void> {
    this.isShown.value = false
    this.wait(await this.findTrouble())
  }

  private wait(trouble: Trouble): void {
    this.state.value = { kind: trouble }
    const seconds = RETRY_SECONDS[Math.min(this.failures++, RETRY_SECONDS.length - 1)]!
    this.after(seconds, () => this.retry())
  }

  private after(seconds: number, act: () => Promise<void>): void {
    clearTimeout(this.timer)
    this.timer = window.setTimeout(act, seconds * 1000)
  }
}

function lostAs(why: string): "rested" | "offline" | "stopped" {
  if (why === "rested") return "rested"
  return navigator.onLine ? "stopped" : "offline"
}

/** Return the frame's state, which follows what the frame, the network and the reader do. */
export function useFrame(
  frame: Readonly<Ref<HTMLIFrameElement | null>>,
  origin: string,
  findTrouble: () => Promise<Trouble>,
): LiveFrame {
  const live = new LiveFrame(() => frame.value?.contentWindow ?? null, origin, findTrouble)
  const listening = new AbortController()
  const { signal } = listening
  const looks = new MutationObserver(() => live.tell({ kind: "look", ...lookOfPage() }))
  onMounted(() => {
    addEventListener("message", (event) => live.hear(event), { signal })
    addEventListener("online", () => live.retry(), { signal })
    addEventListener("offline", () => live.pause(), { signal })
    document.addEventListener("visibilitychange", () => !document.hidden && live.retry(), {
      signal,
    })
    looks.observe(document.documentElement, { attributeFilter: ["data-theme", "data-size"] })
  })
  onBeforeUnmount(() => {
    listening.abort()
    looks.disconnect()
    live.close()
  })
  return live
}

export function lookOfPage(): { theme: string; size: string } {
  const { theme = "light", size = "" } = document.documentElement.dataset
  return { theme, size: size || "normal" }
}
