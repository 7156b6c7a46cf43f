// @vitest-environment jsdom
import { flushPromises } from "@vue/test-utils"
import { afterEach, describe, expect, it } from "vitest"
import { PortalError, type Portal, type Post } from "../portal"
import PeerShare from "./PeerShare.vue"
import PictureChoice from "./PictureChoice.vue"
import {
  mineWith,
  mountOn,
  noNetwork,
  pageWith,
  portalWith,
  postWith,
  sendingTo,
} from "./test-portal"

async function open(share: () => Promise<Post>) {
  const sent: string[] = []
  let isUp = false
  const portal: Portal = portalWith({
    saveAnswer: async (_course, _module, _exercise, { value }) => {
      if (!isUp) throw noNetwork()
      sent.push(String(value))
      return {} as never
    },
    share: async (_course, _module, { key, pictures, guardians_agree }) => {
      if (!isUp) throw noNetwork()
      expect([pictures.length, guardians_agree]).toEqual([1, true])
      sent.push(key.length > 7 ? "shared" : "no key")
      return share()
    },
  })
  const sending = sendingTo(portal)
  const page = pageWith(mineWith(), { sending })
  const { course, module } = page
  await sending.put("answer", { course, module, exercise: "saw", value: "নতুন কথা" })
  const view = mountOn(page, portal, PeerShare, { exercise: "saw" })
  await flushPromises()
  const photo = { key: "one", content: new Blob(["ছবি"], { type: "image/webp" }), alt: "চার দল" }
  view.findComponent(PictureChoice).vm.$emit("update:modelValue", [photo])
  await flushPromises()
  for (const tick of view.findAll("[type=checkbox]")) await tick.setValue(true)
  await view.find("form").trigger("submit")
  await flushPromises()
  const comeBack = async () => {
    isUp = true
    await sending.outbox.value?.send()
    await flushPromises()
  }
  const letGo = async () => {
    const button = view.findAll("button").find((one) => one.text() === "Do not share yet")
    await button!.trigger("click")
    await flushPromises()
  }
  return { view, sent, comeBack, letGo, sending }
}

const focused = () => document.activeElement?.textContent
afterEach(() => (document.body.innerHTML = ""))

describe("sharing without network", () => {
  it("shows the words of now, waits in words, and goes after them", async () => {
    const { view, sent, comeBack } = await open(async () =>
      postWith({ own: true, exercise: "saw" }),
    )
    expect(view.find("[role=status]").text()).toContain("Not shared yet.")
    await comeBack()
    expect(sent).toEqual(["নতুন কথা", "shared"])
    expect(view.find("[role=status]").text()).toContain("Shared on")
  })

  it("gives its photos back to the form when it is not to go yet", async () => {
    const { view, letGo } = await open(async () => postWith())
    expect(view.findAll("img").map((one) => one.attributes("alt"))).toEqual(["চার দল"])
    await letGo()
    expect(view.find("form img").attributes("alt")).toBe("চার দল")
    const [photo] = view.findComponent(PictureChoice).props("modelValue")
    expect(photo.key, "its old name may belong to a post by now").not.toBe("one")
  })

  it("leads to the heading at once, and calls nobody back from elsewhere", async () => {
    const { comeBack } = await open(async () => postWith({ own: true, exercise: "saw" }))
    expect(focused()).toBe("Share with colleagues")
    const elsewhere = document.body.appendChild(document.createElement("textarea"))
    elsewhere.focus()
    await comeBack()
    expect(document.activeElement).toBe(elsewhere)
    elsewhere.remove()
    await flushPromises()
    expect(document.activeElement).toBe(document.body)
  })

  it("says what it waits for: a person, or room", async () => {
    const { view, sending } = await open(async () => postWith())
    const words = () => view.find("[role=status]").text()
    sending.status.value = "signed-out"
    await flushPromises()
    expect(words()).toBe("Not shared yet. It is kept on this phone; sign in again to send it.")
    sending.outbox.value!.isLasting = () => false
    await sending.outbox.value!.lookAgain()
    await flushPromises()
    expect(words()).toContain("Not shared yet. It is on this page alone")
  })

  it("says why it was refused, and lets go of it", async () => {
    const { view, comeBack, letGo } = await open(async () => {
      throw new PortalError("no-cohort", "You are in no cohort.", {}, false, 409)
    })
    await comeBack()
    expect(view.find("[role=alert]").text()).toContain("You are in no cohort.")
    await letGo()
    expect(view.find("[role=alert]").exists()).toBe(false)
  })
})
