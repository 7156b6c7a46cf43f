import { beforeEach, describe, expect, it, vi } from "vitest"
import { buildsAfter } from "../../build/earlier-builds"
import { findKept, keep } from "../kept"
import { PortalError, type ModuleCard, type Portal } from "../portal"
import { bytesOf, choicesOf } from "../components/keep-sizes"
import { openLine, type Line } from "../portal/line"
import { rangeOf, readRange } from "./films"
import { filmsOf } from "./keeping"
import { leaveLate } from "./leaving"
import { isFilm, isKeptPage } from "./names"
import { partsOf } from "./pages"
import { forgetPersonHere, personHere, personOf } from "./person"
import { forgetReplies } from "./phone"
import { keepOwn, keptLine } from "./replies"

const ROOT = "/services/portal/"
const SHA = "ab".repeat(32)

describe("whose phone it is", () => {
  it("is what the portal said last, and nobody's when it took that back", () => {
    expect(personOf("a=1; pathshala-person=rahima; b=2")).toBe("rahima")
    expect(personOf("__Secure-pathshala-person=karim")).toBe("karim")
    expect(personOf("not-pathshala-person=x; pathshala-person=")).toBeNull()
  })
})

describe("whoever left without network", () => {
  const told = async (error: PortalError | null) => {
    keep("pathshala-leaving", true)
    const signOut = () => (error ? Promise.reject(error) : Promise.resolve())
    const isOpenedAnew = await leaveLate({ signOut } as Portal, ROOT)
    expect(findKept("pathshala-leaving")).toBe(isOpenedAnew ? null : true)
    return isOpenedAnew
  }

  it("is told of until the portal itself has heard it", async () => {
    const assign = vi.fn()
    vi.stubGlobal("location", { assign })
    expect(await told(new PortalError("no-network", "", {}, true))).toBe(false)
    expect(await told(new PortalError("unavailable", "", {}, true, 403))).toBe(false) // the Hub's
    expect(await told(new PortalError("unknown", "", {}, false, 500))).toBe(false)
    expect(assign).not.toHaveBeenCalled()
    expect(await told(new PortalError("signed-out", "", {}, false, 401))).toBe(true)
    expect(await told(null)).toBe(true)
    expect(assign).toHaveBeenCalledWith(ROOT)
    vi.unstubAllGlobals()
  })
})

describe("what the portal said to a person", () => {
  let line: Line
  const signIn = (person: string) => (document.cookie = `pathshala-person=${person}; Path=/`)
  const ask = (path: string) => line.send("GET", path)

  beforeEach(async () => {
    for (const person of ["rahima", "karim"]) await forgetReplies(person)
    line = keptLine("bn", openLine(ROOT, "bn"))
    forgetPersonHere("/")
  })

  it("is shown to that person alone", async () => {
    await keepOwn("rahima", "home", "bn", { tried: 3 })
    signIn("rahima")
    expect(await ask("home")).toEqual({ tried: 3 })
    signIn("karim")
    await expect(ask("home")).rejects.toMatchObject({ code: "not-kept" })
    forgetPersonHere("/")
    expect(personHere()).toBeNull()
    await expect(ask("home")).rejects.toMatchObject({ code: "not-kept" })
  })

  it("is kept where it is about herself, and where it is known to whom it was said", async () => {
    signIn("rahima")
    await keepOwn(null, "home", "bn", {})
    const others = ["library", "posts/a1", "marking", "studio/codes", "people/karim", "me/data"]
    for (const path of others) await keepOwn("rahima", path, "bn", {})
    for (const path of ["home", ...others]) await expect(ask(path)).rejects.toThrow()
    const own = ["me", "courses/a/b/mine", "people/me", "courses/a"]
    for (const path of own) await keepOwn("rahima", path, "bn", { path })
    for (const path of own) expect(await ask(path)).toEqual({ path })
  })

  it("speaks the language that it was said in, and is gone with her", async () => {
    signIn("rahima")
    await keepOwn("rahima", "home", "en", {})
    await expect(ask("home")).rejects.toThrow()
    await keepOwn("rahima", "home", "bn", {})
    await forgetReplies("rahima")
    await expect(ask("home")).rejects.toThrow()
  })

  it("makes room for what is newer", async () => {
    signIn("rahima")
    for (let n = 0; n < 205; n += 1) await keepOwn("rahima", `courses/c${n}`, "bn", n)
    await expect(ask("courses/c0")).rejects.toThrow()
    expect(await ask("courses/c204")).toBe(204)
  })
})

