/**
 * Joins a page's exercises, the outbox and what the portal knows: which wording is
 * shown, when it is saved, and how its state is told.
 */
import { computed, ref, shallowRef, type Ref, type ShallowRef } from "vue"
import { Outbox, type Entry, type Shelf } from "../outbox"
import { PortalError, type AnswerSaved, type Mine, type MyExercise, type Portal } from "../portal"
import type { ExerciseSlot, SaveState } from "./page-state"

const SECONDS_AFTER_LAST_KEY = 2
const SECONDS_UNTIL_STALE = 30
const SECONDS_UNTIL_ASKED_AGAIN = 3
const RETRY_SECONDS = [2, 5, 10, 20, 30]

interface Slot extends ExerciseSlot {
  timer?: ReturnType<typeof setTimeout>
  /** Written here and not yet in the outbox. */
  unkept: boolean
  keeping: Promise<void> | null
}

export interface ExercisePlace {
  exercise: string
  headingId: string | null
  questionId: string | null
}

export const isBlank = (value: unknown): boolean =>
  value && typeof value === "object" ? Object.values(value).every(isBlank) : !value
const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

export class Answers {
  readonly mine: ShallowRef<Mine | null> = shallowRef(null)
  readonly saveState: Ref<SaveState> = ref({ kind: "new" })
  readonly unsent = ref(0)
  /** True while nobody could be asked what is already written. */
  readonly isUnreachable = ref(false)
  /** True while that takes long. */
  readonly isSlow = ref(false)
  /** Set when a newer wording from another device took the place of this one. */
  readonly replaced = ref(false)
  readonly slots = new Map<string, Slot>()
  private outbox: Outbox | null = null
  private shelf: Promise<Shelf> | null = null
  private loadedAt = 0
  private clockAhead = 0

  constructor(
    private readonly portal: Portal,
    private readonly course: string,
    private readonly module: string,
    private readonly openShelf: () => Promise<Shelf>,
  ) {}

  addExercise(place: ExercisePlace): ExerciseSlot {
    const slot: Slot = {
      ...place,
      value: ref(undefined),
      ready: ref(false),
      state: ref<SaveState>({ kind: "new" }),
      feedback: computed(() => this.mine.value?.exercises[place.exercise]?.feedback ?? null),
      handedIn: computed(() => this.handInThatWaits()),
      write: (value) => this.write(slot, value),
      flush: () => this.flush(slot),
      unkept: false,
      keeping: null,
    }
    this.slots.set(place.exercise, slot)
    return slot
  }

  /** Ask the portal until it answers, then show the newest wording of everything. */
  async start(): Promise<void> {
    this.shelf = this.openShelf()
    const kept = this.showKept()
    for (let failures = 0; ; failures += 1) {
      try {
        await this.load()
        this.isUnreachable.value = false
        return
      } catch (error) {
        if (!(error instanceof PortalError)) throw error
        await kept
        if (error.status === 401) this.tell({ kind: "signed-out" })
        else this.isUnreachable.value = true
        if (error.status && error.status < 500 && !error.retry) return
        await this.pause(RETRY_SECONDS[Math.min(failures, RETRY_SECONDS.length - 1)]!)
      }
    }
  }

  /** Show what this phone knew last; its clock and its epoch are old, and count for nothing. */
  private async showKept(): Promise<void> {
    try {
      const mine = await this.portal.kept.mine(this.course, this.module)
      const shelf = await this.shelf!
      if (this.outbox) return // the portal was quicker
      await this.openOutbox(shelf, mine.person, true)
      if (!this.mine.value) this.show(this.withSent(mine))
    } catch {
      // The portal is asked anyway.
    }
  }

  /** Read again what the portal knows; words not yet sent stay as they are. */
  async reload(): Promise<void> {
    if (this.outbox) await this.load()
  }

  /** Back on the page: another device may have written meanwhile. */
  returnTo(): void {
    void this.outbox?.send()
    if (Date.now() - this.loadedAt > SECONDS_UNTIL_STALE * 1000) this.reload().catch(() => {})
  }

