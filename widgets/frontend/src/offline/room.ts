/** How much room this browser gives, and whether it promised not to take it back. */

/** What courses leave free: for what a teacher writes, its pictures, and pages that she opens. */
export const FOR_WRITING_BYTES = 4_000_000

export interface Room {
  /** Bytes still free for courses; null where it does not say. */
  free: number | null
  /** Whether the browser promised to keep it all, also when the phone is full. */
  isPromised: boolean
}

export async function findRoom(): Promise<Room> {
  const storage = navigator.storage as StorageManager | undefined
  const estimate = (await storage?.estimate?.().catch(() => null)) ?? null
  const isPromised = (await storage?.persisted?.().catch(() => false)) ?? false
  return { free: freeOf(estimate ?? {}), isPromised }
}

/** Newer browsers tell nobody how large a disk is: whatever is used, a round number of GB is free. */
function freeOf({ usage, quota }: StorageEstimate): number | null {
  if (usage === undefined || quota === undefined || (quota - usage) % 2 ** 30 === 0) return null
  return Math.max(0, quota - usage - FOR_WRITING_BYTES)
}

/** Ask the browser to promise it; return its answer. */
export async function askForPromise(): Promise<boolean> {
  return (await navigator.storage?.persist?.().catch(() => false)) ?? false
}
