// The pages around the modules.
export { default as Catalogue } from "../components/Catalogue.vue"
export { default as CoursePage } from "../components/CoursePage.vue"
export { default as Home } from "../components/Home.vue"
