/**
 * Where entries are kept: IndexedDB, or memory where a browser forbids it. What waits in the
 * database of an older release is taken over.
 */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from "idb"
import { newKey } from "../kept"
import { placeOf, type Entry, type EntryOf, type Place } from "./entry"

/** An answer as version 1 kept it. */
interface FirstEntry {
  person: string
  course: string
  module: string
  exercise: string
  device: string
  sequence: number
  edited_at: string
  value: unknown
  state: "waiting" | "sent" | "refused"
  saved_at: string | null
  message: string | null
}

interface Schema extends DBSchema {
  /** Until version 1. */
  answers: { key: [string, string, string, string]; value: FirstEntry }
  entries: { key: [string, string, string]; value: Entry; indexes: { person: string } }
  facts: { key: string; value: string }
}

type Upgrade = IDBPTransaction<Schema, ("answers" | "entries" | "facts")[], "versionchange">

/** What becomes of an entry; none: it goes. */
export type Change = (old: Entry | undefined) => Entry | undefined

export interface Shelf {
  /** Whether what is put here outlives the page. */
  readonly isLasting: boolean
  device(): Promise<string>
  /** The epoch of the server when this person's answers were last with it. */
  epoch(person: string): Promise<string>
  keepEpoch(person: string, epoch: string): Promise<void>
  all(person: string): Promise<Entry[]>
  get(place: Place): Promise<Entry | undefined>
  /** Replace an entry by what `change` makes of it, as one step even between tabs. */
  change(place: Place, change: Change): Promise<Entry | undefined>
}

const VERSION = 2
const SECONDS_FOR_OTHER_TABS = 2
const keyOf = ({ person, kind, about }: Place): [string, string, string] => [person, kind, about]

class DatabaseShelf implements Shelf {
  readonly isLasting = true

  constructor(private readonly database: IDBPDatabase<Schema>) {}

  async device(): Promise<string> {
    const work = this.database.transaction("facts", "readwrite")
    const known = await work.store.get("device")
    const device = known ?? newKey()
    if (!known) await work.store.put(device, "device")
    await work.done
    return device
  }

  epoch = async (person: string) => (await this.database.get("facts", `epoch ${person}`)) ?? ""

  async keepEpoch(person: string, epoch: string): Promise<void> {
    await this.database.put("facts", epoch, `epoch ${person}`)
  }

  all = (person: string) => this.database.getAllFromIndex("entries", "person", person)
  get = (place: Place) => this.database.get("entries", keyOf(place))

  async change(place: Place, change: Change) {
    const work = this.database.transaction("entries", "readwrite")
    const entry = change(await work.store.get(keyOf(place)))
    if (entry) await work.store.put(entry)
    else await work.store.delete(keyOf(place))
    await work.done
    return entry
  }
}

export class MemoryShelf implements Shelf {
  readonly isLasting = false
  private readonly entries = new Map<string, Entry>()
  private readonly id = newKey()
  private readonly epochs = new Map<string, string>()

  device = async () => this.id
  epoch = async (person: string) => this.epochs.get(person) ?? ""
  keepEpoch = async (person: string, epoch: string) => void this.epochs.set(person, epoch)
  all = async (person: string) => [...this.entries.values()].filter((e) => e.person === person)
  get = async (place: Place) => this.entries.get(placeOf(place))

  async change(place: Place, change: Change) {
    const entry = change(this.entries.get(placeOf(place)))
    if (entry) this.entries.set(placeOf(place), entry)
    else this.entries.delete(placeOf(place))
    return entry
  }
}

/** Open the queue that this browser keeps between visits. */
export async function openShelf(name = "pathshala"): Promise<Shelf> {
  try {
    const shelf = new DatabaseShelf(await openDatabase(name))
    await shelf.device() // a new one needs room, too
    return shelf
  } catch {
    return new MemoryShelf()
  }
}

/** A tab with an older release may hold its database open: then this page does without. */
async function openDatabase(name: string): Promise<IDBPDatabase<Schema>> {
  let giveUp: (reason: Error) => void = () => {}
  const isHeld = new Promise<never>((_, reject) => (giveUp = reject))
  const opened = openDB<Schema>(name, VERSION, {
    upgrade: (database, before, _now, work) => upgrade(database, before, work as Upgrade),
    blocked: () =>
      setTimeout(() => giveUp(new Error("held by another tab")), SECONDS_FOR_OTHER_TABS * 1000),
    blocking: (_before, _now, event) => (event.target as IDBDatabase).close(),
  })
  try {
    return await Promise.race([opened, isHeld])
  } catch (error) {
    opened.then(
      (late) => late.close(),
      () => {},
    )
    throw error
  }
}

async function upgrade(database: IDBPDatabase<Schema>, before: number, work: Upgrade) {
  const key = ["person", "kind", "about"]
  const entries = database.createObjectStore("entries", { keyPath: key })
  entries.createIndex("person", "person")
  if (before === 0) {
    database.createObjectStore("facts")
    return
  }
  const answers = await work.objectStore("answers").getAll()
  answers.sort((a, b) => a.edited_at.localeCompare(b.edited_at))
  for (const [index, answer] of answers.entries()) await entries.put(takeOver(answer, index + 1))
  database.deleteObjectStore("answers")
}

function takeOver(first: FirstEntry, number: number): EntryOf<"answer"> {
  const { course, module, exercise, value, edited_at, ...rest } = first
  return {
    ...rest,
    kind: "answer",
    about: `${course}/${module}/${exercise}`,
    key: newKey(),
    number,
    written_at: edited_at,
    value: { course, module, exercise, value },
    page: null,
  }
}
