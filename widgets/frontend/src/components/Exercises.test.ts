import { mount } from "@vue/test-utils"
import { describe, expect, it } from "vitest"
import { ref, type Component } from "vue"
import { exerciseKey, type ExerciseSlot, type SaveState } from "../shell/page-state"
import { addTexts } from "../texts"
import { createTheme } from "../theme"
import Choice from "./Choice.vue"
import Reflection from "./Reflection.vue"

function slot(state: SaveState): ExerciseSlot {
  return {
    exercise: "saw",
    headingId: "heading-2",
    questionId: "question-saw-0",
    value: ref(""),
    ready: ref(true),
    state: ref(state),
    feedback: ref(null),
    handedIn: ref(null),
    draft: ref(undefined),
    takeDraft() {},
    dropDraft() {},
    write() {},
    flush: async () => true,
  }
}

function show(component: Component, props: object, within: ExerciseSlot | null = null) {
  const provide = { [exerciseKey as symbol]: within }
  return mount(component, { props, global: { plugins: [createTheme()], provide } })
}

describe("an exercise", () => {
  it("is a group named by its heading, with its id for the address", () => {
    const group = show(Reflection, {}, slot({ kind: "new" })).get("[role=group]")
    expect(group.attributes()).toMatchObject({ id: "saw", "aria-labelledby": "heading-2" })
  })

  it("describes the box by what is asked", () => {
    const box = show(Reflection, { hint: "In a few words" }, slot({ kind: "new" })).get("textarea")
    expect(box.attributes("aria-describedby")).toContain("question-saw-0")
  })

  it("says in words where the writing is", () => {
    const words = (state: SaveState) => show(Reflection, {}, slot(state)).text()
    expect(words({ kind: "saving" })).toContain("Saving…")
    expect(words({ kind: "saved", at: "2026-11-21T10:42:00" })).toContain("Saved 10:42")
    expect(words({ kind: "kept", waiting: 2 })).toContain(
      "Kept on this phone, will be sent later (2)",
    )
    const failed = show(Reflection, {}, slot({ kind: "failed" }))
    expect(failed.get("[role=alert]").text()).toBe("Not saved. Your writing is still here.")
  })

  it("says in both languages that it is not saved where there is no portal", () => {
    addTexts("bn", { "Not saved here": "এখানে সংরক্ষণ হয় না" })
    const words = show(Reflection, {}).text()
    expect(words).toContain("এখানে সংরক্ষণ হয় না")
    expect(words).toContain("Not saved here")
  })
})

describe("a choice", () => {
  it("gives the key of what was chosen", async () => {
    const quiz = show(Choice, {
      question: { bn: "কতক্ষণ?", en: "How long?" },
      options: { a: "1 second", b: { bn: "৩ সেকেন্ড", en: "3 seconds" } },
    })
    expect(quiz.get("[role=radiogroup]").attributes("aria-labelledby")).toBe(
      quiz.get(".question").attributes("id"),
    )
    await quiz.get("input[value=b]").setValue()
    expect(quiz.emitted("update:value")).toEqual([["b"]])
  })
})
