// For tests: a portal whose answers a test writes down itself. What it did not write down fails
// loudly. Nothing of ours is replaced by it; it is the network's other end.
import { mount } from "@vue/test-utils"
import { ref, shallowRef } from "vue"
import type { Component } from "vue"
import { MemoryShelf, type Shelf } from "../outbox/shelf"
import { PortalError, portalKey } from "../portal"
import type { HandIn, Mine, MyExercise, Portal, Post } from "../portal"
import { pageKey } from "../shell/page-state"
import type { Page } from "../shell/page-state"
import { Sending } from "../shell/sending"

export function portalWith(answers: Partial<Portal>): Portal {
  return new Proxy(answers, {
    get: (known, name) =>
      name in known
        ? known[name as keyof Portal]
        : () => Promise.reject(new Error(`the test did not expect ${String(name)}`)),
  }) as Portal
}

export const noNetwork = () => new PortalError("no-network", "", {}, true, 0)

export function exerciseOf(value: unknown): MyExercise {
  return { value, saved_at: null, edited_at: null, device: null, sequence: null, feedback: null }
}

export function mineWith(change: Partial<Mine> = {}): Mine {
  return {
    person: "rahima",
    epoch: "",
    server_time: "2026-11-21T10:00:00Z",
    version: 1,
    exercises: { saw: exerciseOf("ষাটজনের ক্লাসে জোড়ায় কথা") },
    hand_ins: [],
    clips: {},
    posts: [],
    audiences: ["cohort", "everyone"],
    progress: { steps: 4, steps_done: 1, tried: false },
    ...change,
  }
}

export function handInWith(change: Partial<HandIn> = {}): HandIn {
  return {
    number: 12,
    round: 1,
    state: "to-mark",
    received_at: "2026-11-21T10:42:00Z",
    handed_by: "rahima",
    people: [{ id: "rahima", display_name: "রহিমা খাতুন" }],
    answered: 1,
    exercises: 1,
    answers: [{ exercise: "saw", title: "What I saw", answered: true }],
    score: null,
    maximum: null,
    can_take_back: true,
    returned_at: null,
    ...change,
  }
}

export function postWith(change: Partial<Post> = {}): Post {
  return {
    id: "a1",
    author: {
      display_name: "করিম উদ্দিন",
      school: "চরফ্যাশন সপ্রাবি",
      upazila: "চরফ্যাশন",
      district: "ভোলা",
      portfolio: null,
    },
    own: false,
    course: "active-learning",
    module: "pair-talk",
    module_title: "জোড়ায় কথা",
    exercise: "saw",
    kind: "reflection",
    excerpt: "সবাই কথা বলেছে",
    pictures: [],
    audience: "everyone",
    shared_at: "2026-11-20T10:00:00Z",
    withdrawn: false,
    hidden: null,
    comments: 0,
    ratings: { count: 0, lowest: null, highest: null, counts: [0, 0, 0, 0, 0] },
    my_stars: null,
    view: null,
    ...change,
  }
}

export function pageWith(mine: Mine, change: Partial<Page> = {}): Page {
  return {
    kind: "module",
    course: "active-learning",
    module: "pair-talk",
    version: 1,
    language: "en",
    root: "/services/portal/",
    mine: shallowRef(mine),
    saveState: ref({ kind: "saved" }),
    unsent: ref(0),
    sending: null,
    release: async () => {},
    reloadMine: async () => {},
    settle: async () => true,
    ...change,
  }
}

/** A phone that has room, and keeps what it is given. */
export const phoneWithRoom = (): Shelf => Object.assign(new MemoryShelf(), { isLasting: true })

/** What this page sends goes to this portal, from this shelf. */
export function sendingTo(portal: Portal, person = "rahima", shelf = phoneWithRoom()) {
  const sending = new Sending(portal, async () => shelf)
  void sending.open(person).then((outbox) => outbox.send())
  return sending
}

/** Mount a component as the page does: with a portal, a page, and in the document. */
export function mountOn(
  page: Page,
  portal: Portal,
  component: Component,
  props: Record<string, unknown> = {},
) {
  page.sending ??= sendingTo(portal, page.mine.value?.person)
  return mount(component, {
    props,
    attachTo: document.body,
    global: { provide: { [portalKey as symbol]: portal, [pageKey as symbol]: page } },
  })
}
