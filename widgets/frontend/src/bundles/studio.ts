// The trainer's screen.
export { default as Studio } from "../screens/Studio.vue"
