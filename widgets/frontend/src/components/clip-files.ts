/** Where a clip's files come from: from the portal by address, elsewhere from the kernel. */
import type { InjectionKey } from "vue"

export interface HostFiles {
  get(name: string): DataView | undefined
  load(name: string): void
}

/** Given by the host build alone. */
export const filesKey: InjectionKey<HostFiles | null> = Symbol("files")

const TYPES: Record<string, string> = {
  mp4: "video/mp4",
  webm: "video/webm",
  vtt: "text/vtt",
  png: "image/png",
  jpg: "image/jpeg",
  webp: "image/webp",
}

const addresses = new Map<string, string>()

/** An address for bytes that a kernel sent. */
export function addressOf(name: string, bytes: DataView): string {
  const known = addresses.get(name)
  if (known) return known
  const type = TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream"
  const address = URL.createObjectURL(new Blob([bytes as DataView<ArrayBuffer>], { type }))
  addresses.set(name, address)
  return address
}
