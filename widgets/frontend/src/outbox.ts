/**
 * The browser's queue of what a teacher sends. It goes into IndexedDB at once and to the server
 * later; it leaves the queue only when the server has said 200. A person sees only her own.
 *
 * In order, one after the other: the oldest first, but nothing before what it follows
 * (`outbox/kinds`). What the server refuses is set aside and says why; what it stumbles over
 * lets the others pass. Each wording has a key and a number of its own, so that sending it twice does no harm.
 */
import { newKey } from "./kept"
import { takeWishes } from "./outbox/first-wishes"
import { placeOf, type Entry, type KindName, type Values } from "./outbox/entry"
import { kindOf } from "./outbox/kinds"
import { Entries, isSame } from "./outbox/entries"
import { asPortalError, Patience } from "./outbox/patience"
import type { Shelf } from "./outbox/shelf"
import { Thrown } from "./outbox/thrown"
import { NotWanted, Trip } from "./outbox/trip"
import type { Portal, PortalError } from "./portal"

/** `offline`: the last try failed, another follows. `signed-out`, `other-person`: a human must act. */
export type OutboxStatus = "idle" | "sending" | "offline" | "signed-out" | "other-person"

/** Hears of an entry that changed, with the server's reply if that was why; or of the status. */
export type Listener = (entry: Entry | null, reply: unknown) => void

// Signed in, but a password or a trainer stands in between: the sign-in link leads there.
const AT_THE_DOOR = new Set(["not-let-in", "password-is-temporary"])
const DAYS_TO_SEND_AGAIN = 7
/** A save that takes longer than this is told as "kept", though it may still arrive. */
const SECONDS_UNTIL_SLOW = 2

/** Thrown away and written again, another one counts from the beginning. */
const isWaitingStill = (now: Entry, sent: Entry) =>
  now.state === "waiting" && now.key === sent.key && now.sequence === sent.sequence

export class Outbox {
  status: OutboxStatus = "idle"
  /** When the next try is, after one that failed. */
  retryAt: number | null = null
  private readonly entries: Entries
  /** What is being written right now: kept here, sent when its writer pauses. */
  private held = new Set<string>()
  /** What is told bit by bit, and when the next bit may go. */
  private pausedUntil = new Map<string, number>()
  private listeners = new Set<Listener>()
  private readonly patience = new Patience()
  private readonly thrown: Thrown
  private trip: Trip | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private flight: Promise<void> | null = null

  private constructor(
    private readonly portal: Portal,
    private readonly shelf: Shelf,
    readonly person: string,
    private readonly device: string,
  ) {
    this.entries = new Entries(shelf, person)
    this.thrown = new Thrown(portal)
  }

