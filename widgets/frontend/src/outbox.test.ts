import { beforeEach, describe, expect, it, vi } from "vitest"
import { Outbox } from "./outbox"
import { openShelf, type Shelf } from "./outbox/shelf"
import { PortalError, type AnswerSave, type AnswerSaved, type Portal } from "./portal"

const WORDS = "উদ্বৃত্ত, র‍্যাঙ্ক, দুঃখ"

/** A server that keeps the newest wording, and can be away. */
class Server {
  kept: (AnswerSave & { exercise: string })[] = []
  fails: PortalError | null = null

  saveAnswer: Portal["saveAnswer"] = async (_course, _module, exercise, answer) => {
    if (this.fails) throw this.fails
    this.kept.push({ ...answer, exercise })
    const { value, edited_at, device, sequence } = answer
    return {
      exercise,
      saved_at: "2026-11-21T10:42:00Z",
      kept: "newest",
      newest: { value, edited_at, device, sequence },
    } satisfies AnswerSaved
  }
}

const isFull = () => new DOMException("full", "QuotaExceededError")
const away = () => new PortalError("no-network", "", {}, true)

let shelves = 0
let server: Server
let shelf: Shelf

async function open(person = "রাহেলা"): Promise<Outbox> {
  return Outbox.open(server as unknown as Portal, shelf, person)
}

const about = (exercise: string) => `active-learning/pair-talk/${exercise}`
const find = (outbox: Outbox, exercise = "saw") => outbox.find("answer", about(exercise))
const words = (outbox: Outbox) =>
  outbox.waiting().map((entry) => entry.kind === "answer" && entry.value.value)

/** Write, and not pause. */
async function hold(outbox: Outbox, value: unknown, exercise = "saw"): Promise<void> {
  const answer = { course: "active-learning", module: "pair-talk", exercise, value }
  await outbox.put("answer", answer, null, true)
}

async function write(outbox: Outbox, value: unknown, exercise = "saw"): Promise<void> {
  await hold(outbox, value, exercise)
  outbox.release("answer", about(exercise))
}

beforeEach(async () => {
  server = new Server()
  shelf = await openShelf(`shelf-${(shelves += 1)}`)
})

