import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { Outbox } from "../outbox"
import type { KindName, Values } from "./entry"
import { MemoryShelf } from "./shelf"
import { Server, away, comment, handIn, rating, share } from "./test-server"

type Held = "sendPicture" | "share" | "comment" | "handIn" | "rate"

let server: Server
let shelf: MemoryShelf
let outbox: Outbox

const open = () => Outbox.open(server.portal, shelf, "রাহেলা")

beforeEach(async () => {
  server = new Server()
  shelf = new MemoryShelf()
  outbox = await open()
})
afterEach(() => outbox.close())

describe("what is thrown away while it goes", () => {
  const content = new Blob(["ছবি"], { type: "image/webp" })
  const pictures = ["one", "two"].map((key) => ({ key, content, alt: "" }))
  const pictured = { ...share, pictures, guardiansAgree: true }

  /** Let the next one of these wait until it is let go; resolves when it is on its way. */
  function hold(name: Held) {
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

  /** Throw something away after the server began to take it; it takes it all the same. */
  async function dropTooLate<K extends KindName>(name: Held, kind: K, value: Values[K]) {
    const there = hold(name)
    const entry = await outbox.put(kind, value)
    const sent = outbox.send()
    await there.reached
    const dropped = outbox.drop(entry)
    there.letGo()
    const isGone = await dropped
    await sent
    return { entry, isGone }
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
    const { entry } = await dropTooLate("share", "share", pictured)
    server.pictures.clear() // they are in a withdrawn post
    await outbox.putBack(entry)
    await outbox.send()
    expect(server.kinds()).toEqual(["share", "picture", "picture", "share"])
    const [first, last] = [server.came[0]![1], server.came[3]![1]] as { key: string }[]
    expect(first!.key).not.toBe(last!.key)
  })

  it("is told as arrived where it cannot be taken back", async () => {
    const { isGone } = await dropTooLate("rate", "rating", rating)
    expect(isGone).toBe(false)
    expect(server.kinds()).toEqual(["rating"])
  })

  it("is taken back whatever it is", async () => {
    const back: unknown[] = []
    const note = (what: unknown) => (back.push(what), {} as never)
    server.portal.takeBack = async (number) => note(number)
    server.portal.withdrawComment = async (id) => note(id)
    expect((await dropTooLate("handIn", "hand-in", handIn)).isGone).toBe(true)
    expect((await dropTooLate("comment", "comment", comment)).isGone).toBe(true)
    expect(back).toEqual(["its number", "its id"])
  })
})
