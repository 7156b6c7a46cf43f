/** Writes a `.br` beside each file of a bundle that packs well. */
import { readFileSync, writeFileSync } from "node:fs"
import { brotliCompressSync, constants } from "node:zlib"
import type { Rolldown } from "vite"

const PACKABLE = /\.(js|css|svg)$/

export function writeBrotli(
  options: Rolldown.NormalizedOutputOptions,
  bundle: Rolldown.OutputBundle,
): void {
  for (const file of Object.keys(bundle)) {
    if (!PACKABLE.test(file)) continue
    const path = `${options.dir}/${file}`
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11 }
    writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path), { params }))
  }
}
