/**
 * The browser's queue of answers. What is written goes into IndexedDB at once and to
 * the server later; it leaves the queue only when the server has said 200.
 *
 * One entry per (person, module, exercise): the newest wording on this device. Each
 * wording has a sequence number of its own, so sending it twice does no harm. A person
 * sees only her own entries. What was sent stays, in case the server loses its newest.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb"
import { newKey } from "./kept"
import { PortalError, type AnswerSaved, type Portal } from "./portal"

export interface Entry {
  person: string
  course: string
  module: string
  exercise: string
  device: string
  sequence: number
  /** When it was written, by this device's clock. */
  edited_at: string
  value: unknown
  state: "waiting" | "sent" | "refused"
  saved_at: string | null
  /** Why the server refused it. */
  message: string | null
}

/** `offline`: the last try failed, another follows. `signed-out`, `other-person`: a human must act. */
export type OutboxStatus = "idle" | "sending" | "offline" | "signed-out" | "other-person"

interface Schema extends DBSchema {
  answers: { key: [string, string, string, string]; value: Entry; indexes: { person: string } }
  facts: { key: string; value: string }
}

/** Where entries are kept: IndexedDB, or memory where a browser forbids it. */
export interface Shelf {
  device(): Promise<string>
  /** The epoch of the server when this person's answers were last with it. */
  epoch(person: string): Promise<string>
  keepEpoch(person: string, epoch: string): Promise<void>
  all(person: string): Promise<Entry[]>
  get(entry: Place): Promise<Entry | undefined>
  /** Replace an entry by what `change` makes of it, as one step even between tabs. */
  change(place: Place, change: (old: Entry | undefined) => Entry | null): Promise<Entry | null>
}

export type Place = Pick<Entry, "person" | "course" | "module" | "exercise">

const keyOf = (place: Place): [string, string, string, string] => [
  place.person,
  place.course,
  place.module,
  place.exercise,
]

class DatabaseShelf implements Shelf {
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

  all = (person: string) => this.database.getAllFromIndex("answers", "person", person)
  get = (place: Place) => this.database.get("answers", keyOf(place))

  async change(place: Place, change: (old: Entry | undefined) => Entry | null) {
    const work = this.database.transaction("answers", "readwrite")
    const entry = change(await work.store.get(keyOf(place)))
    if (entry) await work.store.put(entry)
    await work.done
    return entry
  }
}

class MemoryShelf implements Shelf {
  private readonly entries = new Map<string, Entry>()
  private readonly id = newKey()
  private readonly epochs = new Map<string, string>()

  device = async () => this.id
  epoch = async (person: string) => this.epochs.get(person) ?? ""
  keepEpoch = async (person: string, epoch: string) => void this.epochs.set(person, epoch)
  all = async (person: string) => [...this.entries.values()].filter((e) => e.person === person)
  get = async (place: Place) => this.entries.get(keyOf(place).join("\n"))

  async change(place: Place, change: (old: Entry | undefined) => Entry | null) {
    const entry = change(this.entries.get(keyOf(place).join("\n")))
    if (entry) this.entries.set(keyOf(place).join("\n"), entry)
    return entry
  }
}

/** Open the queue that this browser keeps between visits. */
export async function openShelf(name = "pathshala"): Promise<Shelf> {
  try {
    const database = await openDB<Schema>(name, 1, {
      upgrade(db) {
        const key = ["person", "course", "module", "exercise"]
        db.createObjectStore("answers", { keyPath: key }).createIndex("person", "person")
        db.createObjectStore("facts")
      },
    })
    return new DatabaseShelf(database)
  } catch {
    return new MemoryShelf()
  }
}

const PAUSES_SECONDS = [2, 4, 8, 15, 30, 60]
// Signed in, but a password or a trainer stands in between: the sign-in link leads there.
const AT_THE_DOOR = new Set(["not-let-in", "password-is-temporary"])
const DAYS_TO_SEND_AGAIN = 7
/** A save that takes longer than this is told as "kept", though it may still arrive. */
const SECONDS_UNTIL_SLOW = 2

export class Outbox {
  status: OutboxStatus = "idle"
  private entries = new Map<string, Entry>()
  /** Keys of what is being written right now: kept here, sent when its writer pauses. */
  private held = new Set<string>()
  private failures = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private flight: Promise<void> | null = null

  private constructor(
    private readonly portal: Portal,
    private readonly shelf: Shelf,
    readonly person: string,
    private readonly device: string,
    private readonly onChange: (entry: Entry | null, saved: AnswerSaved | null) => void,
  ) {}

  static async open(
    portal: Portal,
    shelf: Shelf,
    person: string,
    onChange: (entry: Entry | null, saved: AnswerSaved | null) => void = () => {},
  ): Promise<Outbox> {
    const outbox = new Outbox(portal, shelf, person, await shelf.device(), onChange)
    for (const entry of await shelf.all(person)) outbox.remember(entry)
    return outbox
  }

  /**
   * The server is in this epoch. Another one than before: it lives from a copy, and what it
   * said was saved may be gone, so the newest of it waits again. What it has, it keeps once.
   */
  async enter(epoch: string): Promise<void> {
    if ((await this.shelf.epoch(this.person)) === epoch) return
    const since = Date.now() - DAYS_TO_SEND_AGAIN * 24 * 3600 * 1000
    for (const entry of this.entries.values()) {
      if (Date.parse(entry.edited_at) < since) continue
      const again = await this.change(entry, (old) =>
        old?.state === "sent" ? { ...old, state: "waiting" } : (old ?? null),
      )
      if (again) this.remember(again)
    }
    await this.shelf.keepEpoch(this.person, epoch)
  }

