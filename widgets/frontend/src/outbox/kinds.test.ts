import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Outbox } from "../outbox"
import { PortalError, type Portal } from "../portal"
import type { Entry, KindName, Values } from "./entry"
import { MemoryShelf } from "./shelf"

const HERE = { course: "active-learning", module: "pair-talk" }
const saw: Values["answer"] = { ...HERE, exercise: "saw", value: "জোড়ায় বসে" }
const plan: Values["answer"] = { ...HERE, exercise: "plan", value: "কাল করব" }
const handIn: Values["hand-in"] = { ...HERE, together: [] }
const share: Values["share"] = { ...HERE, exercise: "saw", audience: "everyone", consent: true }
const rating: Values["rating"] = { post: "a1", stars: 4 }
const comment: Values["comment"] = { post: "a1", kind: "used", body: "আমিও করেছি" }

const away = () => new PortalError("no-network", "", {}, true)
const no = (message: string) => new PortalError("no", message, {}, false, 422)

/** A server that notes what comes, and refuses what a test says. */
class Server {
  came: [string, unknown][] = []
  fails: Partial<Record<string, PortalError>> = {}
  shown = 0
  pictures = new Set<string>()

  private take = (kind: string, asked: unknown, reply: object = {}) => {
    const failure = this.fails[kind] ?? this.fails.all
    if (failure) throw failure
    this.came.push([kind, asked])
    return reply
  }

  portal = {
    saveAnswer: async (_c, _m, exercise, asked) => this.take("answer", { exercise, ...asked }),
    saveClipWatch: async (_c, _m, _clip, asked) => this.take("watch", asked),
    handIn: async (_c, _m, asked) => this.take("hand-in", asked, { number: "its number" }),
    share: async (_c, _m, asked) => {
      const missing = asked.pictures.map((one) => one.picture).filter((p) => !this.pictures.has(p))
      if (missing.length) throw new PortalError("pictures-missing", "", { missing }, false, 409)
      return this.take("share", asked)
    },
    sendPicture: async (person, picture, content) => {
      this.take("picture", { person, picture, content })
      this.pictures.add(picture)
    },
    rate: async (_post, asked) => this.take("rating", asked),
    comment: async (_post, asked) => this.take("comment", asked, { id: "its id" }),
    look: async (_post, asked) => {
      this.take("look", asked)
      this.shown += asked.shown_seconds
      return { shown_seconds: this.shown, needed_seconds: 20, looked: this.shown >= 20 }
    },
  } as Portal

  kinds = () => this.came.map(([kind]) => kind)
}

let server: Server
let shelf: MemoryShelf
let outbox: Outbox

const open = () => Outbox.open(server.portal, shelf, "রাহেলা")
const waiting = () => outbox.waiting().map(({ kind }) => kind)

async function putWithoutNetwork(...things: { [K in KindName]: [K, Values[K]] }[KindName][]) {
  server.fails.all = away()
  for (const [kind, value] of things) await outbox.put(kind, value as never)
  await outbox.send()
  expect(server.came).toEqual([])
  delete server.fails.all
}

beforeEach(async () => {
  server = new Server()
  shelf = new MemoryShelf()
  outbox = await open()
})
afterEach(() => {
  outbox.close()
  vi.useRealTimers()
})