describe("the outbox", () => {
  it("keeps what is written until the server has it", async () => {
    const outbox = await open()
    server.fails = away()
    await write(outbox, WORDS)
    await outbox.send()
    expect(outbox.status).toBe("offline")
    expect(outbox.waiting()).toHaveLength(1)
    outbox.close()

    server.fails = null
    const later = await open()
    expect(find(later)?.value.value).toBe(WORDS)
    await later.send()
    expect(server.kept.map((answer) => answer.value)).toEqual([WORDS])
    expect(later.waiting()).toEqual([])
  })

  it("sends again in another epoch what was sent in the last seven days", async () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    try {
      const outbox = await open()
      await write(outbox, "আট দিন আগে", "saw")
      await outbox.send()
      vi.setSystemTime(Date.now() + 8 * 24 * 3600 * 1000)
      await write(outbox, WORDS, "tried")
      await outbox.send()
      await outbox.enter("restored")
      expect(outbox.waiting().map((entry) => entry.about)).toEqual([about("tried")])
      await outbox.send()
      const [, first, again] = server.kept
      expect(again).toMatchObject({ sequence: first!.sequence, edited_at: first!.edited_at })
      await outbox.enter("restored")
      expect(outbox.waiting()).toEqual([])
    } finally {
      vi.useRealTimers()
    }
  })

  it("gives each wording its own number and sends only the newest", async () => {
    const outbox = await open()
    await write(outbox, "এক")
    await outbox.send()
    await write(outbox, "এক দুই")
    await write(outbox, "এক দুই তিন")
    await outbox.send()
    expect(server.kept.map(({ sequence, value }) => [sequence, value])).toEqual([
      [1, "এক"],
      [3, "এক দুই তিন"],
    ])
  })

  it("sends a failed wording again under the same number", async () => {
    const outbox = await open()
    await write(outbox, WORDS)
    server.fails = new PortalError("unavailable", "", {}, true, 502)
    await outbox.send()
    server.fails = null
    await outbox.send()
    expect(server.kept.map((answer) => answer.sequence)).toEqual([1])
    outbox.close()
  })

  it("never shows or sends what another person wrote on this phone", async () => {
    const first = await open("রাহেলা")
    server.fails = away()
    await write(first, "রাহেলার লেখা")
    await first.send()
    first.close()

    server.fails = null
    const second = await open("করিম")
    expect(find(second)).toBeUndefined()
    await second.send()
    expect(server.kept).toEqual([])
  })

  it("waits for a human when nobody, or somebody else, is signed in", async () => {
    const outbox = await open()
    await write(outbox, WORDS)
    server.fails = new PortalError("signed-out", "", {}, false, 401)
    await outbox.send()
    expect(outbox.status).toBe("signed-out")
    server.fails = new PortalError("other-person", "", {}, false, 409)
    await outbox.send()
    expect(outbox.status).toBe("other-person")
    expect(outbox.waiting()).toHaveLength(1)
  })

  it("sets a refused answer aside and goes on with the next", async () => {
    const outbox = await open()
    await write(outbox, "খারাপ", "saw")
    server.fails = new PortalError("answer-invalid", "বেশি লম্বা", {}, false, 422)
    await outbox.send()
    server.fails = null
    await write(outbox, "ভালো", "plan")
    await outbox.send()
    expect(find(outbox)).toMatchObject({
      state: "refused",
      message: "বেশি লম্বা",
      value: { value: "খারাপ" },
    })
    expect(server.kept.map((answer) => answer.exercise)).toEqual(["plan"])
  })

  it("goes on waiting when more was written while a save was on its way", async () => {
    const outbox = await open()
    await write(outbox, "এক")
    const reply = server.saveAnswer
    server.saveAnswer = async (...asked) => {
      server.saveAnswer = reply
      await hold(outbox, "এক দুই")
      return reply(...asked)
    }
    await outbox.send()
    expect(words(outbox)).toEqual(["এক দুই"])
    outbox.release("answer", about("saw"))
    await outbox.send()
    expect(server.kept.map((answer) => answer.sequence)).toEqual([1, 2])
  })

  it("holds what is being written until its writer pauses", async () => {
    const outbox = await open()
    await hold(outbox, "লিখছি")
    await outbox.send()
    expect(server.kept).toEqual([])
    outbox.sendLeaving()
    await vi.waitFor(() => expect(server.kept).toHaveLength(1))
  })

  it("sends words that the browser refuses to keep", async () => {
    shelf.change = () => Promise.reject(isFull())
    const outbox = await open()
    await write(outbox, WORDS)
    await outbox.send()
    expect(server.kept.map((answer) => answer.value)).toEqual([WORDS])
    expect(outbox.waiting()).toEqual([])
  })

  it("knows what this page alone has, and keeps it once there is room", async () => {
    const change = shelf.change.bind(shelf)
    shelf.change = () => Promise.reject(isFull())
    const outbox = await open()
    server.fails = away()
    await write(outbox, WORDS)
    await outbox.send()
    expect(outbox.waiting().map(outbox.isLasting)).toEqual([false])
    shelf.change = change
    await outbox.send()
    expect(outbox.waiting().map(outbox.isLasting)).toEqual([true])
    outbox.close()
    expect(words(await open())).toEqual([WORDS])
  })

  it("never puts older words, just sent, before newer ones that the browser refused", async () => {
    const outbox = await open()
    const change = shelf.change.bind(shelf)
    const reply = server.saveAnswer
    let typing: Promise<void> | undefined
    let refuse = () => {}
    server.saveAnswer = async (...asked) => {
      server.saveAnswer = reply
      const isRefused = new Promise<never>((_, reject) => (refuse = () => reject(isFull())))
      shelf.change = () => isRefused
      typing = hold(outbox, "এক দুই")
      shelf.change = async (place, make) => {
        refuse() // the shelf serves one after the other
        await typing
        return change(place, make)
      }
      return reply(...asked)
    }
    await write(outbox, "এক")
    await outbox.send()
    expect(find(outbox)).toMatchObject({ state: "waiting", value: { value: "এক দুই" } })
    outbox.release("answer", about("saw"))
    await outbox.send()
    expect(server.kept.map(({ value }) => value)).toEqual(["এক", "এক দুই"])
  })

  it("never takes what the shelf still had for newer than what it refused", async () => {
    const outbox = await open()
    const { change, get } = shelf
    await write(outbox, "এক")
    shelf.get = async (place) => {
      const found = await get(place)
      shelf.change = () => Promise.reject(isFull())
      await write(outbox, "এক দুই")
      shelf.get = get
      return found
    }
    await outbox.send()
    shelf.change = change.bind(shelf)
    expect(server.kept.map(({ value }) => value)).toEqual(["এক দুই"])
  })

  it("has a name for this device on plain HTTP, too, where there is no randomUUID", async () => {
    vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) })
    const device = await (await openShelf("on-plain-http")).device()
    vi.unstubAllGlobals()
    expect(device).toMatch(/^[0-9a-f]{32}$/)
  })
})
