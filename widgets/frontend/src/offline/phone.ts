/**
 * The database of what is kept on this phone: what the portal said to a person about herself, and
 * which modules she keeps. Answers that wait are elsewhere (`outbox.ts`); pages and films are in
 * the browser's caches (`pages.ts`, `films.ts`). Each record names its person, as phones are shared.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb"

/** What the portal said, by its path with the language. */
export interface Reply {
  person: string
  path: string
  body: unknown
  at: number
}

/** A film or sound of a kept module. */
export interface KeptFile {
  /** Its clip, by which its address is asked for. */
  clip: string
  path: string
  bytes: number
  done: boolean
}

/** `waiting`: its turn comes. `stopped`: something hindered it, see `problem`. */
export type KeptState = "waiting" | "loading" | "paused" | "stopped" | "done"
export type Problem = "" | "offline" | "no-room" | "signed-out" | "failed" | "newer"

export interface Kept {
  person: string
  course: string
  module: string
  course_title: string
  title: string
  language: "bn" | "en"
  /** Which size of its films, such as "240"; "sound", or "" for none. */
  films: string
  state: KeptState
  problem: Problem
  files: KeptFile[]
  /** What page, pictures and films weigh together; as told before, then as they were. */
  bytes: number
  /** How much of it is here. */
  here: number
  asked_at: number
  /** When the portal was last asked for a newer version. */
  looked_at: number
}

export type ModulePlace = Pick<Kept, "person" | "course" | "module">

interface Schema extends DBSchema {
  replies: { key: [string, string]; value: Reply; indexes: { age: [string, number] } }
  kept: { key: [string, string, string]; value: Kept; indexes: { person: string } }
}

const MOST_REPLIES = 200
const HOURS_BETWEEN_LOOKS = 12

let opening: Promise<IDBPDatabase<Schema>> | null = null

function open(): Promise<IDBPDatabase<Schema>> {
  opening ??= openDB<Schema>("pathshala-phone", 1, {
    upgrade(database) {
      const replies = database.createObjectStore("replies", { keyPath: ["person", "path"] })
      replies.createIndex("age", ["person", "at"])
      const kept = database.createObjectStore("kept", { keyPath: ["person", "course", "module"] })
      kept.createIndex("person", "person")
    },
    blocking: (_from, _to, event) => (event.target as IDBDatabase).close(),
    terminated: () => (opening = null),
  })
  opening.catch(() => (opening = null))
  return opening
}

const agesOf = (person: string) => IDBKeyRange.bound([person], [person, []])

/** Keep what the portal said to a person; the oldest makes room. */
export async function keepReply(person: string, path: string, body: unknown): Promise<void> {
  const work = (await open()).transaction("replies", "readwrite")
  await work.store.put({ person, path, body, at: Date.now() })
  const ages = work.store.index("age")
  for (let most = await ages.count(agesOf(person)); most > MOST_REPLIES; most -= 1) {
    await (await ages.openCursor(agesOf(person)))?.delete()
  }
  await work.done
}

export async function findReply(person: string, path: string): Promise<unknown> {
  return (await (await open()).get("replies", [person, path]))?.body
}

export async function forgetReplies(person: string): Promise<void> {
  const work = (await open()).transaction("replies", "readwrite")
  let cursor = await work.store.index("age").openCursor(agesOf(person))
  while (cursor) {
    await cursor.delete()
    cursor = await cursor.continue()
  }
  await work.done
}

export async function keptOf(person: string): Promise<Kept[]> {
  const kept = await (await open()).getAllFromIndex("kept", "person", person)
  return kept.sort((a, b) => a.asked_at - b.asked_at || a.module.localeCompare(b.module))
}

export async function findKeptModule(place: ModulePlace): Promise<Kept | undefined> {
  return (await open()).get("kept", [place.person, place.course, place.module])
}

/** The kept film at this path that this person may open, once it is whole. */
export async function findKeptFile(person: string, path: string): Promise<KeptFile | undefined> {
  const files = (await keptOf(person)).flatMap((one) => one.files)
  return files.find((file) => file.path === path && file.done)
}

/** Whether anybody on this phone keeps the film at this path. */
export async function isAnybodys(path: string): Promise<boolean> {
  const all = await (await open()).getAll("kept")
  return all.some((one) => one.files.some((file) => file.path === path))
}

/** Change what is kept of a module, as one step even between tabs; null when it is not kept. */
export async function changeKept(
  place: ModulePlace,
  change: (old: Kept) => Kept,
): Promise<Kept | null> {
  const work = (await open()).transaction("kept", "readwrite")
  const old = await work.store.get([place.person, place.course, place.module])
  const changed = old ? change(old) : null
  if (changed) await work.store.put(changed)
  await work.done
  return changed
}

export async function putKept(kept: Kept): Promise<void> {
  await (await open()).put("kept", kept)
}

export async function dropKept(place: ModulePlace): Promise<void> {
  await (await open()).delete("kept", [place.person, place.course, place.module])
}

/** Whether it is time to ask for a newer version; also after each signing in, for her answers. */
export const isToLookAt = ({ state, looked_at }: Kept): boolean =>
  state === "done" && Date.now() - looked_at > HOURS_BETWEEN_LOOKS * 3_600_000

/** Have the portal asked again about all that a person keeps, or what stands at this path alone. */
export async function lookAgain(person: string, path?: string): Promise<void> {
  for (const kept of await keptOf(person)) {
    if (path && !path.endsWith(`/courses/${kept.course}/${kept.module}`)) continue
    await changeKept(kept, (old) => ({ ...old, looked_at: 0 }))
  }
}

/** Whether more of it is to be fetched as soon as that can be. */
export const isToCome = ({ state, problem }: Kept): boolean =>
  state === "waiting" || state === "loading" || (state === "stopped" && problem === "offline")
