/**
 * Joins a page's exercises, the outbox and what the portal knows: when something is shown, when it
 * is saved, and how its state is told. Which of two wordings counts is decided in `wordings.ts`.
 */
import { computed, ref, shallowRef, type Ref, type ShallowRef } from "vue"
import { openAnew } from "../offline/leaving"
import type { Outbox } from "../outbox"
import type { Entry, EntryOf } from "../outbox/entry"
import { asPortalError } from "../outbox/patience"
import type { AnswerSaved, Mine, Portal } from "../portal"
import { askBeside } from "./asking"
import type { ExerciseSlot, SaveState } from "./page-state"
import { pause } from "./pause"
import { whereOnPage, type Sending } from "./sending"
import { handInThatWaits, isBlank, isNewer, olderWording, withReceipt, withSent } from "./wordings"

const SECONDS_AFTER_LAST_KEY = 2
const SECONDS_UNTIL_STALE = 30
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
      handedIn: computed(() => handInThatWaits(this.mine.value)),
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
        const { status, retry } = asPortalError(error)
        await kept
        if (status === 401) this.tell({ kind: "signed-out" })
        else this.isUnreachable.value = true
        if (status && status < 500 && !retry) return
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
      this.showWithSent(mine)
    } catch {
      // The portal is asked anyway.
    }
  }

  /** Read again what the portal knows; words not yet sent stay as they are. */
  async reload(): Promise<void> {
    if (this.outbox) await this.load()
  }

  /** Back on the page: another tab or another device may have written meanwhile. */
  async returnTo(): Promise<void> {
    const outbox = this.sending.outbox.value
    await outbox?.lookAgain().catch(() => {})
    if (this.mine.value) this.showWithSent(this.mine.value)
    void outbox?.send()
    if (Date.now() - this.loadedAt > SECONDS_UNTIL_STALE * 1000) this.reload().catch(() => {})
  }

  leave(): void {
    for (const slot of this.slots.values()) clearTimeout(slot.timer)
    void this.release()
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
    const mine = await askBeside(
      () => this.portal.mine(this.course, this.module),
      (isSlow) => (this.isSlow.value = isSlow && this.mine.value === null),
    )
    if (this.outbox && this.outbox.person !== mine.person) return this.giveWay()
    this.loadedAt = Date.now()
    this.clockAhead = (asked + this.loadedAt) / 2 - Date.parse(mine.server_time)
    this.outbox = await this.sending.open(mine.person)
    await this.outbox.enter(mine.epoch)
    this.show(mine)
    void this.outbox.send()
  }

  /** Somebody else is signed in by now: what is written here stays hers, what is shown goes. */
  private async giveWay(): Promise<void> {
    await this.release()
    openAnew()
  }

  /** Show also what was sent since, from here or another tab. */
  private showWithSent(mine: Mine): void {
    this.show(withSent(mine, this.localAnswers(), this.clockAhead))
  }

  private show(mine: Mine): void {
    this.mine.value = mine
    for (const slot of this.slots.values()) this.showNewest(slot, mine)
    this.follow(null, null)
  }

  private showNewest(slot: Slot, mine: Mine): void {
    const known = mine.exercises[slot.exercise]
    const local = this.entryOf(slot)
    slot.ready.value = true
    if (slot.unkept || slot.keeping) return
    if (local && local.state !== "sent" && isNewer(local, known, this.clockAhead))
      slot.value.value = local.value.value
    else if (known) slot.value.value = known.value ?? undefined
    this.showState(slot)
    slot.draft.value = olderWording(local, known)
  }

  private aboutOf = (slot: Slot) => `${this.course}/${this.module}/${slot.exercise}`
  private entryOf = (slot: Slot) => this.outbox?.find("answer", this.aboutOf(slot))
  private localAnswers = () =>
    [...this.slots.values()].map(this.entryOf).filter((entry) => entry !== undefined)

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
    const before = mine.exercises[slot.exercise]?.value
    this.mine.value = withReceipt(mine, slot.exercise, saved)
    // A first answer is a step more: what is left, and what may be shared, is the server's to say.
    if (isBlank(before) !== isBlank(saved.newest.value)) this.reload().catch(() => {})
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
}
