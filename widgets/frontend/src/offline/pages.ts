/**
 * Keeps pages: the HTML, and with it each file that it names, so that a kept page always finds its
 * own scripts, whatever was built since. Used by the service worker and by pages.
 *
 * A page is the same for all its readers. It is still kept for the person alone to whom the portal
 * gave it: what somebody opened is nobody else's to see.
 */
import { AWAY, isFilm, keptBy, openedBy, SCREENS, STATIC } from "./names"
import { lookAgain } from "./phone"

const MOST_PAGES = 60
const MOST_PICTURES = 300
/** Files of the build that stay though no kept page names them: an open one may still want them. */
const MOST_SPARE_FILES = 60

const pathOf = (request: Request) => new URL(request.url).pathname
const isPicture = (request: Request) => pathOf(request).includes("/media/")

/** The kept page or picture, for this person; undefined where there is none. */
export async function findKept(person: string, key: string): Promise<Response | undefined> {
  return (await find(keptBy(person), key)) ?? find(openedBy(person), key)
}

async function find(cache: string, key: string): Promise<Response | undefined> {
  return (await caches.open(cache)).match(key, { ignoreVary: true })
}

/** Whose page a reply is: null for a way to the sign-in, a failure, or anything else. */
function readOwner(reply: Response): string | null {
  const isPage = reply.headers.get("Content-Type")?.startsWith("text/html")
  const isPlain = reply.status === 200 && reply.type === "basic" && !reply.redirected
  return isPage && isPlain ? reply.headers.get("X-Pathshala-Person") : null
}

/**
 * Keep what the portal answered for a page, with all that belongs to it; what is no page changes
 * nothing. Return whether another build of our scripts came with it.
 */
export async function keepPage(root: string, key: string, reply: Response): Promise<boolean> {
  const person = readOwner(reply)
  if (!person) return false
  const html = await reply.clone().text()
  const parts = partsOf(root, html)
  const isNewBuild = await keepFiles(parts.files) // or fail: a page is kept with its scripts or not
  const home = (await find(keptBy(person), key)) ? keptBy(person) : openedBy(person)
  const isForGood = home === keptBy(person)
  for (const path of await missingOf(home, parts.pictures)) {
    // of a page that was opened, what this browser has already; the rest when it is looked at
    await keepFile(home, path, isForGood ? {} : { cache: "only-if-cached", mode: "same-origin" })
  }
  const isChanged = isForGood && (await (await find(home, key))?.text()) !== html
  await put(home, key, reply)
  if (isChanged) await lookAgain(person, key.split("?")[0])
  await trim(openedBy(person))
  return isNewBuild
}

/** Ask the portal for the newest of a page, and keep it; one that is gone is forgotten. */
export async function renewPage(root: string, key: string): Promise<boolean> {
  const reply = await fetch(key, {
    cache: "no-cache",
    credentials: "same-origin",
    redirect: "manual",
    headers: { Accept: "text/html" },
  })
  const person = reply.headers.get("X-Pathshala-Person")
  if (reply.status === 404 && person) {
    for (const cache of [keptBy(person), openedBy(person)]) {
      await (await caches.open(cache)).delete(key, { ignoreVary: true })
    }
  }
  return keepPage(root, key, reply)
}

/**
 * Keep a module's page for good, with all its pictures and captions. Return its HTML and what it
 * weighs here; fails where the portal gives it to another person, or not at all.
 */
export async function keepForGood(
  root: string,
  person: string,
  key: string,
): Promise<{ html: string; bytes: number }> {
  const reply = await fetch(key, { cache: "no-cache", redirect: "manual" })
  if (readOwner(reply) !== person) throw new NotGiven(reply.status)
  const html = await reply.clone().text()
  const parts = partsOf(root, html)
  await keepFiles(parts.files)
  await put(keptBy(person), key, reply)
  let bytes = new Blob([html]).size
  for (const path of parts.pictures) {
    if (!(await find(keptBy(person), path))) await keepFile(keptBy(person), path)
    bytes += (await (await find(keptBy(person), path))?.blob())?.size ?? 0
  }
  return { html, bytes }
}

/** Instead of a page came something else: the way to the sign-in (0), or a failure. */
export class NotGiven extends Error {
  constructor(readonly status: number) {
    super(`no page, but ${status}`)
  }
}

/** Remove a kept page, and the pictures that no other kept page shows. */
export async function dropPage(root: string, person: string, key: string): Promise<void> {
  const cache = await caches.open(keptBy(person))
  const htmlOf = async (one: Request | string) =>
    (await (await cache.match(one, { ignoreVary: true }))?.text()) ?? ""
  const { pictures } = partsOf(root, await htmlOf(key))
  await cache.delete(key, { ignoreVary: true })
  const others = await Promise.all(
    (await cache.keys()).filter((one) => !isPicture(one)).map(htmlOf),
  )
  const wanted = new Set(others.flatMap((html) => partsOf(root, html).pictures))
  for (const path of pictures.filter((one) => !wanted.has(one))) await cache.delete(path)
}

