import { mount } from "@vue/test-utils"
import { expect, it } from "vitest"
import type { ThisWeek } from "../portal"
import WeekItem from "./WeekItem.vue"

function linkOf(change: Partial<ThisWeek>) {
  const item: ThisWeek = {
    kind: "feedback",
    course: "active-learning",
    module: "pair-talk",
    exercise: null,
    post: null,
    title: "Pair talk",
    text_facts: {},
    date: null,
    ...change,
  }
  const link = mount(WeekItem, { props: { item, root: "/services/portal/" } }).get("a")
  return [link.text(), link.attributes("href")]
}

it("leads to the exact place of what it says", () => {
  expect(linkOf({ exercise: "saw" })).toEqual([
    "Feedback has come: Pair talk",
    "/services/portal/courses/active-learning/pair-talk#saw",
  ])
  expect(linkOf({ kind: "hidden", post: "a1" })).toEqual([
    "Your shared work was hidden: see why: Pair talk",
    "/services/portal/library/a1",
  ])
})
