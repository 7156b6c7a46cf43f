/** Vite plugin for the build of live pages' frames: manifest.json, and a `.br` beside each file. */
import type { Plugin, Rolldown } from "vite"
import { writeBrotli } from "./brotli.ts"

export function liveBuild(): Plugin {
  return {
    name: "pathshala:live-build",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const files = Object.values(bundle)
        const entry = files.find(
          (file): file is Rolldown.OutputChunk => file.type === "chunk" && file.isEntry,
        )!
        const css = files.map((file) => file.fileName).filter((name) => name.endsWith(".css"))
        const source = `${JSON.stringify({ entry: entry.fileName, css }, null, 2)}\n`
        this.emitFile({ type: "asset", fileName: "manifest.json", source })
      },
    },
    writeBundle: writeBrotli,
  }
}
