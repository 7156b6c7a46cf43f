// @vitest-environment jsdom
import { Blob } from "node:buffer" // jsdom's own cannot be kept
import { openDB } from "idb"
import { afterEach, describe, expect, it, vi } from "vitest"
import { Outbox } from "../outbox"
import type { AnswerSave, Portal } from "../portal"
import { openShelf } from "./shelf"

const PERSON = "রাহেলা"
const first = {
  person: PERSON,
  course: "active-learning",
  module: "pair-talk",
  device: "a-phone",
  saved_at: null,
  message: null,
}

/** The database as version 1 of it was. */
async function openFirst(name: string) {
  return openDB(name, 1, {
    upgrade(database) {
      const key = ["person", "course", "module", "exercise"]
      database.createObjectStore("answers", { keyPath: key }).createIndex("person", "person")
      database.createObjectStore("facts")
    },
  })
}

async function fill(name: string): Promise<void> {
  const database = await openFirst(name)
  const answer = (exercise: string, more: object) => ({ ...first, exercise, ...more })
  const waits = { state: "waiting", sequence: 7, edited_at: "2026-11-21T10:00:00Z" }
  await database.put("answers", answer("tried", { ...waits, value: "দ্বিতীয়" }))
  const before = { ...waits, sequence: 3, edited_at: "2026-11-21T09:00:00Z" }
  await database.put("answers", answer("saw", { ...before, value: "প্রথম" }))
  await database.put("answers", answer("plan", { ...before, value: "গেছে", state: "sent" }))
  await database.put("answers", { ...answer("saw", { ...waits, value: "অন্যের" }), person: "করিম" })
  await database.put("facts", "a-phone", "device")
  database.close()
}

afterEach(() => localStorage.clear())

describe("a database of version 1", () => {
  it("gives all that waits to the next, in its order and under its numbers", async () => {
    await fill("from-before")
    const sent: (AnswerSave & { exercise: string })[] = []
    const portal = {
      saveAnswer: async (_course: string, _module: string, exercise: string, save: AnswerSave) => {
        sent.push({ ...save, exercise })
        return { saved_at: "2026-11-21T10:42:00Z" }
      },
    } as unknown as Portal
    const shelf = await openShelf("from-before")
    const outbox = await Outbox.open(portal, shelf, PERSON)
    await outbox.send()
    expect(sent.map((one) => [one.exercise, one.value, one.sequence, one.device])).toEqual([
      ["saw", "প্রথম", 3, "a-phone"],
      ["tried", "দ্বিতীয়", 7, "a-phone"],
    ])
    expect(outbox.find("answer", "active-learning/pair-talk/plan")?.state).toBe("sent")
    expect(await shelf.device()).toBe("a-phone")
    expect(await shelf.all("করিম")).toHaveLength(1)
  })

  it("does not keep a page waiting while an older tab holds it", async () => {
    const older = await openFirst("held")
    const shelf = await openShelf("held")
    expect(shelf.isLasting).toBe(false)
    older.close()
  })

  it("gives a hand-in that waited beside it, under its key", async () => {
    const wish = { key: "a-key-of-a-phone", handed_at: "2026-11-21T10:00:00Z", together: [] }
    const place = `pathshala-hand-in:${PERSON}:active-learning/pair-talk`
    localStorage.setItem(place, JSON.stringify(wish))
    const shelf = await openShelf("with-a-wish")
    const outbox = await Outbox.open({} as Portal, shelf, PERSON)
    expect(outbox.waiting()).toMatchObject([{ kind: "hand-in", key: "a-key-of-a-phone" }])
    expect(localStorage.length).toBe(0)
    expect(await shelf.all(PERSON)).toHaveLength(1)
  })
})

describe("hand-ins that waited beside it", () => {
  const placeOf = (module: string) => `pathshala-hand-in:${PERSON}:active-learning/${module}`
  const wish = { key: "a-key", handed_at: "2026-11-21T10:00:00Z", together: [] }

  it("are found behind one that nobody can read", async () => {
    localStorage.setItem(placeOf("broken"), "{")
    localStorage.setItem(placeOf("pair-talk"), JSON.stringify(wish))
    const outbox = await Outbox.open({} as Portal, await openShelf("with-a-broken-wish"), PERSON)
    expect(outbox.waiting()).toMatchObject([{ about: "active-learning/pair-talk" }])
    expect(localStorage.length).toBe(0)
  })

  it("stay there while the phone is full", async () => {
    localStorage.setItem(placeOf("pair-talk"), JSON.stringify(wish))
    const shelf = await openShelf("full-with-a-wish")
    const change = shelf.change.bind(shelf)
    shelf.change = () => Promise.reject(new DOMException("full", "QuotaExceededError"))
    const outbox = await Outbox.open({} as Portal, shelf, PERSON)
    expect(outbox.waiting()).toHaveLength(1)
    expect(localStorage.length).toBe(1)
    shelf.change = change
    await Outbox.open({} as Portal, shelf, PERSON)
    expect(localStorage.length).toBe(0)
  })
})

describe("the shelf", () => {
  it("is in memory where a full phone has no room for a first one", async () => {
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError")
    })
    const shelf = await openShelf("no-room-for-it")
    put.mockRestore()
    expect(shelf.isLasting).toBe(false)
    expect(await shelf.device()).toMatch(/\w/)
  })

  it("keeps a picture whole", async () => {
    const shelf = await openShelf("with-a-picture")
    const portal = {} as Portal
    const outbox = await Outbox.open(portal, shelf, PERSON)
    const value = { words: "দেয়ালে টাঙানো", picture: new Blob(["ছবি"], { type: "image/webp" }) }
    const place = { course: "active-learning", module: "pair-talk", exercise: "saw" }
    await outbox.put("answer", { ...place, value })
    const later = await Outbox.open(portal, await openShelf("with-a-picture"), PERSON)
    const kept = later.find("answer", "active-learning/pair-talk/saw")?.value.value as typeof value
    expect(await kept.picture.text()).toBe("ছবি")
  })
})
