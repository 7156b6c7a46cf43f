import { mount } from "@vue/test-utils"
import { describe, expect, it } from "vitest"
import { nextTick } from "vue"
import { createTheme } from "../theme"
import ActionPlan from "./ActionPlan.vue"

function plan(value: Record<string, string> = {}) {
  const wrapper = mount(ActionPlan, {
    props: {
      value,
      "onUpdate:value": (written: object) => wrapper.setProps({ value: written }),
    },
    global: { plugins: [createTheme()] },
    attachTo: document.body,
  })
  const button = (name: string) =>
    wrapper.findAll("button").find((each) => each.text() === name) ?? null
  return { wrapper, button }
}

describe("a plan", () => {
  it("asks for the change and the day before it is kept", async () => {
    const { wrapper, button } = plan()
    await button("I will try this")!.trigger("click")
    expect(wrapper.text()).toContain("Write one small change first.")
    await wrapper.get("[name=change]").setValue("তিন সেকেন্ড অপেক্ষা")
    await button("I will try this")!.trigger("click")
    expect(wrapper.text()).toContain("Choose the day of the lesson.")
  })

  it("becomes a waiting card, then a report", async () => {
    const { wrapper, button } = plan()
    await wrapper.get("[name=change]").setValue("তিন সেকেন্ড অপেক্ষা")
    await wrapper.get("[name=date]").setValue("2026-11-25")
    await button("I will try this")!.trigger("click")
    await nextTick()
    expect(wrapper.text()).toContain("25 November 2026")
    expect(wrapper.find("[name=change]").exists()).toBe(false)

    await button("I tried it")!.trigger("click")
    await wrapper.get("[name=pupils]").setValue("সবাই কথা বলেছে")
    await wrapper.get("input[value=change]").setValue()
    expect(wrapper.props("value")).toMatchObject({
      change: "তিন সেকেন্ড অপেক্ষা",
      date: "2026-11-25",
      pupils: "সবাই কথা বলেছে",
      decision: "change",
    })
    expect(wrapper.props("value")!.tried_on).toMatch(/^\d{4}-\d\d-\d\d$/)
  })

  it("shows the card at once when it was written on an earlier visit", async () => {
    const { wrapper, button } = plan({ change: "চুপ থাকব", date: "2026-11-25" })
    expect(button("I tried it")).not.toBeNull()
    await button("Change the plan")!.trigger("click")
    expect(wrapper.get<HTMLTextAreaElement>("[name=change]").element.value).toBe("চুপ থাকব")
  })
})
