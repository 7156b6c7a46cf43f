// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from "vitest"
import { openLine, PortalError } from "./line"

afterEach(() => vi.unstubAllGlobals())

/** Ask where this reply comes back; return how the line words its failure. */
async function failureOf(
  body: string,
  status: number,
  type: string,
  more: Record<string, string> = {},
): Promise<PortalError> {
  const reply = new Response(body, { status, headers: { "Content-Type": type, ...more } })
  vi.stubGlobal("fetch", async () => reply)
  return openLine("/services/portal/", "bn")
    .send("PUT", "answers", { value: "উত্তর" })
    .then(
      () => expect.fail("it should fail"),
      (error: PortalError) => error,
    )
}

describe("A failed reply", () => {
  it("is final where the portal itself says so", async () => {
    const said = JSON.stringify({ code: "too-long", message: "Too long.", retry: false })
    const failure = await failureOf(said, 422, "application/json")
    expect([failure.code, failure.message, failure.retry]).toEqual(["too-long", "Too long.", false])
  })

  it("says when to come again, whoever gave it", async () => {
    const failure = await failureOf("busy", 429, "text/plain", { "Retry-After": "7" })
    expect([failure.retry, failure.facts]).toEqual([true, { seconds: 7 }])
  })

  it("is worth another try where somebody else gave it: the portal never heard", async () => {
    const failure = await failureOf("<!doctype html><title>403</title>", 403, "text/html")
    expect([failure.code, failure.retry, failure.status]).toEqual(["unavailable", true, 403])
  })
})

describe("A file", () => {
  it("goes as it is, and says whose it is", async () => {
    const asked: RequestInit[] = []
    vi.stubGlobal("fetch", async (_url: string, request: RequestInit) => {
      asked.push(request)
      return new Response("{}")
    })
    const photo = new Blob(["ছবি"], { type: "image/webp" })
    await openLine("/services/portal/", "bn").send("PUT", "pictures/1", photo, true, "a1")
    expect(asked[0]).toMatchObject({ body: photo, keepalive: false })
    expect(asked[0]!.headers).toMatchObject({
      "Content-Type": "image/webp",
      "X-Pathshala-Person": "a1",
    })
  })
})

describe("A request", () => {
  it("is broken off by who asked for it", async () => {
    const asked = vi.fn(
      (_url: string, { signal }: RequestInit) =>
        new Promise<Response>((_, fail) =>
          signal!.addEventListener("abort", () => fail(new DOMException("", "AbortError"))),
        ),
    )
    vi.stubGlobal("fetch", asked)
    const stop = new AbortController()
    const line = openLine("/services/portal/", "bn")
    const sent = line.send("PUT", "pictures/one", new Blob([]), false, "রহিমা", stop.signal)
    stop.abort()
    await expect(sent).rejects.toMatchObject({ code: "no-network", retry: true })
  })
})
