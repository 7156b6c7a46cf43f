import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Outbox } from "../outbox"
import { PortalError } from "../portal"
import type { Entry, KindName, Values } from "./entry"
import { MemoryShelf } from "./shelf"
import { HERE, Server, away, comment, handIn, no, plan, rating, saw, share } from "./test-server"

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
