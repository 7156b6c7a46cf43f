/**
 * The outbox of whoever is on this page, as all its components see it. It is opened when it is
 * known who that is: the portal says so, or, with no network, this browser remembers.
 */
import { computed, ref, shallowRef, type Ref, type ShallowRef } from "vue"
import { personHere } from "../offline/person"
import { Outbox, type Listener, type OutboxStatus } from "../outbox"
import type { Entry, KindName, Values } from "../outbox/entry"
import { kindOf } from "../outbox/kinds"
import type { Shelf } from "../outbox/shelf"
import { PortalError, type Portal } from "../portal"
import type { SaveState } from "./page-state"

/** `blocked`: something else must be with the server first. */
export type Phase =
  "resting" | "sending" | "waiting" | "blocked" | "signed-out" | "other-person" | "refused"

/** Where one entry stands; `isLasting`: this phone has it beyond this page. */
export interface Way {
  phase: Phase
  isLasting: boolean
}

export class Sending {
  readonly outbox: ShallowRef<Outbox | null> = shallowRef(null)
  /** All that is not with the server, oldest first. */
  readonly entries: ShallowRef<Entry[]> = shallowRef([])
  readonly status: Ref<OutboxStatus> = ref("idle")
  readonly retryAt: Ref<number | null> = ref(null)
  /** What is on its way right now, by its key. */
  readonly keyOnTheWay: Ref<string | null> = ref(null)
  /** How many things that a person made are not with the server yet. */
  readonly unsent = computed(() => this.work("waiting").length + this.work("refused").length)
  /** What this page alone has, by its key. */
  private readonly unkept: ShallowRef<ReadonlySet<string>> = shallowRef(new Set())
  private opened: { person: string; outbox: Promise<Outbox> } | null = null
  private readonly listeners = new Set<Listener>()

  constructor(
    private readonly portal: Portal,
    private readonly openShelf: () => Promise<Shelf>,
  ) {}

  /** The outbox of this person; that of another one before is closed. */
  open(person: string): Promise<Outbox> {
    if (this.opened?.person !== person) {
      this.outbox.value?.close()
      const outbox = this.openNew(person)
      this.opened = { person, outbox }
      outbox.catch(() => {
        if (this.opened?.outbox === outbox) this.opened = null // it may be tried again
      })
    }
    return this.opened!.outbox
  }

  /** The outbox of whom this browser takes to be here; of another one, if that is known better. */
  guess(person: string): Promise<Outbox> {
    return this.opened?.outbox ?? this.open(person)
  }

  /** The outbox of whoever is signed in; with no network, of whoever was last. */
  async openHere(): Promise<Outbox> {
    if (this.opened) return this.opened.outbox
    try {
      return await this.open((await this.portal.me()).id)
    } catch (error) {
      const { status } = error as PortalError
      const last = personHere()
      if (!last || (status > 0 && status < 500)) throw error
      return this.guess(last)
    }
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Keep something of this page, and send it; resolves when this browser has it. */
  async put<K extends KindName>(kind: K, value: Values[K]): Promise<Entry> {
    const outbox = await this.openHere()
    const entry = await outbox.put(kind, value, whereOnPage())
    void outbox.send()
    return entry
  }

  /** Send everything now; true if nothing is left. */
  async settle(): Promise<boolean> {
    await this.outbox.value?.send()
    return this.unsent.value === 0
  }

  /** Where all that is not with the server stands; null if it has everything. */
  state(): SaveState | null {
    const waiting = this.work("waiting")
    const refused = this.work("refused").length
    if (!waiting.length) return refused ? { kind: "refused", waiting: refused } : null
    const status = this.status.value
    const { outbox } = this
    const isHeld = status === "idle" || status === "sending"
    if (!isHeld && !waiting.every((one) => outbox.value?.isLasting(one)))
      return { kind: "unkept", waiting: waiting.length }
    if (status === "signed-out" || status === "other-person")
      return { kind: status, waiting: waiting.length }
    const isHeldUp = waiting.every((one) => outbox.value?.blockerOf(one)?.state === "refused")
    if (status === "offline" || isHeldUp) return { kind: "kept", waiting: waiting.length }
    return { kind: "saving" }
  }

  /** Where one entry stands; none: nothing is on its way. */
  wayOf(entry: Entry | undefined): Way {
    if (!entry) return { phase: "resting", isLasting: true }
    return { phase: this.phaseOf(entry), isLasting: !this.unkept.value.has(entry.key) }
  }

  private phaseOf(entry: Entry): Phase {
    if (entry.state === "refused") return "refused"
    const status = this.status.value
    if (status === "signed-out" || status === "other-person") return status
    if (status === "offline") return "waiting"
    return this.outbox.value?.blockerOf(entry) ? "blocked" : "sending"
  }

  private work(state: Entry["state"]): Entry[] {
    return this.entries.value.filter((one) => one.state === state && kindOf(one.kind).isWork)
  }

  private async openNew(person: string): Promise<Outbox> {
    const outbox = await Outbox.open(this.portal, await this.openShelf(), person)
    if (this.opened?.person !== person) return outbox // another one came meanwhile
    const look = () => {
      this.entries.value = outbox.unsettled()
      const unkept = this.entries.value.filter((one) => !outbox.isLasting(one))
      this.unkept.value = new Set(unkept.map(({ key }) => key))
      this.status.value = outbox.status
      this.retryAt.value = outbox.retryAt
      this.keyOnTheWay.value = outbox.keyOnTheWay
    }
    outbox.listen((entry, reply) => {
      look()
      for (const listener of [...this.listeners]) listener(entry, reply)
    })
    this.outbox.value = outbox
    look()
    return outbox
  }
}

/** Where something is written, for whoever asks later what waits. */
export function whereOnPage(exercise = ""): Entry["page"] {
  const title = document.querySelector("h1")?.textContent?.trim() ?? document.title
  return { title, path: location.pathname + (exercise && `#${exercise}`) }
}