  find(course: string, module: string, exercise: string): Entry | undefined {
    return this.entries.get(keyOf({ person: this.person, course, module, exercise }).join("\n"))
  }

  /** Everything not yet with the server, oldest first. */
  waiting(): Entry[] {
    return [...this.entries.values()]
      .filter((entry) => entry.state === "waiting")
      .sort((a, b) => a.edited_at.localeCompare(b.edited_at))
  }

  /** Keep a new wording, and hold it until `release`. Resolves when this browser has it. */
  async put(course: string, module: string, exercise: string, value: unknown): Promise<Entry> {
    const place = { person: this.person, course, module, exercise }
    const entry = await this.change(place, (old) => ({
      ...place,
      device: this.device,
      sequence: (old?.sequence ?? 0) + 1,
      edited_at: new Date().toISOString(),
      value,
      state: "waiting",
      saved_at: old?.saved_at ?? null,
      message: null,
    }))
    this.held.add(keyOf(place).join("\n"))
    this.remember(entry!)
    this.onChange(entry, null)
    return entry!
  }

  /** The writer paused: this may be sent. */
  release(course: string, module: string, exercise: string): void {
    this.held.delete(keyOf({ person: this.person, course, module, exercise }).join("\n"))
  }

  /** Send what waits, in order. Resolves when all is sent or a try has failed. */
  send(): Promise<void> {
    clearTimeout(this.timer)
    this.flight ??= this.sendAll().finally(() => (this.flight = null))
    return this.flight
  }

  /** Send on the way out: the page may be gone before the reply. */
  sendLeaving(): void {
    for (const entry of this.waiting()) {
      this.save(entry, true)
        .then((saved) => this.settle(entry, saved))
        .catch(() => {})
    }
  }

  close(): void {
    clearTimeout(this.timer)
  }

  private async sendAll(): Promise<void> {
    let next: Entry | undefined
    while ((next = this.waiting().find((one) => !this.held.has(keyOf(one).join("\n"))))) {
      const entry = next
      const slow = setTimeout(() => this.become("offline"), SECONDS_UNTIL_SLOW * 1000)
      if (this.failures === 0) this.become("sending")
      try {
        const saved = await this.save(entry, false)
        this.failures = 0
        await this.settle(entry, saved)
      } catch (error) {
        if (!(await this.handleFailure(entry, error as PortalError))) return
      } finally {
        clearTimeout(slow)
      }
    }
    this.become("idle")
  }

  private save(entry: Entry, leaving: boolean): Promise<AnswerSaved> {
    const { course, module, exercise, person, device, sequence, edited_at, value } = entry
    const sent_at = new Date().toISOString()
    const answer = { person, device, sequence, edited_at, sent_at, value }
    return this.portal.saveAnswer(course, module, exercise, answer, leaving)
  }

  /** The server has this wording; a newer one, written meanwhile, goes on waiting. */
  private async settle(entry: Entry, saved: AnswerSaved): Promise<void> {
    const now = await this.change(entry, (old) =>
      old && old.sequence === entry.sequence
        ? { ...old, state: "sent", saved_at: saved.saved_at }
        : (old ?? null),
    )
    if (now) this.remember(now)
    this.onChange(now ?? entry, saved)
  }

  /** Return whether to go on with the next entry. */
  private async handleFailure(entry: Entry, error: PortalError): Promise<boolean> {
    if (!(error instanceof PortalError)) throw error
    if (error.status === 401 || AT_THE_DOOR.has(error.code)) return this.stop("signed-out")
    if (error.code === "other-person") return this.stop("other-person")
    if (error.retry || error.status === 0 || error.status >= 500) return this.waitAndRetry(error)
    if (error.code === "answer-key-reused") {
      await this.put(entry.course, entry.module, entry.exercise, entry.value)
      this.release(entry.course, entry.module, entry.exercise)
      return true
    }
    const refused = await this.change(entry, (old) =>
      old && old.sequence === entry.sequence
        ? { ...old, state: "refused", message: error.message }
        : (old ?? null),
    )
    if (refused) this.remember(refused)
    this.onChange(refused, null)
    return true
  }

  private stop(status: OutboxStatus): false {
    this.become(status)
    return false
  }

  private waitAndRetry(error: PortalError): false {
    const usual = PAUSES_SECONDS[Math.min(this.failures, PAUSES_SECONDS.length - 1)]!
    const pause = Math.max(usual, Number(error.facts.seconds) || 0) // 429 says how long
    this.failures += 1
    this.timer = setTimeout(() => void this.send(), pause * (800 + Math.random() * 400))
    return this.stop("offline")
  }

  /** Where the browser refuses to keep more, words wait in memory and go to the server from there. */
  private async change(place: Place, change: Parameters<Shelf["change"]>[1]) {
    try {
      return await this.shelf.change(place, change)
    } catch {
      return change(this.entries.get(keyOf(place).join("\n")))
    }
  }

  private become(status: OutboxStatus): void {
    this.status = status
    this.onChange(null, null)
  }

  private remember(entry: Entry): void {
    this.entries.set(keyOf(entry).join("\n"), entry)
  }
}
