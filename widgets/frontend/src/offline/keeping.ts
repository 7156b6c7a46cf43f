/**
 * Keeps modules on this phone: the page, its pictures and captions, and its films in the chosen size.
 * One module after the other, in one tab; what stops goes on where it was.
 */
import type { Portal } from "../portal"
import { PortalError } from "../portal/line"
import type { ClipFile } from "../components/clip-choice"
import { dropFilm, dropLast, keepPiece, missingPieces, rangeOf } from "./films"
import { pageKey } from "./names"
import { dropPage, keepForGood, NotGiven } from "./pages"
import {
  changeKept,
  dropKept,
  findKeptModule,
  isToCome,
  isToLookAt,
  isAnybodys,
  keptOf,
  putKept,
  type Kept,
  type KeptFile,
  type Problem,
} from "./phone"
import { findRoom, FOR_WRITING_BYTES } from "./room"

const MINUTES_OF_ADDRESSES = 8 // the portal signs them for ten
const LOCK = "pathshala keeping"
const NEWS = "pathshala keeping"

/** What somebody asks for; `bytes` as the portal told them. */
export type Wish = Pick<
  Kept,
  "person" | "course" | "module" | "course_title" | "title" | "language" | "films" | "bytes"
>

/** Hear of each change, in whichever tab; returns how to stop. */
export function onKeptChange(act: () => void): () => void {
  const channel = new BroadcastChannel(NEWS)
  channel.onmessage = act
  return () => channel.close()
}

function tell(): void {
  const channel = new BroadcastChannel(NEWS)
  channel.postMessage(null)
  channel.close()
}

export async function ask(portal: Portal, root: string, wishes: Wish[]): Promise<void> {
  for (const wish of wishes) {
    const old = await findKeptModule(wish)
    await putKept({
      ...wish,
      state: "waiting",
      problem: "",
      files: [],
      here: 0,
      asked_at: Date.now(),
      looked_at: Date.now(),
    })
    if (old && old.films !== wish.films) await dropUnwanted(old.files)
  }
  tell()
  await goOn(portal, root, wishes[0]?.person ?? "")
}

/** Stop fetching these; what is here of them stays. */
export async function pause(all: Kept[]): Promise<void> {
  // those that wait first: none begins because another one stops
  const isBegun = ({ state }: Kept) => Number(state === "loading")
  for (const one of [...all].sort((a, b) => isBegun(a) - isBegun(b))) {
    await changeKept(one, (old) => (isToCome(old) ? { ...old, state: "paused" } : old))
  }
  tell()
}

export async function resume(portal: Portal, root: string, all: Kept[]): Promise<void> {
  for (const one of all) {
    await changeKept(one, (old) =>
      old.state === "paused" || old.state === "stopped"
        ? { ...old, state: "waiting", problem: "" }
        : old,
    )
  }
  tell()
  await goOn(portal, root, all[0]?.person ?? "")
}

export async function remove(root: string, all: Kept[]): Promise<void> {
  for (const kept of all) await dropKept(kept)
  for (const kept of all) {
    await dropPage(root, kept.person, keyOf(root, kept))
    await dropUnwanted(kept.files)
  }
  tell()
}

/** Films that nobody here keeps any more make room. */
async function dropUnwanted(files: KeptFile[]): Promise<void> {
  for (const { path, bytes } of files) {
    if (!(await isAnybodys(path))) await dropFilm(path, bytes)
  }
}

const keyOf = (root: string, { course, module, language }: Kept) =>
  pageKey(`${root}courses/${course}/${module}`, language)

/** Fetch what this person waits for. Resolves when nothing is left, or the network has gone. */
export async function goOn(portal: Portal, root: string, person: string): Promise<void> {
  if (!(await keptOf(person)).some(isToCome)) return
  await navigator.locks.request(LOCK, async () => {
    for (;;) {
      const next = (await keptOf(person)).find(isToCome)
      if (!next || !(await new Fetching(portal, root, next).run())) return
    }
  })
}

/**
 * Bring kept modules up to date: text and pictures by themselves, films when she says so, for they
 * cost. What was taken from the courses goes from here, too.
 */
export async function lookForNewer(portal: Portal, root: string, person: string): Promise<void> {
  for (const kept of (await keptOf(person)).filter(isToLookAt)) {
    try {
      await look(portal, root, kept)
    } catch (error) {
      if (!(error instanceof NotGiven && error.status === 404)) return
      await remove(root, [kept])
    }
  }
}

async function look(portal: Portal, root: string, kept: Kept): Promise<void> {
  const { html, bytes } = await keepForGood(root, kept.person, keyOf(root, kept))
  await portal.mine(kept.course, kept.module)
  const isHere = ({ path }: KeptFile) => kept.files.some((file) => file.path === path && file.done)
  const files = filmsOf(html, kept.films).map((file) => ({ ...file, done: isHere(file) }))
  const sum = (some: KeptFile[]) => some.reduce((total, file) => total + file.bytes, bytes)
  const isWhole = files.every(isHere)
  await changeKept(kept, (old) => ({
    ...old,
    files,
    bytes: sum(files),
    here: sum(files.filter(isHere)),
    looked_at: Date.now(),
    state: isWhole ? old.state : "stopped",
    problem: isWhole ? old.problem : "newer",
  }))
  await dropUnwanted(kept.files)
  tell()
}

/** Somebody paused or removed what is being fetched. */
class Halted extends Error {}

/** There would be no room for all of it; nothing was written. */
class NoRoom extends Error {}

