/**
 * Kept films, in pieces: a download that stops goes on where it was, nothing is there twice while
 * it is put together, and the worker answers any range from the pieces it needs. A film is known by
 * its path; what signs its address changes (docs/decisions/0014).
 */
import { FILMS } from "./names"

export const PIECE_BYTES = 256 * 1024

const keyOf = (path: string, piece: number) => `${path}?piece=${piece}`
const piecesOf = (bytes: number) => Math.ceil(bytes / PIECE_BYTES)

/** The pieces of a film that are not here yet. */
export async function missingPieces(path: string, bytes: number): Promise<number[]> {
  const cache = await caches.open(FILMS)
  const all = Array.from({ length: piecesOf(bytes) }, (_, piece) => piece)
  const found = await Promise.all(all.map((piece) => cache.match(keyOf(path, piece))))
  return all.filter((piece) => !found[piece])
}

/** The first and last byte of a piece. */
export function rangeOf(piece: number, bytes: number): [number, number] {
  return [piece * PIECE_BYTES, Math.min((piece + 1) * PIECE_BYTES, bytes) - 1]
}

/** Keep a piece as the portal sent it; fails with a QuotaExceededError where there is no room. */
export async function keepPiece(path: string, piece: number, reply: Response): Promise<number> {
  const content = await reply.blob()
  const headers = { "Content-Type": reply.headers.get("Content-Type") ?? "" }
  await (await caches.open(FILMS)).put(keyOf(path, piece), new Response(content, { headers }))
  return content.size
}

export async function dropFilm(path: string, bytes: number): Promise<void> {
  const cache = await caches.open(FILMS)
  for (let piece = 0; piece < piecesOf(bytes); piece += 1) await cache.delete(keyOf(path, piece))
}

/** Give back what came last of a film, up to so many bytes; return how many. */
export async function dropLast(path: string, bytes: number, most: number): Promise<number> {
  const cache = await caches.open(FILMS)
  let dropped = 0
  for (let piece = piecesOf(bytes) - 1; piece >= 0 && dropped < most; piece -= 1) {
    const [first, last] = rangeOf(piece, bytes)
    if (await cache.delete(keyOf(path, piece))) dropped += last - first + 1
  }
  return dropped
}

/** The bytes that a request wants of a film; null for all, "outside" for none that there are. */
export function readRange(
  asked: string | null,
  bytes: number,
): [number, number] | null | "outside" {
  const found = /^bytes=(\d*)-(\d*)$/.exec(asked ?? "")
  if (!found || (!found[1] && !found[2])) return null
  const [first, last] = found[1]
    ? [Number(found[1]), Math.min(Number(found[2] || bytes), bytes - 1)]
    : [Math.max(0, bytes - Number(found[2])), bytes - 1]
  return first > last || first >= bytes ? "outside" : [first, last]
}

/** Answer a request for a film from its pieces; undefined where the first of them is not here. */
export async function answerFromPieces(
  path: string,
  bytes: number,
  asked: string | null,
): Promise<Response | undefined> {
  const range = readRange(asked, bytes)
  if (range === "outside") {
    return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${bytes}` } })
  }
  const [first, last] = range ?? [0, bytes - 1]
  const cache = await caches.open(FILMS)
  const begin = await cache.match(keyOf(path, Math.floor(first / PIECE_BYTES)))
  if (!begin) return undefined
  const headers: Record<string, string> = {
    "Content-Type": begin.headers.get("Content-Type") ?? "",
    "Content-Length": String(last - first + 1),
    "Accept-Ranges": "bytes",
  }
  if (range) headers["Content-Range"] = `bytes ${first}-${last}/${bytes}`
  const body = streamOf(cache, path, first, last)
  return new Response(body, { status: range ? 206 : 200, headers })
}

/** The bytes from `first` to `last`, a piece at a time, as the player asks for them. */
function streamOf(
  cache: Cache,
  path: string,
  first: number,
  last: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = first
  return new ReadableStream({
    async pull(controller) {
      const piece = Math.floor(at / PIECE_BYTES)
      const found = await cache.match(keyOf(path, piece))
      if (!found) return controller.error(new Error("a piece of the film is gone"))
      const content = new Uint8Array(await found.arrayBuffer())
      const start = piece * PIECE_BYTES
      const part = content.subarray(at - start, last + 1 - start)
      at += part.length
      controller.enqueue(part)
      if (at > last || !part.length) controller.close()
    },
  })
}
