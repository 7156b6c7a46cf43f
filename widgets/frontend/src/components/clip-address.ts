/** Where a clip's file can be loaded from: signed by the portal, sent by a kernel, or as it is. */
import { inject, ref } from "vue"
import { portalKey } from "../portal"
import { usePage } from "../shell/page-state"
import { addressOf, filesKey } from "./clip-files"
import { isOffline } from "./failures"

export interface ClipAddresses {
  /** The address of a still, of captions, or of a film that a kernel has sent. */
  of(name: string | null | undefined): string | undefined
  /** Ask for the address of a film's file; it may fail with a PortalError. */
  open(src: string): Promise<string>
  /** Whether `open` had to give an address without asking the portal, which was out of reach. */
  isUnreached(): boolean
  /** Ask the portal anew at the next `open`: what it gave has expired, or did not work. */
  forget(): void
}

export function useClipAddresses(clip: () => string | undefined): ClipAddresses {
  const portal = inject(portalKey, null)
  const files = inject(filesKey, null)
  const page = usePage()
  const signed = ref<Record<string, string>>({})
  let signedUntil = 0
  let isUnreached = false

  return {
    isUnreached: () => isUnreached,
    forget: () => (signedUntil = 0),
    of(name) {
      if (!name || !files) return name ?? undefined
      const bytes = files.get(name)
      return bytes ? addressOf(name, bytes) : undefined
    },
    async open(src) {
      const name = clip()
      if (!portal || !name) {
        files?.load(src)
        return src
      }
      const file = src.split("/").at(-1)!
      if (!(file in signed.value) || performance.now() > signedUntil) {
        isUnreached = false
        try {
          const found = await portal.clipFiles(page.course, page.module, name)
          signed.value = found.addresses
          signedUntil = performance.now() + found.seconds * 1000
        } catch (failure) {
          if (!isOffline(failure)) throw failure
          isUnreached = true
          return src // a browser that keeps this clip has it under its plain address
        }
      }
      return signed.value[file] ?? src
    },
  }
}
