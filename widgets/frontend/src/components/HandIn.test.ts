// @vitest-environment jsdom
import { flushPromises } from "@vue/test-utils"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { PortalError } from "../portal"
import type { HandIn as Receipt } from "../portal"
import HandIn from "./HandIn.vue"
import { MemoryShelf } from "../outbox/shelf"
import type { Sending } from "../shell/sending"
import * as testing from "./test-portal"
import { handInWith, mineWith, mountOn, noNetwork, pageWith, portalWith } from "./test-portal"

type Request = Parameters<Parameters<typeof portalWith>[0]["handIn"] & object>[2]

function portalThat(answer: (request: Request) => Promise<Receipt>) {
  const requests: Request[] = []
  const portal = portalWith({
    handIn: (_course, _module, request) => {
      requests.push(request)
      return answer(request)
    },
  })
  return { portal, requests }
}

/** Hand in, with a reply that comes when it is given. */
async function handingIn() {
  let give: (receipt: Receipt) => void = () => {}
  const { portal } = portalThat(() => new Promise((resolve) => (give = resolve)))
  const view = mountOn(pageWith(mineWith()), portal, HandIn)
  button("Hand in")!.focus()
  button("Hand in")!.click()
  await flushPromises()
  return { portal, view, give: (receipt: Receipt) => give(receipt) }
}

/** A wish to hand in that a page had no network for. */
async function closedWhileWaiting() {
  const shelf = new MemoryShelf()
  const away = portalThat(() => Promise.reject(noNetwork()))
  const sending = testing.sendingTo(away.portal, "rahima", shelf)
  const closed = mountOn(pageWith(mineWith(), { sending }), away.portal, HandIn)
  button("Hand in")!.click()
  await flushPromises()
  closed.unmount()
  sending.outbox.value?.close()
  return { away, shelf }
}

function button(name: string): HTMLButtonElement | undefined {
  return Array.from(document.querySelectorAll("button")).find(
    (it) => it.textContent?.trim() === name,
  )
}

const text = () => document.body.textContent ?? ""
const hasReceipt = () =>
  Array.from(document.querySelectorAll("h3")).some((it) => it.textContent === "Receipt")

beforeEach(() => {
  localStorage.clear()
  vi.useFakeTimers()
  document.body.innerHTML =
    '<main id="page"><h2>What I saw</h2><div data-exercise="saw"></div>' +
    '<h2>What I will change</h2><div data-exercise="plan"></div></main>'
})
afterEach(() => {
  vi.useRealTimers()
  document.body.innerHTML = ""
})

