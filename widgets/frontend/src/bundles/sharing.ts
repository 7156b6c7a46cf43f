// From hand-in to colleagues: the end of a module.
export { default as Gallery } from "../components/Gallery.vue"
export { default as HandIn } from "../components/HandIn.vue"
export { default as PeerShare } from "../components/PeerShare.vue"