describe("what a teacher sends", () => {
  it("goes in order, each once, whatever kind it is", async () => {
    await putWithoutNetwork(["answer", saw], ["share", share], ["rating", rating])
    await outbox.put("comment", comment)
    await outbox.send()
    await outbox.send()
    expect(server.kinds()).toEqual(["answer", "share", "rating", "comment"])
    expect(outbox.unsettled()).toEqual([])
  })

  it("goes after its pictures, of which none is sent a second time", async () => {
    const content = new Blob(["ছবি"], { type: "image/webp" })
    const pictures = ["one", "two"].map((key) => ({ key, content, alt: `${key}, দেয়ালে` }))
    const pictured = { ...share, pictures, guardiansAgree: true }
    await putWithoutNetwork(["answer", saw], ["share", pictured])
    server.pictures.add("one") // it came, and then the network went
    await outbox.send()
    expect(server.kinds()).toEqual(["answer", "picture", "share"])
    expect(server.came[1]![1]).toEqual({ person: "রাহেলা", picture: "two", content })
    const shown = pictures.map(({ key, alt }) => ({ picture: key, alt }))
    expect(server.came[2]![1]).toMatchObject({ pictures: shown, guardians_agree: true })
    expect(outbox.unsettled()).toEqual([])
  })

  it("stays with all its pictures when one is refused", async () => {
    const pictures = [{ key: "one", content: new Blob(["কিছু"]), alt: "" }]
    server.fails.picture = no("এটি ছবি নয়")
    await outbox.put("share", { ...share, pictures, guardiansAgree: true })
    await outbox.send()
    expect(outbox.unsettled()).toMatchObject([{ state: "refused", message: "এটি ছবি নয়" }])
    delete server.fails.picture
    await outbox.putBack(outbox.unsettled()[0]!)
    await outbox.send()
    expect(server.kinds()).toEqual(["picture", "share"])
  })

  it("goes in the order of writing although the clock was put back meanwhile", async () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    server.fails.all = away()
    await outbox.put("comment", comment)
    vi.setSystemTime(Date.now() - 24 * 3600 * 1000)
    await outbox.put("comment", { ...comment, body: "পরে লেখা" })
    delete server.fails.all
    await outbox.send()
    const bodies = server.came.map(([, asked]) => (asked as { body: string }).body)
    expect(bodies).toEqual(["আমিও করেছি", "পরে লেখা"])
  })

  it("is handed in after all its answers, also those written later", async () => {
    await putWithoutNetwork(["answer", saw], ["hand-in", handIn], ["answer", plan])
    await outbox.send()
    expect(server.kinds()).toEqual(["answer", "answer", "hand-in"])
  })

  it("is not handed in while a part of it was refused, and all else goes on", async () => {
    server.fails.answer = no("বেশি লম্বা")
    await outbox.put("answer", saw)
    await outbox.put("hand-in", handIn)
    await outbox.put("rating", rating)
    await outbox.send()
    expect(server.kinds()).toEqual(["rating"])
    expect(outbox.status).toBe("idle")
    expect(outbox.blockerOf(outbox.find("hand-in", "active-learning/pair-talk")!)?.message).toBe(
      "বেশি লম্বা",
    )
    delete server.fails.answer
    await outbox.put("answer", { ...saw, value: "ছোট" })
    await outbox.send()
    expect(server.kinds()).toEqual(["rating", "answer", "hand-in"])
  })

  it("is handed in once, under one key, however often one taps and tries", async () => {
    await putWithoutNetwork(["hand-in", handIn], ["hand-in", handIn])
    const [wish] = outbox.waiting()
    outbox.close()
    outbox = await open()
    await outbox.send()
    expect(server.came).toEqual([["hand-in", expect.objectContaining({ key: wish!.key })]])
  })

  it("rates after the reading that it needs, told bit by bit", async () => {
    vi.useFakeTimers()
    await putWithoutNetwork(["look", { post: "a1", seconds: 20, tells: 0 }], ["rating", rating])
    await outbox.send()
    expect(server.kinds()).toEqual(["look"])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(server.kinds()).toEqual(["look", "look", "rating"])
  })

  it("tells all that was watched meanwhile at once", async () => {
    const watch = (ranges: [number, number][], position: number) =>
      ({ ...HERE, clip: "c", ranges, position }) as const
    await putWithoutNetwork(["watch", watch([[0, 5]], 5)], ["watch", watch([[5, 9]], 9)])
    expect(outbox.waiting()).toEqual([]) // nobody need be told of it
    await outbox.send()
    expect(server.came).toEqual([["watch", { person: "রাহেলা", ranges: [[0, 9]], position: 9 }]])
  })

  it("waits as long as the server says when it has had too much", async () => {
    vi.useFakeTimers()
    server.fails.all = new PortalError("too-many-requests", "", { seconds: 40 }, true, 429)
    await outbox.put("comment", comment)
    await outbox.send()
    delete server.fails.all
    await vi.advanceTimersByTimeAsync(39_000)
    expect(server.came).toEqual([])
    expect(outbox.retryAt).toBeGreaterThan(Date.now())
    await vi.advanceTimersByTimeAsync(20_000)
    expect(server.kinds()).toEqual(["comment"])
  })
})

