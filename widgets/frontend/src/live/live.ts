/**
 * One frame of a live page. The server sends the text, then data: the kernel's id, what each cell
 * showed, and that it is done. Here they become widgets and pictures. A frame that loses its kernel
 * comes back by itself; one that rests waits for its reader. The page around says it in words.
 */
import "./live.css"
import type { Extensions } from "./extensions.ts"
import { typeset } from "./formulas.ts"
import { bringIcons } from "./icons.ts"
import { Kernel } from "./kernel.ts"
import { Manager, type Words } from "./manager.ts"
import { nameAll } from "./names.ts"
import { fill, type Output } from "./outputs.ts"
import { Around, look, type Wish } from "./portal.ts"

interface Settings {
  root: string
  portal: string
  stretch: number
  extensions: Extensions
  words: Words
}

const DIED = 4001
const RESTED = 4002
const TRIES = "pathshala-live-tries"
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 30_000

function told<T>(name: string): T | undefined {
  const data = document.querySelector(`script[data-live="${name}"]`)
  return data ? (JSON.parse(data.textContent!) as T) : undefined
}

async function parsed(): Promise<void> {
  if (document.readyState !== "loading") return
  await new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }))
}

/** A link leads out of the frame: in it, nothing else may be shown. */
function openOutside(event: MouseEvent): void {
  const link = (event.target as Element).closest?.<HTMLAnchorElement>("a[href]")
  if (!link || link.getAttribute("href")!.startsWith("#")) return
  link.target = "_blank"
  link.rel = "noopener"
}

class Frame {
  private readonly around: Around
  private kernel: Kernel | undefined
  private comesBack = false

  constructor(private readonly settings: Settings) {
    this.around = new Around(settings.portal, settings.stretch)
  }

  async show(): Promise<void> {
    this.around.tellHeight()
    addEventListener("click", openOutside, { capture: true })
    this.around.listen((wish) => this.heed(wish))
    const early = import("./controls.ts") // most pages need them
    await parsed()
    const id = told<string>("kernel")
    if (!id || !told("done")) return this.lost("died")
    addEventListener("pagehide", () => this.leave(id))
    const kernel = (this.kernel = new Kernel(this.settings.root, id))
    kernel.onClose = (code) =>
      this.lost(code === DIED ? "died" : code === RESTED ? "rested" : "away")
    kernel.onNotice = ({ seconds }) => this.askWhoIsThere(Number(seconds))
    const { root, extensions, words } = this.settings
    bringIcons(document.body)
    nameAll(document.body, words)
    const manager = new Manager(kernel, root, extensions, words)
    await Promise.all([kernel.opened(), early])
    await manager.load()
    const texts = [...document.querySelectorAll("section.text")].map(typeset)
    await Promise.all([this.fillCells(manager), ...texts])
    sessionStorage.removeItem(TRIES)
    this.around.tell({ kind: "ready" })
  }

  private async fillCells(manager: Manager): Promise<void> {
    for (const data of document.querySelectorAll<HTMLElement>('script[data-live="outputs"]')) {
      const outputs = JSON.parse(data.textContent!) as Output[]
      const place = document.querySelector<HTMLElement>(
        `section.outputs[data-cell="${data.dataset.cell}"]`,
      )
      if (place) await fill(place, outputs, manager)
    }
  }

  private heed(wish: Wish): void {
    if (wish.kind === "look") look(wish.theme, wish.size)
    else if (wish.kind === "again") this.again()
    else this.stay()
  }

  private stay(): void {
    this.kernel?.send("kernel_info_request", {})
  }

  /** Tell that the kernel will rest soon; whoever touches anything here is there. */
  private askWhoIsThere(seconds: number): void {
    this.around.tell({ kind: "culled-soon", seconds })
    const answered = new AbortController()
    const here = () => {
      answered.abort()
      this.stay()
      this.around.tell({ kind: "ready" })
    }
    for (const each of ["pointerdown", "keydown"])
      addEventListener(each, here, { capture: true, signal: answered.signal })
  }

  private lost(why: "died" | "rested" | "away"): void {
    if (this.comesBack) return
    this.around.tell({ kind: "lost", why })
    if (why !== "rested") this.againLater()
  }

  private againLater(): void {
    const tries = Number(sessionStorage.getItem(TRIES) ?? 0)
    sessionStorage.setItem(TRIES, String(tries + 1))
    setTimeout(() => this.again(), Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE))
  }

  /** Start again once the server answers: a reload without it would leave an empty frame. */
  private again(): void {
    this.comesBack = true
    fetch(`${this.settings.root}health`).then(
      () => location.reload(),
      () => this.againLater(),
    )
  }

  private leave(id: string): void {
    if (this.comesBack) return
    const token = /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? ""
    void fetch(`${this.settings.root}api/shutdown/${id}`, {
      method: "POST",
      keepalive: true,
      headers: { "X-XSRFToken": decodeURIComponent(token) },
    })
  }
}

void new Frame(told<Settings>("settings")!).show()
