import { mount } from "@vue/test-utils"
import { beforeEach, describe, expect, it } from "vitest"
import { nextTick, ref, type Component } from "vue"
import { PortalError, portalKey, type Checked, type Portal } from "../portal"
import { exerciseKey, pageKey, type ExerciseSlot, type Page } from "../shell/page-state"
import { language } from "../texts"
import { createTheme } from "../theme"
import Choice from "./Choice.vue"
import Match from "./Match.vue"
import MultiChoice from "./MultiChoice.vue"
import Order from "./Order.vue"
import { mineWith, noNetwork, pageWith, portalWith } from "./test-portal"
import Wording from "./Wording.vue"

const options = { a: "Think alone", b: "Talk in pairs", c: "Tell the class" }
const question = "What comes when?"

beforeEach(() => {
  document.body.innerHTML = ""
})

function slotWith(value: unknown, saves = true): ExerciseSlot {
  return {
    exercise: "quiz",
    headingId: null,
    questionId: null,
    value: ref(value),
    ready: ref(true),
    state: ref({ kind: "saved" }),
    feedback: ref(null),
    handedIn: ref(null),
    draft: ref(undefined),
    takeDraft() {},
    dropDraft() {},
    write() {},
    flush: async () => saves,
  }
}

function show(
  component: Component,
  props: object,
  slot: ExerciseSlot | null = null,
  portal?: Portal,
  page?: Page,
) {
  const provide = {
    [exerciseKey as symbol]: slot,
    [portalKey as symbol]: portal ?? null,
    ...(page && { [pageKey as symbol]: page }),
  }
  return mount(component, {
    props: { question, ...props },
    attachTo: document.body,
    global: { plugins: [createTheme()], provide },
  })
}

describe("several answers", () => {
  it("are given in the options' order, however they were ticked", async () => {
    const quiz = show(MultiChoice, { options, value: ["c"] })
    await quiz.findAll("input")[0]!.setValue(true)
    expect(quiz.emitted("update:value")).toEqual([[["a", "c"]]])
  })
})

describe("an order", () => {
  const place = (quiz: ReturnType<typeof show>, name: string) =>
    quiz.get<HTMLElement>(`[aria-label="${name}"]`)

  it("is changed by buttons that keep the focus on what was moved, and says so", async () => {
    const quiz = show(Order, {
      options,
      value: [],
      "onUpdate:value": (value: unknown) => quiz.setProps({ value }),
    })
    const button = place(quiz, "Move down: Think alone")
    button.element.focus()
    await button.trigger("click")
    await nextTick()
    expect(quiz.emitted("update:value")).toEqual([[["b", "a", "c"]]])
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Move down: Think alone")
    expect(quiz.findAll("[role=status]").map((each) => each.text())).toContain(
      "Think alone: now in place 2 of 3",
    )
  })

  it("cannot be pushed over its ends", async () => {
    const quiz = show(Order, { options, value: ["a", "b", "c"] })
    const first = place(quiz, "Move up: Think alone")
    expect(first.attributes("aria-disabled")).toBe("true")
    await first.trigger("click")
    expect(quiz.emitted("update:value")).toBeUndefined()
  })

  it("may be kept as it stands", async () => {
    const quiz = show(Order, { options, value: [] })
    const keep = quiz.findAll("button").find((each) => each.text() === "Keep this order")!
    await keep.trigger("click")
    expect(quiz.emitted("update:value")).toEqual([[["a", "b", "c"]]])
  })

  it("is changed by dragging a handle over another step, and not after Escape", async () => {
    const quiz = show(Order, { options, value: ["a", "b", "c"] })
    quiz.findAll<HTMLElement>("[data-place]").forEach((item, row) => {
      item.element.getBoundingClientRect = () => new DOMRect(0, row * 60, 300, 60)
    })
    const handle = quiz.get<HTMLElement>(".order-handle").element
    const pointer = (kind: string, y: number) =>
      handle.dispatchEvent(new MouseEvent(kind, { clientX: 20, clientY: y, cancelable: true }))
    pointer("pointerdown", 30)
    pointer("pointermove", 150)
    dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }))
    pointer("pointerup", 150)
    expect(quiz.emitted("update:value")).toBeUndefined()
    pointer("pointerdown", 30)
    pointer("pointermove", 150)
    pointer("pointerup", 150)
    expect(quiz.emitted("update:value")).toEqual([[["b", "c", "a"]]])
  })
})

describe("a match", () => {
  it("is chosen from a list named by its thing, and can be taken back", async () => {
    const left = { x: "Why?", y: "Right?" }
    const quiz = show(Match, { left, right: options, value: { x: "b" } })
    const lists = quiz.findAll("select")
    expect(quiz.get(`label[for="${lists[1]!.attributes("id")}"]`).text()).toBe("Right?")
    await lists[1]!.setValue("a")
    await lists[0]!.setValue("")
    expect(quiz.emitted("update:value")).toEqual([[{ x: "b", y: "a" }], [{}]])
  })
})