describe("what the server stumbles over", () => {
  it("is tried again, and does not hold up the others for ever", async () => {
    vi.useFakeTimers()
    server.fails.comment = new PortalError("unexpected", "", {}, false, 500)
    await outbox.put("comment", comment)
    await outbox.put("rating", rating)
    await outbox.send()
    expect(server.came).toEqual([])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(server.kinds()).toEqual(["rating"])
    expect(waiting()).toEqual(["comment"])
    delete server.fails.comment
    await vi.advanceTimersByTimeAsync(90_000)
    expect(server.kinds()).toEqual(["rating", "comment"])
  })
})

describe("what waits", () => {
  const refuse = async (): Promise<Entry> => {
    server.fails.comment = no("তুলে নেওয়া হয়েছে")
    await outbox.put("comment", comment)
    await outbox.send()
    delete server.fails.comment
    return outbox.unsettled()[0]!
  }

  it("stays when it is refused, says why, and goes when one tries again", async () => {
    const entry = await refuse()
    expect([entry.state, entry.message]).toEqual(["refused", "তুলে নেওয়া হয়েছে"])
    await outbox.send()
    expect(server.came).toEqual([])
    await outbox.putBack(entry)
    await outbox.send()
    expect(server.came).toEqual([["comment", expect.objectContaining({ key: entry.key })]])
  })

  it("is thrown away, and that is undone", async () => {
    await putWithoutNetwork(["rating", rating])
    const [entry] = outbox.unsettled()
    await outbox.drop(entry!)
    await outbox.send()
    expect([server.came, await shelf.all("রাহেলা")]).toEqual([[], []])
    await outbox.putBack(entry!)
    await outbox.send()
    expect(server.kinds()).toEqual(["rating"])
  })

  it("leaves of an answer that was thrown away its number, and no word", async () => {
    await putWithoutNetwork(["answer", saw])
    await outbox.drop(outbox.unsettled()[0]!)
    expect(outbox.find("answer", "active-learning/pair-talk/saw")).toBeUndefined()
    const [husk] = await shelf.all("রাহেলা")
    expect([husk!.state, JSON.stringify(husk).includes("জোড়ায়")]).toEqual(["dropped", false])
    await outbox.put("answer", saw)
    await outbox.send()
    expect(server.came).toEqual([["answer", expect.objectContaining({ sequence: 2 })]])
  })

  it("is not sent again by a tab that did not see another one send it", async () => {
    await putWithoutNetwork(["comment", comment])
    const other = await open()
    await other.send()
    await outbox.send()
    expect(server.kinds()).toEqual(["comment"])
    expect(waiting()).toEqual([])
  })

  it("was refused without a word if nobody wrote it", async () => {
    server.fails.watch = no("no such clip")
    await outbox.put("watch", { ...HERE, clip: "c", ranges: [[0, 5]], position: 5 })
    await outbox.send()
    expect(outbox.unsettled()).toEqual([])
  })
})

