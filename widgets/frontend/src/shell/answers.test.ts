import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { watch } from "vue"
import { openShelf } from "../outbox/shelf"
import { PortalError, type AnswerSave, type Mine, type MyExercise, type Portal } from "../portal"
import { Answers } from "./answers"
import { Sending } from "./sending"

let shelves = 0

/** A server with one module of one person, and can be away. */
class Server {
  person = "রাহেলা"
  exercises: Record<string, MyExercise> = {}
  isAway = false
  clockAheadSeconds = 0
  epoch = ""
  /** What the phone knew last. */
  known: Mine | null = null
  kept = {
    mine: async () => {
      if (!this.known) throw new PortalError("not-kept", "")
      return this.known
    },
  }

  private check() {
    if (this.isAway) throw new PortalError("no-network", "", {}, true)
  }

  private now() {
    return new Date(Date.now() + this.clockAheadSeconds * 1000).toISOString()
  }

  async mine(): Promise<Mine> {
    this.check()
    const { person, epoch, exercises } = this
    const progress = { steps: 7, steps_done: 0, tried: false }
    const rest = { version: 1, hand_ins: [], clips: {}, posts: [], audiences: [], progress }
    return { person, epoch, server_time: this.now(), exercises: { ...exercises }, ...rest }
  }

  async saveAnswer(_course: string, _module: string, exercise: string, answer: AnswerSave) {
    this.check()
    const edited_at = this.now()
    const { value, device, sequence } = answer
    this.exercises[exercise] = {
      value,
      device,
      sequence,
      edited_at,
      saved_at: edited_at,
      feedback: null,
    }
    return {
      exercise,
      saved_at: edited_at,
      kept: "newest" as const,
      newest: { value, edited_at, device, sequence },
    }
  }

  write(value: unknown, at = this.now()) {
    const other = { device: "other", sequence: 9, feedback: null }
    this.exercises.saw = { value, edited_at: at, saved_at: at, ...other }
  }
}

let server: Server
let shelf: string
const opened: Sending[] = []

function aPage(open = () => openShelf(shelf)) {
  const portal = server as unknown as Portal
  const sending = new Sending(portal, open)
  opened.push(sending)
  const answers = new Answers(portal, "active-learning", "pair-talk", sending)
  const slot = answers.addExercise({ exercise: "saw", headingId: null, questionId: null })
  return { answers, slot }
}

beforeEach(() => {
  server = new Server()
  shelf = `answers-${(shelves += 1)}`
})
afterEach(() => {
  for (const { outbox } of opened.splice(0)) outbox.value?.close() // its timers outlive the test
})

