/** Which chunk holds which component; its name is that of the Python class. */
import type { Component } from "vue"

const exercises = () => import("./bundles/exercises")
const quizzes = () => import("./bundles/quizzes")
const clip = () => import("./bundles/clip")
const sharing = () => import("./bundles/sharing")
const home = () => import("./bundles/home")
const library = () => import("./bundles/library")
const desk = () => import("./bundles/desk")
const studio = () => import("./bundles/studio")
const waiting = () => import("./bundles/waiting")

export const components: Record<string, () => Promise<Component>> = {
  Clip: async () => (await clip()).Clip,
  Reflection: async () => (await exercises()).Reflection,
  Choice: async () => (await exercises()).Choice,
  MultiChoice: async () => (await quizzes()).MultiChoice,
  Order: async () => (await quizzes()).Order,
  Match: async () => (await quizzes()).Match,
  ActionPlan: async () => (await exercises()).ActionPlan,
  Feedback: async () => (await exercises()).Feedback,
  HandIn: async () => (await sharing()).HandIn,
  PeerShare: async () => (await sharing()).PeerShare,
  Gallery: async () => (await sharing()).Gallery,
  Home: async () => (await home()).Home,
  Catalogue: async () => (await home()).Catalogue,
  CoursePage: async () => (await home()).CoursePage,
  Library: async () => (await library()).Library,
  SharedWork: async () => (await library()).SharedWork,
  Portfolio: async () => (await library()).Portfolio,
  Desk: async () => (await desk()).Desk,
  Studio: async () => (await studio()).Studio,
  Waiting: async () => (await waiting()).Waiting,
}
