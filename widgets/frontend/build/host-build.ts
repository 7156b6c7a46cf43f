/** Vite plugin for the host build: its style sheet travels inside the script. */
import type { Plugin, Rolldown } from "vite"

export function hostBuild(): Plugin {
  return {
    name: "pathshala:host-build",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        let css = ""
        for (const [name, file] of Object.entries(bundle)) {
          if (file.type !== "asset" || !name.endsWith(".css")) continue
          css += String(file.source)
          delete bundle[name]
        }
        const script = Object.values(bundle).find(
          (file): file is Rolldown.OutputChunk => file.type === "chunk" && file.isEntry,
        )!
        script.code = script.code.replace('"__PATHSHALA_CSS__"', () => JSON.stringify(css))
      },
    },
  }
}