/** The files of the build and the pictures that a page's HTML names. */
export function partsOf(root: string, html: string): { files: string[]; pictures: string[] } {
  const start = root.replace(/[^\w/-]/g, "\\$&")
  const named = (what: string) => [...new Set(html.match(new RegExp(start + what, "g")) ?? [])]
  const media = named("media/[0-9a-f]{64}\\.\\w+")
  return { files: named("static/[\\w.-]+"), pictures: media.filter((path) => !isFilm(path)) }
}

/** A file's name without its hash. */
const stemOf = (path: string) => path.replace(/-[\w-]{8,10}(\.\w+)$/, "$1")

/** Have these files of a build; return whether they are of another one than those kept before. */
async function keepFiles(paths: string[]): Promise<boolean> {
  const missing = await missingOf(STATIC, paths)
  const stems = new Set((await (await caches.open(STATIC)).keys()).map(pathOf).map(stemOf))
  const kept = await Promise.all(missing.map((path) => keepFile(STATIC, path)))
  if (kept.includes(false)) throw new Error("a file of the page could not be had")
  return missing.some((path) => stems.has(stemOf(path)))
}

async function missingOf(cache: string, paths: string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => find(cache, path)))
  return paths.filter((_path, index) => !found[index])
}

/** Fetch a file into a cache; return whether it could be had. */
export async function keepFile(cache: string, path: string, how?: RequestInit): Promise<boolean> {
  const reply = await fetch(path, { credentials: "same-origin", ...how }).catch(() => null)
  if (reply?.status !== 200) return false
  await put(cache, path, reply)
  return true
}

/** The key goes to the end, where the newest stand. */
export async function put(cache: string, key: string, reply: Response): Promise<void> {
  const kept = await caches.open(cache)
  await kept.delete(key, { ignoreVary: true })
  await kept.put(key, reply)
}

/** Have the screens that lead everywhere. */
export async function keepScreens(root: string, person: string, search: string): Promise<void> {
  for (const path of SCREENS) {
    const key = `${root}${path}${search}`
    if (!(await findKept(person, key))) await renewPage(root, key)
  }
}

/** Have the page for what is not here. */
export async function haveAway(root: string, search: string): Promise<void> {
  if (!(await find(STATIC, `${root}${AWAY}${search}`))) await keepAway(root, search)
}

async function keepAway(root: string, search: string): Promise<void> {
  const key = `${root}${AWAY}${search}`
  const reply = await fetch(key, { credentials: "same-origin" })
  if (reply.status !== 200) return
  await keepFiles(partsOf(root, await reply.clone().text()).files)
  await put(STATIC, key, reply)
}

/**
 * Another build is here: have its screens where they were kept before, and let go of files that no
 * kept page names any more.
 */
export async function followBuild(root: string, search: string): Promise<void> {
  for (const key of SCREENS.map((path) => `${root}${path}${search}`)) {
    if (await caches.match(key, { ignoreVary: true })) await renewPage(root, key)
  }
  await keepAway(root, search)
  const named = await filesNamed(root)
  const cache = await caches.open(STATIC)
  const files = (await cache.keys()).filter((one) => pathOf(one).includes("/static/"))
  const spare = files.filter((one) => !named.has(pathOf(one)))
  for (const request of spare.slice(0, -MOST_SPARE_FILES)) await cache.delete(request)
}

async function filesNamed(root: string): Promise<Set<string>> {
  const named = new Set<string>()
  for (const name of await caches.keys()) {
    if (!name.startsWith(openedBy("")) && !name.startsWith(keptBy(""))) continue
    const cache = await caches.open(name)
    for (const request of (await cache.keys()).filter((one) => !isPicture(one))) {
      const html = (await (await cache.match(request, { ignoreVary: true }))?.text()) ?? ""
      for (const file of partsOf(root, html).files) named.add(file)
    }
  }
  return named
}

/** Let the oldest pages and pictures make room. */
async function trim(name: string): Promise<void> {
  const cache = await caches.open(name)
  const all = await cache.keys()
  const pictures = all.filter(isPicture)
  const pages = all.filter((request) => !isPicture(request))
  const old = [
    ...pages.slice(0, Math.max(0, pages.length - MOST_PAGES)),
    ...pictures.slice(0, Math.max(0, pictures.length - MOST_PICTURES)),
  ]
  for (const request of old) await cache.delete(request)
}

/** Forget what a person opened. What she keeps stays: it says nothing of her, and opens for her. */
export const forgetOpened = (person: string): Promise<boolean> => caches.delete(openedBy(person))