describe("what is thrown away while it goes", () => {
  const content = new Blob(["ছবি"], { type: "image/webp" })
  const pictures = ["one", "two"].map((key) => ({ key, content, alt: "" }))
  const pictured = { ...share, pictures, guardiansAgree: true }

  /** Let the next one of these wait until it is let go; resolves when it is on its way. */
  function hold(name: "sendPicture" | "share" | "comment" | "handIn" | "rate") {
    const real = server.portal[name] as (...asked: unknown[]) => Promise<unknown>
    let letGo: (isReached: boolean) => void = () => {}
    const reached = new Promise<void>((tell) => {
      const slow = async (...asked: unknown[]) => {
        server.portal[name] = real as never
        const signal = asked.at(-1) instanceof AbortSignal ? (asked.at(-1) as AbortSignal) : null
        const isReached = await new Promise<boolean>((done) => {
          letGo = done
          signal?.addEventListener("abort", () => done(false))
          tell()
        })
        if (!isReached) throw away()
        return real(...asked)
      }
      server.portal[name] = slow as never
    })
    return { reached, letGo: (isReached = true) => letGo(isReached) }
  }

  it("is not published when its photos are on their way", async () => {
    const photo = hold("sendPicture")
    await outbox.put("share", pictured)
    const sent = outbox.send()
    await photo.reached
    expect(outbox.keyOnTheWay).toBe(outbox.unsettled()[0]!.key)
    expect(await outbox.drop(outbox.unsettled()[0]!)).toBe(true)
    await sent
    expect([server.came, outbox.unsettled(), outbox.status]).toEqual([[], [], "idle"])
    expect(outbox.keyOnTheWay).toBe(null)
  })

  it("is not published when another tab threw it away", async () => {
    const photo = hold("sendPicture")
    await outbox.put("share", pictured)
    const sent = outbox.send()
    await photo.reached
    const other = await open()
    await other.drop(other.unsettled()[0]!)
    photo.letGo()
    await sent
    expect(server.kinds()).toEqual(["picture"])
  })

  it("goes anew when that is undone, and what others wrote goes on", async () => {
    const photo = hold("sendPicture")
    const entry = await outbox.put("share", pictured)
    await outbox.put("rating", rating)
    const sent = outbox.send()
    await photo.reached
    await Promise.all([outbox.drop(entry), outbox.putBack(entry)])
    await sent
    await outbox.send()
    expect(server.kinds().sort()).toEqual(["picture", "picture", "rating", "share"])
  })

  it("is taken back from a server that took it all the same", async () => {
    const said: unknown[] = []
    server.portal.withdraw = async (id) => ({ id, withdrawn: true }) as never
    const words = hold("share")
    const entry = await outbox.put("share", share)
    outbox.listen((_entry, reply) => reply && said.push(reply))
    const sent = outbox.send()
    await words.reached
    const dropped = outbox.drop(entry)
    await outbox.put("share", share) // and shared again at once
    words.letGo()
    expect(await dropped).toBe(true)
    await sent
    expect(said[0]).toMatchObject({ withdrawn: true })
    const keys = server.came.map(([, asked]) => (asked as { key: string }).key)
    expect(keys).toHaveLength(2)
    expect([keys[0], keys[0] === keys[1]]).toEqual([entry.key, false])
  })

  it("goes under new names when it was taken back, and that is undone", async () => {
    server.portal.withdraw = async (id) => ({ id, withdrawn: true }) as never
    for (const { key } of pictures) server.pictures.add(key)
    const words = hold("share")
    const entry = await outbox.put("share", pictured)
    const sent = outbox.send()
    await words.reached
    const dropped = outbox.drop(entry)
    words.letGo()
    await dropped
    await sent
    server.pictures.clear() // they are in a withdrawn post
    await outbox.putBack(entry)
    await outbox.send()
    expect(server.kinds()).toEqual(["share", "picture", "picture", "share"])
    const [first, last] = [server.came[0]![1], server.came[3]![1]] as { key: string }[]
    expect(first!.key).not.toBe(last!.key)
  })

  it("is told as arrived where it cannot be taken back", async () => {
    const stars = hold("rate")
    const entry = await outbox.put("rating", rating)
    const sent = outbox.send()
    await stars.reached
    const dropped = outbox.drop(entry)
    stars.letGo()
    expect(await dropped).toBe(false)
    await sent
    expect(server.kinds()).toEqual(["rating"])
  })

  it("is taken back whatever it is", async () => {
    const back: unknown[] = []
    const note = (what: unknown) => (back.push(what), {} as never)
    server.portal.takeBack = async (number) => note(number)
    server.portal.withdrawComment = async (id) => note(id)
    for (const [name, kind, value] of [
      ["handIn", "hand-in", handIn],
      ["comment", "comment", comment],
    ] as const) {
      const there = hold(name)
      const entry = await outbox.put(kind, value as never)
      const sent = outbox.send()
      await there.reached
      const dropped = outbox.drop(entry)
      there.letGo()
      expect(await dropped).toBe(true)
      await sent
    }
    expect(back).toEqual(["its number", "its id"])
  })
})