describe("a check", () => {
  const right: Checked = { result: "right", why: [], look_again: null }
  const settled = () => new Promise((done) => setTimeout(done))
  const press = async (quiz: ReturnType<typeof show>, name: string) => {
    await quiz
      .findAll("button")
      .find((each) => each.text() === name)!
      .trigger("click")
    await settled()
  }

  it("is not offered where the trainer does not allow it", () => {
    const quiz = show(Choice, { options, value: "a" }, slotWith("a"))
    expect(quiz.text()).not.toContain("Check answer")
  })

  it("says in words what it is, why and where to look again, and lets one try again", async () => {
    const reply: Checked = {
      result: "not-yet",
      why: [{ about: "Talk in pairs", text: "Each needs a thought first." }],
      look_again: { heading: "m-think", words: "Think first" },
    }
    const portal = portalWith({ checkAnswer: async () => reply })
    const quiz = show(Choice, { options, value: "b", check: true }, slotWith("b"), portal)
    await press(quiz, "Check answer")
    const said = quiz.get(".check-result").text()
    expect(said).toContain("Not right yet")
    expect(said).toContain("Each needs a thought first.")
    expect(quiz.get(".check-again a").attributes("href")).toBe("#m-think")
    await press(quiz, "Try again")
    expect(quiz.find(".check-word").exists()).toBe(false)
    expect(document.activeElement?.tagName).toBe("INPUT")
  })

  it("waits for the network, and is made when it is back", async () => {
    let isAway = true
    const portal = portalWith({
      checkAnswer: async () => {
        if (isAway) throw noNetwork()
        return right
      },
    })
    const quiz = show(Choice, { options, value: "b", check: true }, slotWith("b"), portal)
    await press(quiz, "Check answer")
    expect(quiz.text()).toContain("You will know the result when the network is back.")
    isAway = false
    dispatchEvent(new Event("online"))
    await settled()
    expect(quiz.get(".check-result").attributes("data-result")).toBe("right")
  })

  it("is made after a reload, too, for whoever asked, when the network was away", async () => {
    let isAway = true
    const portal = portalWith({
      checkAnswer: async () => {
        if (isAway) throw noNetwork()
        return right
      },
    })
    const open = (person: string) => {
      const page = pageWith(mineWith({ person }))
      const props = { options, value: "b", check: true }
      return show(Choice, props, slotWith("b"), portal, page)
    }
    const first = open("rahima")
    await press(first, "Check answer")
    first.unmount()
    const another = open("karim")
    await settled()
    expect(another.text()).not.toContain("You will know the result")
    another.unmount()
    const again = open("rahima")
    await settled()
    expect(again.text()).toContain("You will know the result when the network is back.")
    isAway = false
    dispatchEvent(new Event("online"))
    await settled()
    expect(again.get(".check-result").attributes("data-result")).toBe("right")
    again.unmount()
    const later = open("rahima")
    await settled()
    expect(later.find(".check-word").exists()).toBe(false)
  })

  it("is of that answer alone: another one makes it void, the same read anew does not", async () => {
    const slot = slotWith(["b"])
    const portal = portalWith({ checkAnswer: async () => right })
    const quiz = show(MultiChoice, { options, value: ["b"], check: true }, slot, portal)
    await press(quiz, "Check answer")
    slot.value.value = ["b"]
    await nextTick()
    expect(quiz.text()).toContain("Right")
    slot.value.value = ["a"]
    await nextTick()
    expect(quiz.text()).not.toContain("Right")
  })

  it("says when it was asked too often", async () => {
    const often = new PortalError("too-many-requests", "In 6 seconds.", {}, true, 429)
    const portal = portalWith({ checkAnswer: () => Promise.reject(often) })
    const quiz = show(Choice, { options, value: "b", check: true }, slotWith("b"), portal)
    await press(quiz, "Check answer")
    expect(quiz.get(".check [role=alert]").text()).toBe("In 6 seconds.")
  })
})

describe("words that were changed since a person marked them", () => {
  const marked = (component: Component, answer: unknown, props: object) => {
    const slot = slotWith(null)
    const level = { criterion: "a", title: "Use", level: 2, points: 1, maximum: 2, text: "Partly" }
    slot.feedback.value = {
      round: 1,
      score: 1,
      maximum: 2,
      comment: "",
      levels: [level],
      reason: null,
      returned_at: "2026-11-21T10:00:00Z",
      answer,
      changed_since: true,
    }
    return show(component, props, slot).get(".feedback details").text()
  }
  const offered = { ...options, b: { bn: "জোড়ায় কথা", en: "Talk in pairs" } }

  it("are those of the options in the reader's language, of every quiz", () => {
    language.value = "bn"
    expect(marked(Choice, "b", { options: offered })).toContain("জোড়ায় কথা")
    expect(marked(MultiChoice, ["b", "c"], { options: offered })).toContain("জোড়ায় কথা")
    expect(marked(Match, { x: "b" }, { left: { x: "কেন?" }, right: offered })).toContain(
      "কেন?জোড়ায় কথা",
    )
    language.value = "en"
    expect(marked(Order, ["b", "a", "c"], { options: offered })).toContain(
      "Talk in pairsThink alone",
    )
  })
})

describe("the words of an answer", () => {
  const words = (props: object) => mount(Wording, { props: { value: null, ...props } })

  it("are those of the options: a list, an order, pairs", () => {
    expect(
      words({ value: ["a", "c"], options })
        .get("ul")
        .text(),
    ).toContain("Tell the class")
    const order = words({ value: ["b", "a"], options, isOrdered: true }).get("ol")
    expect(order.findAll("li").map((each) => each.text())).toEqual(["Talk in pairs", "Think alone"])
    const pairs = words({ value: { x: "b" }, options: { x: "Why?" }, right: options })
    expect(pairs.text()).toBe("Why?Talk in pairs")
    expect(words({ value: [] }).text()).toBe("Nothing written.")
    expect(words({ value: {}, options: { x: "Why?" }, right: options }).text()).toBe(
      "Nothing written.",
    )
  })
})
