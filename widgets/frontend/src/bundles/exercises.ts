// What a teacher answers; in one chunk, as a module needs most of it.
export { default as ActionPlan } from "../components/ActionPlan.vue"
export { default as Choice } from "../components/Choice.vue"
export { default as Feedback } from "../components/Feedback.vue"
export { default as Reflection } from "../components/Reflection.vue"
