/**
 * The line to the portal's API: one way to ask, one shape of failure.
 */
export type Language = "bn" | "en"

/** A failure in the portal's one shape. `status` 0: no answer came at all. */
export class PortalError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly facts: Record<string, unknown> = {},
    readonly retry = false,
    readonly status = 0,
  ) {
    super(message)
    this.name = "PortalError"
  }
}

export interface Line {
  /** Whose things the page shows, as the portal last said; writes name it, as phones are shared. */
  person: string | null
  /**
   * Ask the API; a file goes as it is. `person` is whose it is, if not those of the page; `signal`
   * breaks it off.
   * Fails with a PortalError only; a dead network has code "no-network".
   */
  send<T>(
    method: string,
    path: string,
    body?: unknown,
    keepalive?: boolean,
    person?: string,
    signal?: AbortSignal,
  ): Promise<T>
  /** Fetch a file that the portal makes for this person. */
  fetchFile(path: string, body: unknown): Promise<PortalFile>
  signOut(): Promise<void>
}

export interface PortalFile {
  name: string
  content: Blob
}

/** What was given, as the query of an address. */
export function asQuery(values: Record<string, string | number | null | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== "" && value != null)
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
}

const SECONDS_TO_ANSWER = 20
const SLOWEST_BYTES_A_SECOND = 3000
// Browsers refuse a keepalive body over 64 KB; a Bangla letter takes 3 bytes.
const KEEPALIVE_CHARACTERS = 20_000

/** Hears what the portal said to whom. */
export type OnReply = (person: string | null, path: string, said: unknown) => void

/** The line over HTTP. `root` is the portal's path, with a slash at the end. */
export function openLine(root: string, language: Language, onReply: OnReply = () => {}): Line {
  return {
    person: null,
    async send<T>(
      method: string,
      path: string,
      body?: unknown,
      keepalive = false,
      person?: string,
      signal?: AbortSignal,
    ): Promise<T> {
      const url = new URL(`${root}api/${path}`, location.href)
      url.searchParams.set("lang", language)
      const writer = method === "GET" ? null : (person ?? this.person)
      const response = await request(method, url.href, body, keepalive, writer, signal)
      try {
        const said = (await response.json()) as T
        if (method === "GET") onReply(response.headers.get("X-Pathshala-Person"), path, said)
        return said
      } catch (error) {
        throw new PortalError("no-network", String(error), {}, true)
      }
    },
    async fetchFile(path, body) {
      const url = new URL(`${root}api/${path}`, location.href)
      url.searchParams.set("lang", language)
      const response = await request("POST", url.href, body, false, this.person)
      const said = response.headers.get("Content-Disposition") ?? ""
      const name = /filename="([^"]+)"/.exec(said)?.[1] ?? "pathshala"
      try {
        return { name, content: await response.blob() }
      } catch (error) {
        throw new PortalError("no-network", String(error), {}, true)
      }
    },
    async signOut() {
      await request("POST", `${root}sign-out`, {}, false, null)
    },
  }
}

async function request(
  method: string,
  url: string,
  body: unknown,
  keepalive: boolean,
  person: string | null,
  signal?: AbortSignal,
): Promise<Response> {
  const headers: Record<string, string> = { "X-Pathshala": "1", Accept: "application/json" }
  if (person !== null) headers["X-Pathshala-Person"] = person
  const file = body instanceof Blob ? body : null
  if (body !== undefined) headers["Content-Type"] = file?.type ?? "application/json"
  const text = body === undefined ? undefined : JSON.stringify(body)
  const seconds = SECONDS_TO_ANSWER + (file?.size ?? 0) / SLOWEST_BYTES_A_SECOND
  let response: Response
  try {
    response = await fetch(url, {
      method,
      headers,
      keepalive: keepalive && !file && (text?.length ?? 0) < KEEPALIVE_CHARACTERS,
      credentials: "same-origin",
      body: file ?? text,
      signal: endingAfter(seconds, signal),
    })
  } catch (error) {
    throw new PortalError("no-network", String(error), {}, true)
  }
  if (response.ok) return response
  throw await readError(response)
}

/** Ends after so long, or with another one; old phones have no `AbortSignal.any`. */
function endingAfter(seconds: number, other?: AbortSignal): AbortSignal {
  const late = AbortSignal.timeout(seconds * 1000)
  if (!other) return late
  const either = new AbortController()
  for (const signal of [late, other]) {
    if (signal.aborted) either.abort()
    signal.addEventListener("abort", () => either.abort())
  }
  return either.signal
}

/**
 * Word a failed reply. What is no JSON is not the portal's, whatever its number: a proxy's 502, the
 * Hub's 403 while the proxy has forgotten where the portal is. It is worth another try.
 */
async function readError(response: Response): Promise<PortalError> {
  const seconds = Number(response.headers.get("Retry-After"))
  const later = seconds > 0 ? { seconds } : {}
  const busy = [502, 503, 504, 429, 507].includes(response.status)
  try {
    const body = (await response.json()) as Partial<PortalError>
    return new PortalError(
      body.code ?? "unknown",
      body.message ?? response.statusText,
      { ...later, ...body.facts },
      body.retry ?? busy,
      response.status,
    )
  } catch {
    return new PortalError("unavailable", response.statusText, later, true, response.status)
  }
}
