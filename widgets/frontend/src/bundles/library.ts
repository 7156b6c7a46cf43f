// The library: what colleagues shared, one work, one person.
export { default as Library } from "../components/Library.vue"
export { default as Portfolio } from "../components/Portfolio.vue"
export { default as SharedWork } from "../components/SharedWork.vue"
