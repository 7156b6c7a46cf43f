/**
 * The service worker: opens kept pages at once and looks for newer ones behind their back, finds the
 * files of any build that a kept page names, and plays kept films. What the portal says to a person
 * never passes through here: pages keep that themselves (`offline/replies.ts`).
 *
 * Nothing is shown but to the person of this browser's session (`offline/person.ts`); where a
 * browser tells its worker no cookies, pages come from the network. Other origins (the frames of
 * live pages) are none of ours.
 */
import { registerRoute } from "workbox-routing"
import { CacheFirst } from "workbox-strategies"
import { answerFromPieces } from "./offline/films"
import {
  AWAY,
  DEFAULT_LANGUAGE,
  isFilm,
  isKeptPage,
  LANGUAGE_COOKIE,
  openedBy,
  pageKey,
  STATIC,
  type Word,
} from "./offline/names"
import { findKept, followBuild, haveAway, keepPage, put, renewPage } from "./offline/pages"
import { findCookie, personOfWorker } from "./offline/person"
import { findKeptFile } from "./offline/phone"

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Worker extends EventTarget {
  registration: ServiceWorkerRegistration
  clients: { claim(): Promise<void> }
}

const worker = self as unknown as Worker
const { scope } = worker.registration
const root = new URL(scope).pathname
/** How long somebody who loads a page again waits for the portal, where the page is kept. */
const SECONDS_FOR_AGAIN = 4

async function languageOf(url: URL): Promise<string> {
  const asked = url.searchParams.get("lang") ?? (await findCookie(LANGUAGE_COOKIE))
  return asked === "en" || asked === "bn" ? asked : DEFAULT_LANGUAGE
}

async function openPage(event: Extendable, request: Request, url: URL): Promise<Response> {
  if (!isKeptPage(root, url.pathname)) return openFromNetwork(request, url)
  const key = pageKey(url.pathname, await languageOf(url))
  const person = await personOfWorker()
  const kept = person ? await findKept(person, key) : undefined
  if (!kept) return openAndKeep(event, request, url, key)
  if (request.cache !== "no-cache" && request.cache !== "reload") {
    event.waitUntil(follow(key, renewPage(root, key)))
    return kept
  }
  // loaded again by hand: whoever does so wants the newest, if it comes soon
  const newest = openAndKeep(event, request, url, key, kept)
  event.waitUntil(newest)
  return Promise.race([newest, pause(SECONDS_FOR_AGAIN).then(() => kept.clone())])
}

/** A page from the network; without one, the page that says so. */
async function openFromNetwork(request: Request, url: URL): Promise<Response> {
  try {
    return await fetch(request)
  } catch {
    const away = pageKey(`${root}${AWAY}`, await languageOf(url))
    return (await caches.match(away, { cacheName: STATIC, ignoreVary: true })) ?? Response.error()
  }
}

/** A page from the network, kept on its way; without one, what was `kept` before. */
async function openAndKeep(
  event: Extendable,
  request: Request,
  url: URL,
  key: string,
  kept?: Response,
): Promise<Response> {
  const reply = await openFromNetwork(request, url)
  const isMissing = reply.type === "error" || reply.status >= 500 || isAway(reply)
  if (kept && isMissing) return kept
  event.waitUntil(follow(key, keepPage(root, key, reply.clone())))
  return reply
}

const isAway = (reply: Response) => new URL(reply.url || scope).pathname === root + AWAY

/** After a page was kept: another build of our scripts may have come with it. */
async function follow(key: string, keeping: Promise<boolean>): Promise<void> {
  try {
    if (await keeping) await followBuild(root, new URL(key, scope).search)
  } catch {
    // the network went; the next page brings it
  }
}

const pause = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000))

async function openMedia(event: Extendable, request: Request, path: string): Promise<Response> {
  const person = await personOfWorker()
  if (!person) return fetch(request)
  if (isFilm(path)) {
    const file = await findKeptFile(person, path).catch(() => undefined)
    const range = request.headers.get("Range")
    return (file && (await answerFromPieces(path, file.bytes, range))) ?? fetch(request)
  }
  const kept = await findKept(person, path)
  if (kept) return kept
  const reply = await fetch(request)
  if (reply.status === 200 && reply.type === "basic") {
    event.waitUntil(put(openedBy(person), path, reply.clone()).catch(() => {}))
  }
  return reply
}

/** Keep a page that was opened before the worker was there. */
async function keepOpened(url: URL): Promise<void> {
  const person = isKeptPage(root, url.pathname) ? await personOfWorker() : null
  const key = pageKey(url.pathname, await languageOf(url))
  try {
    if (person && !(await findKept(person, key))) await renewPage(root, key)
    await haveAway(root, new URL(key, scope).search)
  } catch {
    // the network went; the next page brings it
  }
}

registerRoute(
  ({ request, sameOrigin }) => sameOrigin && request.mode === "navigate",
  ({ event, request, url }) => openPage(event as unknown as Extendable, request, url),
)

registerRoute(
  ({ sameOrigin, url }) => sameOrigin && url.pathname.startsWith(`${root}static/`),
  new CacheFirst({ cacheName: STATIC, matchOptions: { ignoreVary: true } }),
)

registerRoute(
  ({ sameOrigin, url }) => sameOrigin && url.pathname.startsWith(`${root}media/`),
  ({ event, request, url }) => openMedia(event as unknown as Extendable, request, url.pathname),
)

worker.addEventListener("activate", (event) => {
  ;(event as Extendable).waitUntil(worker.clients.claim())
})

worker.addEventListener("message", (event) => {
  const { kind, address } = (event as MessageEvent<Word>).data
  const url = new URL(address)
  if (kind === "opened") (event as unknown as Extendable).waitUntil(keepOpened(url))
})