  leave(): void {
    for (const slot of this.slots.values()) clearTimeout(slot.timer)
    this.outbox?.sendLeaving()
  }

  /** Send everything now; true if nothing is left. */
  async settle(): Promise<boolean> {
    for (const slot of this.slots.values()) {
      await this.keep(slot)
      this.outbox?.release(this.course, this.module, slot.exercise)
    }
    await this.outbox?.send()
    return this.unsent.value === 0
  }

  private async load(): Promise<void> {
    const asked = Date.now()
    const mine = await this.ask()
    this.loadedAt = Date.now()
    this.clockAhead = (asked + this.loadedAt) / 2 - Date.parse(mine.server_time)
    const outbox = await this.openOutbox(await this.shelf!, mine.person)
    await outbox.enter(mine.epoch)
    this.show(mine)
    void outbox.send()
  }

  /** Have the queue of this person; two who ask at once get the same, and the portal knows best. */
  private async openOutbox(shelf: Shelf, person: string, isGuess = false): Promise<Outbox> {
    if (this.outbox?.person === person) return this.outbox
    const opened = await Outbox.open(this.portal, shelf, person, (e, s) => this.follow(e, s))
    if (this.outbox && (isGuess || this.outbox.person === person)) return this.outbox
    this.outbox?.close()
    return (this.outbox = opened)
  }

  private show(mine: Mine): void {
    this.mine.value = mine
    for (const slot of this.slots.values()) this.showNewest(slot, mine)
    this.follow(null, null)
  }

  /** A request that a poor network stalled may never end: soon another is made beside it. */
  private async ask(): Promise<Mine> {
    const ask = () => this.portal.mine(this.course, this.module)
    const first = ask()
    const late = this.pause(SECONDS_UNTIL_ASKED_AGAIN).then(() => null)
    const mine = await Promise.race([first, late])
    if (mine) return mine
    this.isSlow.value = this.mine.value === null
    try {
      return await Promise.any([first, ask()])
    } catch (error) {
      throw (error as AggregateError).errors[0]
    } finally {
      this.isSlow.value = false
    }
  }

  private showNewest(slot: Slot, mine: Mine): void {
    const known = mine.exercises[slot.exercise]
    const local = this.outbox?.find(this.course, this.module, slot.exercise)
    slot.ready.value = true
    if (slot.unkept || slot.keeping) return
    if (local && local.state !== "sent" && this.isNewer(local, known))
      slot.value.value = local.value
    else if (known) slot.value.value = known.value ?? undefined
    this.showState(slot)
  }

  /** What was sent from here since `mine` was kept. */
  private withSent(mine: Mine): Mine {
    const exercises = { ...mine.exercises }
    for (const { exercise } of this.slots.values()) {
      const local = this.outbox?.find(this.course, this.module, exercise)
      const known = exercises[exercise]
      if (local?.state !== "sent" || !this.isNewer(local, known)) continue
      const { value, edited_at, device, sequence, saved_at } = local
      const feedback = known?.feedback ?? null
      exercises[exercise] = { value, edited_at, device, sequence, saved_at, feedback }
    }
    return { ...mine, exercises }
  }

  /** Of one device the later number is newer, whatever its clock did meanwhile. */
  private isNewer(local: Entry, known: MyExercise | undefined): boolean {
    if (known?.device === local.device) return local.sequence > (known.sequence ?? -1)
    return this.serverTime(local) > Date.parse(known?.edited_at ?? "0")
  }

  private serverTime(entry: Entry): number {
    return Date.parse(entry.edited_at) - this.clockAhead
  }

  private write(slot: Slot, value: unknown): void {
    slot.value.value = value
    slot.unkept = true
    slot.state.value = { kind: "typing" }
    this.tell({ kind: "typing" })
    void this.keep(slot)
    clearTimeout(slot.timer)
    slot.timer = setTimeout(() => void this.flush(slot), SECONDS_AFTER_LAST_KEY * 1000)
  }

  /** Put the newest words into the outbox; resolves when it has them. */
  private keep(slot: Slot): Promise<void> {
    slot.keeping ??= this.keepAll(slot).finally(() => (slot.keeping = null))
    return slot.keeping
  }

