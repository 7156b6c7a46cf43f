import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Portal } from "../portal"
import { PIECE_BYTES } from "./films"
import { resume } from "./keeping"
import { dropKept, findKeptModule, putKept, type Kept } from "./phone"

const ROOT = "/services/portal/"
const PLACE = { person: "rahima", course: "active-learning", module: "pair-talk" }
const FILM = `${ROOT}media/${"ab".repeat(32)}.mp4`
const FILM_BYTES = 3 * PIECE_BYTES
const PROPS = { clip: "talk", sizes: [{ name: "240", src: FILM, size_bytes: FILM_BYTES }] }
const PAGE = `<div data-component="Clip" data-props='${JSON.stringify(PROPS)}'></div>`
const FULL = new DOMException("full", "QuotaExceededError")

/** The caches of a browser; jsdom has none. */
class Shelf {
  readonly kept = new Map<string, Response>()
  isFull = false
  keys = async () => []
  match = async (key: string) => this.kept.get(key)?.clone()
  delete = async (key: string) => this.kept.delete(key)
  async put(key: string, reply: Response): Promise<void> {
    if (this.isFull && key.includes("piece=")) throw FULL
    this.kept.set(key, reply)
  }
}

let shelf: Shelf
let asked: string[]

/** As a browser has it: from one's own server, and not made by a script. */
const basic = (reply: Response) => Object.defineProperty(reply, "type", { value: "basic" })

async function answer(path: string): Promise<Response> {
  asked.push(path)
  if (path === FILM) return new Response(new Uint8Array(PIECE_BYTES), { status: 206 })
  const headers = { "Content-Type": "text/html", "X-Pathshala-Person": PLACE.person }
  return basic(new Response(PAGE, { headers }))
}

function giveRoom(free: number): void {
  const estimate = async () => ({ usage: 40_000_000, quota: 44_000_000 + free })
  const locks = { request: (_name: string, act: () => Promise<void>) => act() }
  vi.stubGlobal("navigator", { storage: { estimate }, locks })
}

/** Tap "Go on" where one of three pieces came before. */
async function goOn(): Promise<Kept> {
  const portal = { mine: async () => ({}), course: async () => ({}) }
  const files = async () => ({ addresses: {} })
  const stopped = (await findKeptModule(PLACE))!
  await resume({ ...portal, clipFiles: files } as unknown as Portal, ROOT, [stopped])
  return (await findKeptModule(PLACE))!
}

describe("a film that has no room", () => {
  beforeEach(async () => {
    shelf = new Shelf()
    asked = []
    vi.stubGlobal("caches", { open: async () => shelf })
    vi.stubGlobal("fetch", answer)
    await shelf.put(`${FILM}?piece=0`, new Response(new Uint8Array(PIECE_BYTES)))
    await putKept({
      ...PLACE,
      course_title: "",
      title: "",
      language: "bn",
      films: "240",
      state: "stopped",
      problem: "no-room",
      files: [{ clip: "talk", path: FILM, bytes: FILM_BYTES, done: false }],
      bytes: FILM_BYTES + PAGE.length,
      here: PIECE_BYTES + PAGE.length,
      asked_at: 1,
      looked_at: 1,
    })
  })
  afterEach(async () => {
    vi.unstubAllGlobals()
    await dropKept(PLACE)
  })

  it("keeps what was paid for, however often she tries, and says how much that is", async () => {
    giveRoom(PIECE_BYTES)
    for (let taps = 0; taps < 3; taps += 1) {
      const { state, problem, here } = await goOn()
      expect({ state, problem, here }).toEqual({
        state: "stopped",
        problem: "no-room",
        here: PIECE_BYTES + PAGE.length,
      })
    }
    expect(shelf.kept.has(`${FILM}?piece=0`)).toBe(true)
    expect(asked).not.toContain(FILM)
  })

  it("gives way to words where the browser refused to write", async () => {
    giveRoom(2 * PIECE_BYTES)
    shelf.isFull = true
    expect(await goOn()).toMatchObject({ problem: "no-room", here: PAGE.length })
    expect(shelf.kept.has(`${FILM}?piece=0`)).toBe(false)
  })

  it("goes on where it was once there is room", async () => {
    giveRoom(2 * PIECE_BYTES)
    const { state, bytes, here } = await goOn()
    expect({ state, here }).toEqual({ state: "done", here: bytes })
    expect(asked.filter((path) => path === FILM)).toHaveLength(2)
  })
})