describe("HandIn", () => {
  it("names what goes and links each gap", async () => {
    const { portal } = portalThat(() => Promise.resolve(handInWith()))
    const view = mountOn(pageWith(mineWith()), portal, HandIn)
    await flushPromises()
    const lines = view.findAll(".lines li").map((line) => line.text().replace(/\s+/g, " "))
    expect(lines[0]).toContain("What I saw: answered")
    expect(view.find('.lines a[href="#plan"]').text()).toBe("What I will change")
    view.unmount()
  })

  it("waits on a first visit until it is known what was handed in, and says so", async () => {
    const { portal } = portalThat(() => Promise.resolve(handInWith()))
    const page = pageWith(mineWith(), { sending: testing.sendingTo(portal) })
    page.mine.value = null
    const view = mountOn(page, portal, HandIn)
    await flushPromises()
    expect(button("Hand in")!.disabled).toBe(true)
    expect(text()).toContain("You can hand in as soon as your earlier answers are here.")
    expect(text()).not.toContain("not answered yet")
    page.mine.value = mineWith({ hand_ins: [handInWith()] })
    await flushPromises()
    expect(hasReceipt()).toBe(true)
    view.unmount()
  })

  it("works from what the phone knew last; where that is old, no second one is made", async () => {
    const words = "You have handed this in already; number 12 waits for its marks."
    const { portal, requests } = portalThat(() =>
      Promise.reject(new PortalError("already-handed-in", words, { number: 12 }, false, 409)),
    )
    const page = pageWith(mineWith(), {
      reloadMine: async () => {
        if (requests.length) page.mine.value = mineWith({ hand_ins: [handInWith()] })
      },
    })
    const view = mountOn(page, portal, HandIn)
    expect(button("Hand in")!.disabled).toBe(false)
    button("Hand in")!.click()
    await flushPromises()
    expect(requests).toHaveLength(1)
    expect(view.find("[role=alert]").text()).toContain(words)
    expect(hasReceipt()).toBe(true)
    expect(button("Hand in")).toBeUndefined()
    view.unmount()
  })

  it("shows a receipt only when the server has given one", async () => {
    const { view, give } = await handingIn()
    expect(text()).toContain("Handing in…")
    expect(hasReceipt()).toBe(false)
    give(handInWith())
    await flushPromises()
    expect(hasReceipt()).toBe(true)
    expect(view.find("dd").text()).toBe("12")
    view.unmount()
  })

  it("waits for the network in words and goes later with the same key", async () => {
    let isUp = false
    const { portal, requests } = portalThat(() =>
      isUp ? Promise.resolve(handInWith()) : Promise.reject(noNetwork()),
    )
    const view = mountOn(pageWith(mineWith()), portal, HandIn)
    button("Hand in")!.click()
    await flushPromises()
    expect(text()).toContain("Not handed in yet; waiting for network")
    expect(hasReceipt()).toBe(false)
    isUp = true
    button("Try now")!.click()
    await flushPromises()
    expect(hasReceipt()).toBe(true)
    expect(requests).toHaveLength(2)
    expect(requests[1]!.key).toBe(requests[0]!.key)
    view.unmount()
  })

  it("is taken back when the server took it after all", async () => {
    const { portal, view, give } = await handingIn()
    const takenBack: number[] = []
    portal.takeBack = async (number) => {
      takenBack.push(number)
      return handInWith({ state: "taken-back" })
    }
    await vi.advanceTimersByTimeAsync(3_000) // it takes long
    button("Do not hand in yet")!.click()
    await flushPromises()
    give(handInWith())
    await flushPromises()
    expect([takenBack, hasReceipt()]).toEqual([[12], false])
    expect(button("Hand in")).toBeDefined()
    view.unmount()
  })

  it("leads to the heading at once and to the receipt, if one stays here", async () => {
    const { view, give } = await handingIn()
    expect(document.activeElement?.textContent).toContain("What will be handed in")
    give(handInWith())
    await flushPromises()
    expect(document.activeElement?.textContent).toBe("Receipt")
    view.unmount()
  })

  it("calls nobody back from elsewhere when the receipt comes", async () => {
    const { view, give } = await handingIn()
    ;(document.activeElement as HTMLElement).blur() // she tapped beside it and reads on
    give(handInWith())
    await flushPromises()
    expect([hasReceipt(), document.activeElement]).toEqual([true, document.body])
    view.unmount()
  })

  it("goes on with the same wish after the page was closed", async () => {
    const { away, shelf } = await closedWhileWaiting()
    const back = portalThat(() => Promise.resolve(handInWith()))
    const sending = testing.sendingTo(back.portal, "rahima", shelf)
    const view = mountOn(pageWith(mineWith(), { sending }), back.portal, HandIn)
    await flushPromises()
    expect(back.requests[0]).toEqual(away.requests[0])
    expect(hasReceipt()).toBe(true)
    view.unmount()
  })

  it("keeps one person's wish from the next person on the same phone", async () => {
    const { shelf } = await closedWhileWaiting()
    const other = portalThat(() => Promise.resolve(handInWith()))
    const sending = testing.sendingTo(other.portal, "karim", shelf)
    const page = pageWith(mineWith({ person: "karim" }), { sending })
    const view = mountOn(page, other.portal, HandIn)
    await flushPromises()
    expect(other.requests).toHaveLength(0)
    view.unmount()
  })

  it("hands nothing in before every word is saved", async () => {
    const { portal, requests } = portalThat(() => Promise.resolve(handInWith()))
    let isTooLong = true
    const kept = { kept: "newest", saved_at: "2026-11-21T10:42:00Z" }
    portal.saveAnswer = async () => {
      if (isTooLong) throw new PortalError("answer-invalid", "Too long.", {}, false, 422)
      return kept as never
    }
    const sending: Sending = testing.sendingTo(portal)
    const page = pageWith(mineWith(), { sending })
    const view = mountOn(page, portal, HandIn)
    const { course, module } = page
    await sending.put("answer", { course, module, exercise: "saw", value: "কথা" })
    await flushPromises()
    button("Hand in")!.click()
    await flushPromises()
    expect(requests).toHaveLength(0)
    expect(text()).toContain("Your words must be saved first")
    isTooLong = false
    await sending.put("answer", { course, module, exercise: "saw", value: "ক" })
    await flushPromises()
    expect(requests).toHaveLength(1)
    view.unmount()
  })

  it("says why the portal refused and lets one try again", async () => {
    const { portal } = portalThat(() =>
      Promise.reject(new PortalError("not-colleagues", "She is not a colleague.", {}, false, 403)),
    )
    const view = mountOn(pageWith(mineWith()), portal, HandIn)
    button("Hand in")!.click()
    await flushPromises()
    expect(view.find("[role=alert]").text()).toContain("She is not a colleague.")
    expect(button("Hand in")).toBeDefined()
    view.unmount()
  })

  it("takes back and can undo that", async () => {
    const { portal, requests } = portalThat(() => Promise.resolve(handInWith({ number: 13 })))
    const page = pageWith(mineWith({ hand_ins: [handInWith()] }))
    portal.takeBack = async () => {
      page.mine.value = mineWith({ hand_ins: [handInWith({ state: "taken-back" })] })
      return handInWith({ state: "taken-back" })
    }
    const view = mountOn(page, portal, HandIn)
    button("Take back")!.click()
    await flushPromises()
    expect(hasReceipt()).toBe(false)
    view.find<HTMLButtonElement>(".undo-bar button").element.click()
    await flushPromises()
    expect(requests).toHaveLength(1)
    expect(view.find("dd").text()).toBe("13")
    view.unmount()
  })

  it("opens a second round after the first came back", async () => {
    const returned = handInWith({ state: "returned", score: 3.5, maximum: 4, can_take_back: false })
    const { portal } = portalThat(() => Promise.resolve(handInWith({ number: 13, round: 2 })))
    const view = mountOn(pageWith(mineWith({ hand_ins: [returned] })), portal, HandIn)
    expect(text()).toContain("Returned with feedback: 3.5 of 4.")
    expect(button("Hand in")).toBeUndefined()
    button("Revise")!.click()
    await flushPromises()
    button("Hand in")!.click()
    await flushPromises()
    expect(text()).toContain("Round 2")
    view.unmount()
  })
})
