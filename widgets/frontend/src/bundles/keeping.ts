// Keeping courses on this phone.
export { default as KeepModules } from "../components/KeepModules.vue"
export { default as KeptHere } from "../components/KeptHere.vue"
