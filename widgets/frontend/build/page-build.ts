/** Vite plugin for the page build: manifest.json, and a `.br` beside each file. */
import { createHash } from "node:crypto"
import type { Plugin, Rolldown } from "vite"
import { writeBrotli } from "./brotli.ts"

type Bundle = Record<string, Rolldown.OutputChunk | Rolldown.OutputAsset>

export interface Manifest {
  early: string
  entry: string
  css: string[]
  icon: string
  /** What every page needs beside the entry, and what each component adds. */
  chunks: string[]
  components: Record<string, string[]>
  texts: Record<string, string>
  /** What a page with live stretches adds. */
  frames: string[]
  fonts: string[]
}

const BUNDLE = /\/src\/bundles\/\w+\.ts$/
const FRAMES = /\/src\/frames\/frames\.ts$/

function imports(bundle: Bundle, file: string, found = new Set<string>()): Set<string> {
  const chunk = bundle[file]
  if (found.has(file) || chunk?.type !== "chunk") return found
  found.add(file)
  for (const next of chunk.imports) imports(bundle, next, found)
  return found
}

function withHash(name: string, source: string): string {
  return `${name}-${createHash("sha256").update(source).digest("hex").slice(0, 10)}.js`
}

function readManifest(bundle: Bundle, early: string): Manifest {
  const chunks = Object.values(bundle).filter((file) => file.type === "chunk")
  const entry = chunks.find((chunk) => chunk.isEntry && chunk.name === "page")!
  const first = imports(bundle, entry.fileName)
  const components: Record<string, string[]> = {}
  const texts: Record<string, string> = {}
  const frames: string[] = []
  for (const chunk of chunks) {
    if (BUNDLE.test(chunk.facadeModuleId ?? "")) {
      const added = [...imports(bundle, chunk.fileName)].filter((file) => !first.has(file))
      for (const name of chunk.exports) components[name] = added
    }
    if (chunk.facadeModuleId?.includes("virtual:texts-bn")) texts.bn = chunk.fileName
    if (FRAMES.test(chunk.facadeModuleId ?? ""))
      frames.push(...[...imports(bundle, chunk.fileName)].filter((file) => !first.has(file)))
  }
  const files = Object.keys(bundle)
  return {
    early,
    entry: entry.fileName,
    css: files.filter((file) => file.endsWith(".css")),
    icon: files.find((file) => file.endsWith(".svg"))!,
    chunks: [...first].filter((file) => file !== entry.fileName),
    components,
    texts,
    frames,
    fonts: files.filter((file) => file.endsWith(".woff2")).sort(),
  }
}

export function pageBuild(): Plugin {
  return {
    name: "pathshala:page-build",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        // Written as a classic script: it must run before the first paint, and needs no module.
        const chunk = Object.values(bundle).find(
          (file) => file.type === "chunk" && file.name === "early",
        ) as Rolldown.OutputChunk
        const code = `(()=>{${chunk.code.trim()}})()`
        const early = withHash("early", code)
        delete bundle[chunk.fileName]
        const manifest = readManifest(bundle as Bundle, early)
        this.emitFile({ type: "asset", fileName: early, source: code })
        this.emitFile({
          type: "asset",
          fileName: "manifest.json",
          source: `${JSON.stringify(manifest, null, 2)}\n`,
        })
      },
    },
    writeBundle: writeBrotli,
  }
}