  private async keepAll(slot: Slot): Promise<void> {
    while (slot.unkept && this.outbox) {
      slot.unkept = false
      const value = JSON.parse(JSON.stringify(slot.value.value ?? null)) as unknown
      await this.outbox.put(this.course, this.module, slot.exercise, value)
    }
  }

  private async flush(slot: Slot): Promise<boolean> {
    clearTimeout(slot.timer)
    await this.keep(slot)
    this.outbox?.release(this.course, this.module, slot.exercise)
    await this.outbox?.send()
    const entry = this.outbox?.find(this.course, this.module, slot.exercise)
    return !slot.unkept && (entry?.state ?? "sent") === "sent"
  }

  /** The outbox changed: one entry, or its status alone. */
  private follow(entry: Entry | null, saved: AnswerSaved | null): void {
    const isHere = entry && entry.course === this.course && entry.module === this.module
    const slot = isHere ? this.slots.get(entry.exercise) : undefined
    if (slot && saved) this.takeReceipt(slot, entry!, saved)
    for (const each of this.slots.values()) this.showState(each)
    const waiting = this.outbox?.waiting() ?? []
    this.unsent.value = waiting.length
    this.tell(this.summary(waiting))
  }

  private takeReceipt(slot: Slot, entry: Entry, saved: AnswerSaved): void {
    const isNewestHere = entry.state === "sent" && !slot.unkept && !slot.keeping
    if (saved.kept === "draft" && isNewestHere) {
      slot.value.value = saved.newest.value ?? undefined
      this.replaced.value = true
    }
    const mine = this.mine.value
    if (!mine) return
    const known = mine.exercises[slot.exercise]
    const { value, edited_at, device, sequence } = saved.newest
    const feedback = known?.feedback
      ? { ...known.feedback, changed_since: !isSame(known.feedback.answer, value) }
      : null
    const exercise = { value, edited_at, device, sequence, saved_at: saved.saved_at, feedback }
    this.mine.value = { ...mine, exercises: { ...mine.exercises, [slot.exercise]: exercise } }
    // A first answer is a step more: what is left, and what may be shared, is the server's to say.
    if (isBlank(known?.value) !== isBlank(value)) this.reload().catch(() => {})
  }

  private showState(slot: Slot): void {
    const entry = this.outbox?.find(this.course, this.module, slot.exercise)
    const savedAt = this.mine.value?.exercises[slot.exercise]?.saved_at
    if (entry && entry.state !== "sent") slot.state.value = this.stateOf(entry)
    else if (savedAt) slot.state.value = { kind: "saved", at: savedAt }
    else slot.state.value = { kind: "new" }
  }

  private stateOf(entry: Entry): SaveState {
    if (entry.state === "refused") return { kind: "failed", message: entry.message ?? "" }
    const waiting = this.outbox?.waiting().length ?? 0
    const status = this.outbox?.status ?? "idle"
    if (status === "offline") return { kind: "kept", waiting }
    if (status === "signed-out" || status === "other-person") return { kind: status, waiting }
    return { kind: "saving" }
  }

  private summary(waiting: Entry[]): SaveState {
    const failed = [...this.slots.values()].find((slot) => slot.state.value.kind === "failed")
    if (failed) return failed.state.value
    if (waiting.length) return this.stateOf(waiting[0]!)
    const times = [...this.slots.values()].map((slot) => slot.state.value.at ?? "")
    const at = times.sort().at(-1)
    return at ? { kind: "saved", at } : { kind: "new" }
  }

  private tell(state: SaveState): void {
    this.saveState.value = state
  }

  private handInThatWaits() {
    const last = this.mine.value?.hand_ins.filter((one) => one.state !== "taken-back").at(-1)
    return last && last.state !== "returned" ? last : null
  }

  private pause(seconds: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(go, seconds * 1000)
      function go() {
        clearTimeout(timer)
        removeEventListener("online", go)
        done()
      }
      addEventListener("online", go)
    })
  }
}
