/** How much room this browser gives, and whether it promised not to take it back. */

/** What courses never take: room for what a teacher writes, its pictures, and pages that she opens. */
const FOR_WRITING_BYTES = 10_000_000

export interface Room {
  /** Bytes in use by all who use this phone here, and still free for courses; null where it does not say. */
  used: number | null
  free: number | null
  /** Whether the browser promised to keep it all, also when the phone is full. */
  isPromised: boolean
}

export async function findRoom(): Promise<Room> {
  const storage = navigator.storage as StorageManager | undefined
  const estimate = (await storage?.estimate?.().catch(() => null)) ?? null
  const { usage, quota }: StorageEstimate = estimate ?? {}
  const isPromised = (await storage?.persisted?.().catch(() => false)) ?? false
  const isSaid = usage !== undefined && quota !== undefined
  const free = isSaid ? Math.max(0, quota - usage - FOR_WRITING_BYTES) : null
  return { used: usage ?? null, free, isPromised }
}

/** Ask the browser to promise it; return its answer. */
export async function askForPromise(): Promise<boolean> {
  return (await navigator.storage?.persist?.().catch(() => false)) ?? false
}
