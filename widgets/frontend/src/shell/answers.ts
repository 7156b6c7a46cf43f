/**
 * Joins a page's exercises, the outbox and what the portal knows: which wording is
 * shown, when it is saved, and how its state is told.
 */
import { computed, ref, shallowRef, type Ref, type ShallowRef } from "vue"
import type { Outbox } from "../outbox"
import type { Entry, EntryOf } from "../outbox/entry"
import { PortalError, type AnswerSaved, type Mine, type MyExercise, type Portal } from "../portal"
import type { ExerciseSlot, SaveState } from "./page-state"
import { pause } from "./pause"
import { whereOnPage, type Sending } from "./sending"

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
  readonly unsent: Readonly<Ref<number>>
  /** True while nobody could be asked what is already written. */
  readonly isUnreachable = ref(false)
  /** True while that takes long. */
  readonly isSlow = ref(false)
  /** Set when a newer wording from another device took the place of this one. */
  readonly replaced = ref(false)
  readonly slots = new Map<string, Slot>()
  private outbox: Outbox | null = null
  private loadedAt = 0
  private clockAhead = 0

  constructor(
    private readonly portal: Portal,
    private readonly course: string,
    private readonly module: string,
    private readonly sending: Sending,
  ) {
    this.unsent = sending.unsent
    sending.listen((entry, reply) => this.follow(entry, reply))
  }

  addExercise(place: ExercisePlace): ExerciseSlot {
    const slot: Slot = {
      ...place,
      value: ref(undefined),
      ready: ref(false),
      state: ref<SaveState>({ kind: "new" }),
      feedback: computed(() => this.mine.value?.exercises[place.exercise]?.feedback ?? null),
      handedIn: computed(() => this.handInThatWaits()),
      draft: shallowRef(undefined),
      write: (value) => this.write(slot, value),
      flush: () => this.flush(slot),
      takeDraft: () => this.takeDraft(slot),
      dropDraft: () => void this.dropDraft(slot),
      unkept: false,
      keeping: null,
    }
    this.slots.set(place.exercise, slot)
    return slot
  }

  /** Ask the portal until it answers, then show the newest wording of everything. */
  async start(): Promise<void> {
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
        await pause(RETRY_SECONDS[Math.min(failures, RETRY_SECONDS.length - 1)]!)
      }
    }
  }

  /** Show what this phone knew last; its clock and its epoch are old, and count for nothing. */
  private async showKept(): Promise<void> {
    try {
      const mine = await this.portal.kept.mine(this.course, this.module)
      const outbox = await this.sending.guess(mine.person)
      if (this.outbox || outbox.person !== mine.person) return // the portal was quicker
      this.outbox = outbox
      this.show(this.withSent(mine))
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
    void this.sending.outbox.value?.send()
    if (Date.now() - this.loadedAt > SECONDS_UNTIL_STALE * 1000) this.reload().catch(() => {})
  }

  leave(): void {
    for (const slot of this.slots.values()) clearTimeout(slot.timer)
    this.sending.outbox.value?.sendLeaving()
  }

  /** Send everything now; true if nothing is left. */
  async settle(): Promise<boolean> {
    await this.release()
    return this.sending.settle()
  }

  /** Give to the queue whatever is being written. */
  async release(): Promise<void> {
    for (const slot of this.slots.values()) {
      await this.keep(slot)
      this.outbox?.release("answer", this.aboutOf(slot))
    }
  }

  private async load(): Promise<void> {
    const asked = Date.now()
    const mine = await this.ask()
    this.loadedAt = Date.now()
    this.clockAhead = (asked + this.loadedAt) / 2 - Date.parse(mine.server_time)
    this.outbox = await this.sending.open(mine.person)
    await this.outbox.enter(mine.epoch)
    this.show(mine)
    void this.outbox.send()
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
    const late = pause(SECONDS_UNTIL_ASKED_AGAIN).then(() => null)
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
    const local = this.entryOf(slot)
    slot.ready.value = true
    if (slot.unkept || slot.keeping) return
    if (local && local.state !== "sent" && this.isNewer(local, known))
      slot.value.value = local.value.value
    else if (known) slot.value.value = known.value ?? undefined
    this.showState(slot)
    this.showDraft(slot)
  }

  private aboutOf = (slot: Slot) => `${this.course}/${this.module}/${slot.exercise}`
  private entryOf = (slot: Slot) => this.outbox?.find("answer", this.aboutOf(slot))

  /** What this device sent, where another one's newer wording counts. */
  private showDraft(slot: Slot): void {
    const known = this.mine.value?.exercises[slot.exercise]
    const local = this.entryOf(slot)
    const isOlder = local?.state === "sent" && known?.device && known.device !== local.device
    const value = isOlder ? local.value.value : undefined
    slot.draft.value = isBlank(value) || isSame(value, known?.value) ? undefined : value
  }

  private takeDraft(slot: Slot): void {
    const { value, draft } = slot
    const other = value.value
    this.write(slot, draft.value)
    draft.value = other
  }

  private async dropDraft(slot: Slot): Promise<void> {
    const local = this.entryOf(slot)
    slot.draft.value = undefined
    if (local?.state === "sent") await this.outbox?.drop(local)
  }

  /** What was sent from here since `mine` was kept. */
  private withSent(mine: Mine): Mine {
    const exercises = { ...mine.exercises }
    for (const slot of this.slots.values()) {
      const local = this.entryOf(slot)
      const known = exercises[slot.exercise]
      if (local?.state !== "sent" || !this.isNewer(local, known)) continue
      const { device, sequence, saved_at, written_at: edited_at } = local
      const feedback = known?.feedback ?? null
      const { value } = local.value
      exercises[slot.exercise] = { value, edited_at, device, sequence, saved_at, feedback }
    }
    return { ...mine, exercises }
  }

  /** Of one device the later number is newer, whatever its clock did meanwhile. */
  private isNewer(local: EntryOf<"answer">, known: MyExercise | undefined): boolean {
    if (known?.device === local.device) return local.sequence > (known.sequence ?? -1)
    const writtenAt = Date.parse(local.written_at) - this.clockAhead // by the server's clock
    return writtenAt > Date.parse(known?.edited_at ?? "0")
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
      const { course, module } = this
      const { exercise } = slot
      const answer = { course, module, exercise, value }
      await this.outbox.put("answer", answer, whereOnPage(exercise), true)
    }
  }

  private async flush(slot: Slot): Promise<boolean> {
    clearTimeout(slot.timer)
    await this.keep(slot)
    this.outbox?.release("answer", this.aboutOf(slot))
    await this.outbox?.send()
    return !slot.unkept && (this.entryOf(slot)?.state ?? "sent") === "sent"
  }

  /** The outbox changed: one entry, or its status alone. */
  private follow(entry: Entry | null, reply: unknown): void {
    const slot = entry ? this.slotOf(entry) : undefined
    if (slot && reply) this.takeReceipt(slot, entry as EntryOf<"answer">, reply as AnswerSaved)
    for (const each of this.slots.values()) this.showState(each)
    this.tell(this.summary())
  }

  private slotOf(entry: Entry): Slot | undefined {
    if (entry.kind !== "answer") return undefined
    const { course, module, exercise } = entry.value
    const isHere = course === this.course && module === this.module
    return isHere ? this.slots.get(exercise) : undefined
  }

  private takeReceipt(slot: Slot, entry: EntryOf<"answer">, saved: AnswerSaved): void {
    const isNewestHere = entry.state === "sent" && !slot.unkept && !slot.keeping
    if (saved.kept === "draft" && isNewestHere) {
      slot.value.value = saved.newest.value ?? undefined
      slot.draft.value = entry.value.value
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
    const entry = this.entryOf(slot)
    // another tab may have sent it
    const savedAt = this.mine.value?.exercises[slot.exercise]?.saved_at ?? entry?.saved_at
    if (entry && entry.state !== "sent") slot.state.value = this.stateOf(entry)
    else if (savedAt) slot.state.value = { kind: "saved", at: savedAt }
    else slot.state.value = { kind: "new" }
  }

  private stateOf(entry: Entry): SaveState {
    if (entry.state === "refused") return { kind: "failed", message: entry.message ?? "" }
    return this.sending.state() ?? { kind: "saving" }
  }

  private summary(): SaveState {
    const failed = [...this.slots.values()].find((slot) => slot.state.value.kind === "failed")
    if (failed) return failed.state.value
    const state = this.sending.state()
    if (state) return state
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
}