describe("a page's answers", () => {
  it("opens a box only when the portal said what is already written", async () => {
    server.write("আগের লেখা")
    const { answers, slot } = aPage()
    expect(slot.ready.value).toBe(false)
    await answers.start()
    expect(slot.ready.value).toBe(true)
    expect(slot.value.value).toBe("আগের লেখা")
    expect(slot.state.value.kind).toBe("saved")
  })

  it("asks once more beside a request that hangs, and says meanwhile why nothing opens", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    const answer = server.mine
    server.mine = () => {
      server.mine = answer
      return new Promise(() => {})
    }
    server.write("আগের লেখা")
    const { answers, slot } = aPage()
    const started = answers.start()
    expect(slot.ready.value).toBe(false)
    const said: boolean[] = []
    watch(answers.isSlow, (isSlow) => said.push(isSlow), { flush: "sync" })
    await vi.advanceTimersByTimeAsync(3_000)
    vi.useRealTimers()
    await started
    expect(slot.value.value).toBe("আগের লেখা")
    expect(said).toEqual([true, false])
  })

  it("says saved only after the server has it", async () => {
    const { answers, slot } = aPage()
    await answers.start()
    slot.write("লিখছি")
    expect(slot.state.value.kind).toBe("typing")
    slot.flush()
    await vi.waitFor(() => expect(slot.state.value.kind).toBe("saved"))
    expect(server.exercises.saw?.value).toBe("লিখছি")
  })

  it("says that it is kept while the network is away, and sends it on the next visit", async () => {
    const first = aPage()
    await first.answers.start()
    server.isAway = true
    first.slot.write("নেট নেই")
    first.slot.flush()
    await vi.waitFor(() => expect(first.slot.state.value).toEqual({ kind: "kept", waiting: 1 }))
    expect(first.answers.unsent.value).toBe(1)

    server.isAway = false
    const second = aPage()
    await second.answers.start()
    expect(second.slot.value.value).toBe("নেট নেই")
    await vi.waitFor(() => expect(server.exercises.saw?.value).toBe("নেট নেই"))
  })

  it("sends again what a restored server has lost, and only then", async () => {
    const { answers, slot } = aPage()
    await answers.start()
    slot.write("শেষ মিনিটের লেখা")
    slot.flush()
    await vi.waitFor(() => expect(slot.state.value.kind).toBe("saved"))

    server.exercises = {}
    await aPage().answers.start()
    expect(server.exercises).toEqual({})

    server.epoch = "restored"
    const later = aPage()
    await later.answers.start()
    expect(later.slot.value.value).toBe("শেষ মিনিটের লেখা")
    await vi.waitFor(() => expect(later.slot.state.value.kind).toBe("saved"))
    expect(server.exercises.saw?.value).toBe("শেষ মিনিটের লেখা")
  })

  it("shows one's own later words although the phone's clock was put back meanwhile", async () => {
    const first = aPage()
    await first.answers.start()
    first.slot.write("আগে")
    first.slot.flush()
    await vi.waitFor(() => expect(first.slot.state.value.kind).toBe("saved"))
    server.isAway = true
    first.slot.write("পরে")
    first.slot.flush()
    await vi.waitFor(() => expect(first.slot.state.value.kind).toBe("kept"))

    server.isAway = false
    server.clockAheadSeconds = -600
    const second = aPage()
    await second.answers.start()
    expect(second.slot.value.value).toBe("পরে")
  })

  it("shows what was written later on another device", async () => {
    const first = aPage()
    await first.answers.start()
    server.isAway = true
    first.slot.write("পুরোনো")
    first.slot.flush()
    await vi.waitFor(() => expect(first.slot.state.value.kind).toBe("kept"))

    server.isAway = false
    server.write("অন্য ফোনে নতুন", new Date(Date.now() + 60_000).toISOString())
    const second = aPage()
    await second.answers.start()
    expect(second.slot.value.value).toBe("অন্য ফোনে নতুন")
  })

  it("shows nothing of another person on the same phone", async () => {
    const first = aPage()
    await first.answers.start()
    server.isAway = true
    first.slot.write("রাহেলার কথা")
    first.slot.flush()
    await vi.waitFor(() => expect(first.slot.state.value.kind).toBe("kept"))

    server.isAway = false
    server.person = "করিম"
    const second = aPage()
    await second.answers.start()
    expect(second.slot.value.value).toBeUndefined()
    expect(second.answers.unsent.value).toBe(0)
  })

  it("trusts the server's clock over the phone's", async () => {
    server.clockAheadSeconds = 3600
    const first = aPage()
    await first.answers.start()
    server.isAway = true
    first.slot.write("ফোনের ঘড়ি এক ঘণ্টা পিছিয়ে")
    first.slot.flush()
    await vi.waitFor(() => expect(first.slot.state.value.kind).toBe("kept"))

    server.isAway = false
    server.write("আগে লেখা", new Date(Date.now() + 3_500_000).toISOString())
    const second = aPage()
    await second.answers.start()
    expect(second.slot.value.value).toBe("ফোনের ঘড়ি এক ঘণ্টা পিছিয়ে")
  })

  it("opens from what the phone knew last, and takes what the portal says as the newer", async () => {
    server.write("গতকালের লেখা")
    server.known = await server.mine()
    server.isAway = true
    const { answers, slot } = aPage()
    void answers.start()
    await vi.waitFor(() => expect(slot.ready.value).toBe(true))
    expect(slot.value.value).toBe("গতকালের লেখা")
    await vi.waitFor(() => expect(answers.isUnreachable.value).toBe(true))

    server.isAway = false
    server.write("অন্য ফোনে আজকের লেখা")
    dispatchEvent(new Event("online"))
    await vi.waitFor(() => expect(slot.value.value).toBe("অন্য ফোনে আজকের লেখা"))
    expect(answers.isUnreachable.value).toBe(false)
  })

  it("shows what was sent after the phone was told last", async () => {
    server.known = await server.mine()
    const first = aPage()
    await first.answers.start()
    first.slot.write("পাঠানো লেখা")
    await first.slot.flush()
    server.isAway = true
    const second = aPage()
    void second.answers.start()
    await vi.waitFor(() => expect(second.slot.value.value).toBe("পাঠানো লেখা"))
    expect(second.slot.state.value.kind).toBe("saved")
  })

  it("never takes an old epoch for the server's: nothing is sent again", async () => {
    server.epoch = "second"
    server.known = { ...(await server.mine()), epoch: "first" }
    const { answers, slot } = aPage()
    await answers.start()
    slot.write("একবারই")
    await slot.flush()
    const saves = vi.spyOn(server, "saveAnswer")
    const again = aPage()
    await again.answers.start()
    await again.answers.settle()
    expect(saves).not.toHaveBeenCalled()
  })

  it("settles before a hand-in: everything written is with the server", async () => {
    const { answers, slot } = aPage()
    await answers.start()
    slot.write("শেষ কথা")
    expect(await answers.settle()).toBe(true)
    expect(server.exercises.saw?.value).toBe("শেষ কথা")
  })

  it("shows on the way back what another tab wrote meanwhile, and goes on from there", async () => {
    const [older, newer] = [aPage(), aPage()]
    await older.answers.start()
    await newer.answers.start()
    server.isAway = true
    newer.slot.write("অন্য পাতায় লেখা দীর্ঘ উত্তর")
    await newer.slot.flush()
    await older.answers.returnTo()
    expect(older.slot.value.value).toBe("অন্য পাতায় লেখা দীর্ঘ উত্তর")
    await vi.waitFor(() => expect(older.slot.state.value.kind).toBe("kept"))

    server.isAway = false
    await newer.answers.settle()
    await older.answers.returnTo()
    expect(older.slot.value.value).toBe("অন্য পাতায় লেখা দীর্ঘ উত্তর")
    expect(older.slot.state.value.kind).toBe("saved")
  })

  it("leaves alone what is being typed when its writer comes back", async () => {
    const [older, newer] = [aPage(), aPage()]
    await older.answers.start()
    await newer.answers.start()
    newer.slot.write("অন্য পাতায়")
    await newer.slot.flush()
    const back = older.answers.returnTo()
    older.slot.write("এই পাতায়")
    await back
    expect(older.slot.value.value).toBe("এই পাতায়")
  })

  it("opens its boxes on a phone that is full to the last byte, and saves", async () => {
    server.epoch = "first"
    const full = () => Promise.reject(new DOMException("full", "QuotaExceededError"))
    const fullShelf = async () =>
      Object.assign(await openShelf(shelf), { keepEpoch: full, change: full })
    const { answers, slot } = aPage(fullShelf)
    await answers.start()
    expect(slot.ready.value).toBe(true)
    slot.write("জায়গা নেই")
    expect(await slot.flush()).toBe(true)
    expect(server.exercises.saw?.value).toBe("জায়গা নেই")
  })

  it("opens its boxes on a later try where the queue could not be opened at first", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    vi.spyOn(console, "error").mockImplementation(() => {})
    const fails = vi.fn(() => openShelf(shelf)).mockRejectedValueOnce(new Error("held"))
    const { answers, slot } = aPage(fails)
    const started = answers.start()
    await vi.waitFor(() => expect(answers.isUnreachable.value).toBe(true))
    await vi.advanceTimersByTimeAsync(3_000)
    vi.useRealTimers()
    await started
    vi.restoreAllMocks()
    expect(slot.ready.value).toBe(true)
  })

  it("is made anew for somebody else, and what was typed stays with its writer", async () => {
    const reload = vi.fn()
    vi.stubGlobal("location", { pathname: "/", reload })
    const { answers, slot } = aPage()
    await answers.start()
    document.body.append("রাহেলার ছবি")
    const mine = server.mine
    server.mine = async () => {
      slot.write("শেষ মুহূর্তের লেখা")
      return { ...(await mine.call(server)), person: "করিম" }
    }
    await answers.reload()
    expect(reload).toHaveBeenCalledOnce()
    expect(document.body.textContent).toBe("")
    vi.unstubAllGlobals()
    const kept = await openShelf(shelf)
    expect(await kept.all("করিম")).toEqual([])
    expect(await kept.all("রাহেলা")).toMatchObject([{ value: { value: "শেষ মুহূর্তের লেখা" } }])
  })

  it("holds nothing back once its writer has left the page in the middle of a word", async () => {
    const { answers, slot } = aPage()
    await answers.start()
    server.isAway = true
    slot.write("মাঝপথে")
    answers.leave()
    await vi.waitFor(() => expect(answers.unsent.value).toBe(1))
    server.isAway = false
    await answers.returnTo()
    await vi.waitFor(() => expect(slot.state.value.kind).toBe("saved"))
    expect(server.exercises.saw?.value).toBe("মাঝপথে")
  })
})
