// The player.
export { default as Clip } from "../components/Clip.vue"
