// What waits on this phone.
export { default as Waiting } from "../screens/Waiting.vue"