class Fetching {
  private addresses: Record<string, string> = {}
  private signedAt = -Infinity

  constructor(
    private readonly portal: Portal,
    private readonly root: string,
    private kept: Kept,
  ) {}

  /** Fetch one module; return whether to go on with the next. */
  async run(): Promise<boolean> {
    try {
      await this.change({ state: "loading", problem: "" }, true)
      await this.fetchAll()
      await this.change({ state: "done", here: this.kept.bytes })
      return true
    } catch (error) {
      if (error instanceof Halted) {
        // what came while it was being removed goes, too
        if (!(await findKeptModule(this.kept))) await remove(this.root, [this.kept])
        return true
      }
      const problem = problemOf(error)
      const given = isRefused(error) ? await this.giveBack() : 0
      const here = this.kept.here - given
      await this.change({ state: "stopped", problem, here }, true).catch(() => {})
      return problem === "failed"
    }
  }

  private async fetchAll(): Promise<void> {
    const { course, module, person, films } = this.kept
    const key = keyOf(this.root, this.kept)
    const { html, bytes } = await keepForGood(this.root, person, key)
    await this.portal.mine(course, module) // said to this person, it is kept
    await this.portal.course(course)
    const files = filmsOf(html, films)
    const total = files.reduce((sum, file) => sum + file.bytes, bytes)
    const missing = await missingBytes(files)
    await this.change({ files, bytes: total, here: total - missing })
    const { free } = await findRoom()
    if (free !== null && missing > free) throw new NoRoom()
    for (const file of files) await this.fetchFilm(file)
  }

  /** The browser refused to write, so it is full to its last byte: leave room for words again. */
  private async giveBack(): Promise<number> {
    const file = this.kept.files.find(({ done }) => !done)
    return file ? dropLast(file.path, file.bytes, FOR_WRITING_BYTES) : 0
  }

  private async fetchFilm(file: KeptFile): Promise<void> {
    for (const piece of await missingPieces(file.path, file.bytes)) {
      const got = await this.fetchPiece(file, piece)
      await this.change({ here: this.kept.here + got })
    }
    const done = this.kept.files.map((one) =>
      one.path === file.path ? { ...one, done: true } : one,
    )
    await this.change({ files: done })
  }

  private async fetchPiece(file: KeptFile, piece: number): Promise<number> {
    const [first, last] = rangeOf(piece, file.bytes)
    const reply = await fetch(await this.addressOf(file), {
      headers: { Range: `bytes=${first}-${last}` },
    })
    if (reply.status !== 206) throw new NotGiven(reply.status)
    return keepPiece(file.path, piece, reply)
  }

  private async addressOf({ clip, path }: KeptFile): Promise<string> {
    const name = path.split("/").at(-1)!
    const isStale = performance.now() - this.signedAt > MINUTES_OF_ADDRESSES * 60_000
    if (isStale || !this.addresses[name]) {
      const { course, module } = this.kept
      const fresh = await this.portal.clipFiles(course, module, clip)
      this.addresses = isStale ? fresh.addresses : { ...this.addresses, ...fresh.addresses }
      if (isStale) this.signedAt = performance.now()
    }
    return this.addresses[name] ?? path
  }

  /** Write down how far it is, unless it was paused or removed meanwhile. */
  private async change(change: Partial<Kept>, isAnew = false): Promise<void> {
    const changed = await changeKept(this.kept, (old) =>
      isAnew || old.state === "loading" ? { ...old, ...change } : old,
    )
    tell()
    if (!changed || (!isAnew && changed.state === "paused")) throw new Halted()
    this.kept = changed
  }
}

/** What the films still lack. */
async function missingBytes(files: KeptFile[]): Promise<number> {
  let sum = 0
  for (const { path, bytes } of files) {
    for (const piece of await missingPieces(path, bytes)) {
      const [first, last] = rangeOf(piece, bytes)
      sum += last - first + 1
    }
  }
  return sum
}

/** The browser has no room for a write. */
const isRefused = (error: unknown) => (error as DOMException).name === "QuotaExceededError"

function problemOf(error: unknown): Problem {
  if (error instanceof NoRoom || isRefused(error)) return "no-room"
  if (error instanceof NotGiven) {
    if (error.status === 0) return "signed-out"
    return error.status === 404 ? "failed" : "offline" // an address has expired, the portal is busy
  }
  if (error instanceof PortalError) {
    if (error.status === 401) return "signed-out"
    return error.status === 0 || error.retry ? "offline" : "failed"
  }
  return error instanceof TypeError ? "offline" : "failed"
}

interface ClipProps {
  clip?: string
  sizes?: ClipFile[]
  sound?: ClipFile | null
}

/** The films that a page plays, in the size that was asked for, or the next smaller one. */
export function filmsOf(html: string, films: string): KeptFile[] {
  const page = new DOMParser().parseFromString(html, "text/html")
  const files: KeptFile[] = []
  for (const place of page.querySelectorAll<HTMLElement>("[data-component=Clip]")) {
    const { clip, sizes = [], sound } = JSON.parse(place.dataset.props || "{}") as ClipProps
    const smaller = sizes.filter((size) => Number(size.name) <= Number(films))
    const chosen = films === "sound" ? sound : films ? (smaller.at(-1) ?? sizes[0]) : null
    if (!clip || !chosen || files.some((file) => file.path === chosen.src)) continue
    files.push({ clip, path: chosen.src, bytes: chosen.size_bytes ?? 0, done: false })
  }
  return files
}
