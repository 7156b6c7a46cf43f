/**
 * Vite plugin for the build of live pages' frames: a `.br` beside each file, and manifest.json, which
 * names the entry, its style, and the scripts that most pages need beside it.
 */
import type { Plugin, Rolldown } from "vite"
import { writeBrotli } from "./brotli.ts"

/** Whether it is a sheet that a page begins with; those of packages come when they are wanted. */
function isForEveryPage(file: Rolldown.OutputAsset | Rolldown.OutputChunk): boolean {
  const isSheet = file.type === "asset" && file.fileName.endsWith(".css")
  return isSheet && !file.originalFileNames.some((name) => name.includes("fontawesome-free"))
}

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
        const early = files.filter((file) => file.type === "chunk" && file.name === "controls")
        const css = files.filter(isForEveryPage).map((file) => file.fileName)
        const chunks = early.map((file) => file.fileName)
        const source = `${JSON.stringify({ entry: entry.fileName, chunks, css }, null, 2)}\n`
        this.emitFile({ type: "asset", fileName: "manifest.json", source })
      },
    },
    writeBundle: writeBrotli,
  }
}
