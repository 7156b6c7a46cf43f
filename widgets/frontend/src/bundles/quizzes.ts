// The quizzes that few modules need.
export { default as Match } from "../components/Match.vue"
export { default as MultiChoice } from "../components/MultiChoice.vue"
export { default as Order } from "../components/Order.vue"