describe("pages that a phone keeps", () => {
  it("are those of learners and the screens, never a way to sign in or somebody's portfolio", () => {
    for (const path of ["", "courses", "courses/a/b", "people/me", "library", "studio"]) {
      expect(isKeptPage(ROOT, ROOT + path)).toBe(true)
    }
    for (const path of ["join", "oauth/callback", "people/karim", "studio/proofs/x/y", "api/me"]) {
      expect(isKeptPage(ROOT, ROOT + path)).toBe(false)
    }
    expect(isKeptPage(ROOT, "/hub/login")).toBe(false)
  })

  it("name their scripts and pictures; films come with a wish only", () => {
    const html = `<script src="${ROOT}static/page-U59t1XNz.js"></script>
      <img src="${ROOT}media/${SHA}.webp"><div data-props='{&#34;src&#34;:
      &#34;${ROOT}media/${SHA}.mp4&#34;,&#34;poster&#34;:&#34;${ROOT}media/${SHA}.webp&#34;}'>`
    expect(partsOf(ROOT, html)).toEqual({
      files: [`${ROOT}static/page-U59t1XNz.js`],
      pictures: [`${ROOT}media/${SHA}.webp`],
    })
    expect(isFilm(`${ROOT}media/${SHA}.m4a`)).toBe(true)
  })
})

describe("a kept film", () => {
  it("answers the ranges that a player asks for", () => {
    expect(readRange("bytes=0-", 1000)).toEqual([0, 999])
    expect(readRange("bytes=10-19", 1000)).toEqual([10, 19])
    expect(readRange("bytes=990-2000", 1000)).toEqual([990, 999])
    expect(readRange("bytes=-100", 1000)).toEqual([900, 999])
    expect(readRange("bytes=1000-", 1000)).toBe("outside")
    for (const none of [null, "", "bytes=-", "bytes=0-1,5-9", "x"]) {
      expect(readRange(none, 1000)).toBeNull()
    }
  })

  it("comes in pieces that leave nothing out", () => {
    const bytes = 600_000
    expect([0, 1, 2].map((piece) => rangeOf(piece, bytes))).toEqual([
      [0, 262_143],
      [262_144, 524_287],
      [524_288, 599_999],
    ])
  })

  it("is of the size that was asked for, or the next smaller one", () => {
    const size = (name: string) => ({ name, src: `${ROOT}media/${name}.mp4`, size_bytes: 10 })
    const props = {
      clip: SHA,
      sizes: [size("144"), size("240")],
      sound: { name: "sound", src: "s.m4a", size_bytes: 3 },
    }
    const html = `<div data-component="Clip" data-props='${JSON.stringify(props)}'></div>`
    const paths = (films: string) => filmsOf(html, films).map(({ path }) => path)
    expect(paths("480")).toEqual([`${ROOT}media/240.mp4`])
    expect(paths("144")).toEqual([`${ROOT}media/144.mp4`])
    expect(paths("sound")).toEqual(["s.m4a"])
    expect(paths("")).toEqual([])
  })
})

describe("what keeping costs", () => {
  const module = (film_bytes: Record<string, number>) =>
    ({ page_bytes: 10, picture_bytes: 5, film_bytes }) as ModuleCard
  const modules = [module({ "144": 100, "240": 200, sound: 30 }), module({ "144": 50 }), module({})]

  it("is told for each size, with the next smaller one where a film has none", () => {
    expect(choicesOf(modules)).toEqual([
      { films: "", bytes: 45 },
      { films: "sound", bytes: 75 },
      { films: "144", bytes: 195 },
      { films: "240", bytes: 295 },
    ])
    expect(bytesOf(modules[1]!, "sound")).toBe(15)
  })
})

describe("a new build", () => {
  it("leaves the files of three builds before it, and counts one that came again once", () => {
    const builds = [["a-1.js"], ["a-0.js"]]
    expect(buildsAfter(builds, ["a-2.js"])).toEqual([["a-2.js"], ["a-1.js"], ["a-0.js"]])
    expect(buildsAfter(builds, ["a-0.js"])).toEqual([["a-0.js"], ["a-1.js"]])
    const many = [["5"], ["4"], ["3"], ["2"], ["1"]]
    expect(buildsAfter(many, ["6"])).toEqual([["6"], ["5"], ["4"], ["3"]])
  })
})
