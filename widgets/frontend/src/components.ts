/** Which chunk holds which component; its name is that of the Python class. */
import type { Component } from "vue"

type Load = () => Promise<{ default: Component }>

export const components: Record<string, Load> = {
  Clip: () => import("./components/Clip.vue"),
  Reflection: () => import("./components/Reflection.vue"),
  Choice: () => import("./components/Choice.vue"),
  ActionPlan: () => import("./components/ActionPlan.vue"),
  HandIn: () => import("./components/HandIn.vue"),
  Feedback: () => import("./components/Feedback.vue"),
  PeerShare: () => import("./components/PeerShare.vue"),
  Gallery: () => import("./components/Gallery.vue"),
  Home: () => import("./components/Home.vue"),
  Catalogue: () => import("./components/Catalogue.vue"),
  CoursePage: () => import("./components/CoursePage.vue"),
  Desk: () => import("./screens/Desk.vue"),
  Studio: () => import("./screens/Studio.vue"),
}
