// The portal as a preview sees it: the clips are those of the proof, nobody has shared anything yet.
import type { Portal } from "../portal"

export function asProof(portal: Portal, proof: string): Portal {
  return {
    ...portal,
    clipFiles: (_course, _module, clip) => portal.proofClipFiles(proof, clip),
    posts: async () => ({ posts: [] }),
  }
}