  static async open(portal: Portal, shelf: Shelf, person: string): Promise<Outbox> {
    const outbox = new Outbox(portal, shelf, person, await shelf.device())
    await outbox.entries.load()
    if (shelf.isLasting) await takeWishes(person, (entry) => outbox.takeOver(entry))
    return outbox
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /**
   * The server is in this epoch. Another one than before: it lives from a copy, and what it
   * said was saved may be gone, so the newest of it waits again. What it has, it keeps once.
   */
  async enter(epoch: string): Promise<void> {
    if ((await this.shelf.epoch(this.person)) === epoch) return
    const since = Date.now() - DAYS_TO_SEND_AGAIN * 24 * 3600 * 1000
    for (const entry of this.entries.all()) {
      if (Date.parse(entry.written_at) < since) continue
      await this.entries.change(entry, (old) =>
        old?.state === "sent" ? { ...old, state: "waiting" } : old,
      )
    }
    await this.shelf.keepEpoch(this.person, epoch).catch(() => {}) // no room: it is done again
  }

  find<K extends KindName>(kind: K, about: string): Extract<Entry, { kind: K }> | undefined {
    const found = this.entries.get({ person: this.person, kind, about })
    return found?.state === "dropped" ? undefined : (found as Extract<Entry, { kind: K }>)
  }

  /** Everything that is not with the server, refused things too, oldest first. */
  unsettled(): Entry[] {
    return this.entries.unsettled()
  }

  /** What a person made and the server does not have yet, though it may; oldest first. */
  waiting(): Entry[] {
    return this.unsettled().filter(({ kind, state }) => state === "waiting" && kindOf(kind).isWork)
  }

  /** What is on its way right now, by its key. */
  get keyOnTheWay(): string | null {
    return this.trip?.entry.key ?? null
  }

  /** Whether this browser has it beyond this page: not where its storage is full or forbidden. */
  isLasting = (entry: Entry) => this.entries.isLasting(entry)

  /** What must be with the server before this one. */
  blockerOf(entry: Entry): Entry | undefined {
    const { follows } = kindOf(entry.kind)
    return follows && this.unsettled().find((other) => follows(entry.value, other))
  }

  /** Keep something new; held, it waits until `release`. Resolves when this browser has it. */
  async put<K extends KindName>(
    kind: K,
    value: Values[K],
    page: Entry["page"] = null,
    isHeld = false,
  ): Promise<Entry> {
    const { about, join } = kindOf(kind)
    const key = newKey()
    const place = { person: this.person, kind, about: about(value, key) }
    if (isHeld) this.held.add(placeOf(place))
    const entry = await this.entries.change(place, (old) => {
      const waits = old?.state === "waiting" ? (old.value as Values[K]) : undefined
      const whole = waits && join ? join(waits, value) : value
      if (old && waits && isSame(waits, whole)) return old
      return {
        ...place,
        key,
        device: this.device,
        sequence: (old?.sequence ?? 0) + 1,
        number: this.entries.nextNumber(),
        written_at: new Date().toISOString(),
        value: whole,
        page: page ?? old?.page ?? null,
        state: "waiting",
        saved_at: old?.saved_at ?? null,
        message: null,
      } as Entry
    })
    this.tell(entry!, null)
    return entry!
  }

  /** See what other tabs have written or sent meanwhile, and help them. */
  async lookAgain(): Promise<void> {
    await this.entries.load()
    this.tell(null, null)
    if (this.status === "idle" && this.waiting().length) void this.send()
  }

  /** The writer paused: this may be sent. */
  release(kind: KindName, about: string): void {
    this.held.delete(placeOf({ person: this.person, kind, about }))
  }

  /**
   * Throw something away. What is on its way goes no further, and what the server has taken by
   * then is taken back. Resolves when that is known: false where it is with the server.
   */
  async drop(entry: Entry): Promise<boolean> {
    const { husk } = kindOf(entry.kind)
    const before = this.trip
    this.thrown.add(entry)
    const left = await this.entries.change(entry, (old) => {
      if (!old || !husk) return undefined
      return { ...old, state: "dropped", value: husk(old.value as never) } as Entry
    })
    this.tell(left ?? { ...entry, state: "dropped" }, null)
    const trip = [before, this.trip].find((one) => one?.entry.key === entry.key)
    trip?.stop()
    await trip?.end
    return !trip?.isThere
  }

  /** Undo that, or try again what was refused; nothing newer is overwritten. */
  async putBack(entry: Entry): Promise<void> {
    if (this.keyOnTheWay === entry.key) await this.trip?.end
    const waiting = { ...this.thrown.putBack(entry), state: "waiting", message: null } as Entry
    const now = await this.entries.change(entry, (old) =>
      old && (old.key !== entry.key || old.sequence > entry.sequence || old.state === "sent")
        ? old
        : waiting,
    )
    this.tell(now!, null)
  }

  /** Send what waits, in order. Resolves when all is sent or a try has failed. */
  send(): Promise<void> {
    clearTimeout(this.timer)
    this.flight ??= this.sendAll().finally(() => (this.flight = null))
    return this.flight
  }

  /** Send on the way out: the page may be gone before the reply. */
  sendLeaving(): void {
    const free = this.unsettled().filter((one) => one.state === "waiting" && !this.blockerOf(one))
    for (const entry of free) {
      this.deliver(this.tripOf(entry, true)).then(
        (reply) => this.settle(entry, reply),
        () => {},
      )
    }
  }

  close(): void {
    clearTimeout(this.timer)
    this.listeners.clear()
  }

  private async sendAll(): Promise<void> {
    this.retryAt = null
    await this.entries.keepLate()
    let entry: Entry | undefined
    while ((entry = await this.next())) {
      const trip = (this.trip = this.tripOf(entry, false))
      const going = (trip.end = this.go(trip))
      const goesOn = await going
      this.trip = null
      if (!goesOn) return this.tell(null, null)
    }
    this.become("idle")
    this.planNextBit()
  }

  /** Bring one to the server; return whether to go on with the next. */
  private async go(trip: Trip): Promise<boolean> {
    const { entry } = trip
    const slow = setTimeout(() => this.become("offline"), SECONDS_UNTIL_SLOW * 1000)
    this.become(this.patience.isFresh() ? "sending" : this.status)
    try {
      const reply = await this.deliver(trip)
      this.patience.regain(entry)
      trip.isThere = await this.settle(entry, reply)
      return true
    } catch (error) {
      if (error instanceof NotWanted || trip.signal.aborted) return true
      return await this.handleFailure(entry, asPortalError(error))
    } finally {
      clearTimeout(slow)
    }
  }

  private tripOf(entry: Entry, isLeaving: boolean): Trip {
    return new Trip(entry, isLeaving, (one) => this.entries.isChanged(one))
  }

  private deliver(trip: Trip): Promise<unknown> {
    return kindOf(trip.entry.kind).send(this.portal, trip.entry as never, trip)
  }

  /** The oldest that may go; another tab may have sent it, or written it anew. */
  private async next(): Promise<Entry | undefined> {
    for (;;) {
      const entry = this.patience.pick(this.unsettled().filter((one) => this.isDue(one)))
      if (!entry || !(await this.entries.isChanged(entry))) return entry
      this.tell(this.entries.get(entry) ?? { ...entry, state: "sent" }, null)
    }
  }

  private isDue(entry: Entry): boolean {
    const place = placeOf(entry)
    if (entry.state !== "waiting" || this.held.has(place)) return false
    return (this.pausedUntil.get(place) ?? 0) <= Date.now() && !this.blockerOf(entry)
  }

  private planNextBit(): void {
    const times = [...this.pausedUntil.values()].filter((time) => time > Date.now())
    if (!times.length) return
    this.timer = setTimeout(() => void this.send(), Math.min(...times) - Date.now())
  }

  /**
   * The server has this wording; a newer one, written meanwhile, goes on waiting. Return whether
   * the server keeps it: not what was thrown away here meanwhile.
   */
  private async settle(entry: Entry, reply: unknown): Promise<boolean> {
    const left = await this.thrown.takeBack(entry, reply)
    if (left) {
      this.tell({ ...entry, state: "dropped" }, left)
      return false
    }
    const { husk, rest } = kindOf(entry.kind)
    const more = rest?.(entry.value as never, reply as never)
    const saved_at = (reply as { saved_at?: string } | null)?.saved_at ?? new Date().toISOString()
    const sent = { ...entry, state: "sent", saved_at } as Entry
    if (more) this.pausedUntil.set(placeOf(entry), Date.now() + more.seconds * 1000)
    const now = await this.entries.change(entry, (old) => {
      if (!old || !isWaitingStill(old, entry)) return old
      if (more) return { ...old, value: more.value } as Entry
      return husk ? sent : undefined
    })
    this.tell(now ?? sent, reply)
    return true
  }

  /** Return whether to go on with the next entry. */
  private async handleFailure(entry: Entry, error: PortalError): Promise<boolean> {
    if (error.status === 401 || AT_THE_DOOR.has(error.code)) return this.stop("signed-out")
    if (error.code === "other-person") return this.stop("other-person")
    if (error.retry || error.status === 0 || error.status >= 500)
      return this.retryAfter(entry, error)
    const isReused = error.code === "answer-key-reused"
    const now = await this.entries.change(entry, (old) => {
      if (!old || !isWaitingStill(old, entry)) return old
      if (isReused) return { ...old, sequence: old.sequence + 1 }
      if (!kindOf(old.kind).isWork) return undefined
      return { ...old, state: "refused", message: error.message }
    })
    this.tell(now ?? { ...entry, state: "dropped" }, null)
    return true
  }

  private stop(status: OutboxStatus): false {
    this.become(status)
    return false
  }

  private retryAfter(entry: Entry, error: PortalError): false {
    const milliseconds = this.patience.lose(entry, error)
    this.retryAt = Date.now() + milliseconds
    this.timer = setTimeout(() => void this.send(), milliseconds)
    return this.stop("offline")
  }

  /** Keep what an older release kept elsewhere, unless there is something newer; true once it lasts. */
  private async takeOver(
    wish: Pick<Entry, "kind" | "value" | "key" | "written_at">,
  ): Promise<boolean> {
    const about = kindOf(wish.kind).about(wish.value as never, wish.key)
    const rest = { device: this.device, sequence: 1, number: this.entries.nextNumber(), page: null }
    const state = { state: "waiting", saved_at: null, message: null }
    const entry = { person: this.person, about, ...wish, ...rest, ...state } as Entry
    await this.entries.change(entry, (old) => old ?? entry)
    return this.isLasting(entry)
  }

  private become(status: OutboxStatus): void {
    this.status = status
    this.tell(null, null)
  }

  private tell(entry: Entry | null, reply: unknown): void {
    for (const listener of [...this.listeners]) listener(entry, reply)
  }
}
