// The evaluator's screen.
export { default as Desk } from "../screens/Desk.vue"
