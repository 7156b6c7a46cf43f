/**
 * Small things kept in this browser between visits. A full or closed storage never stops what a
 * person does: then nothing is kept. What belongs to a person has her in its place, as phones
 * are shared.
 */

/** What is kept at `place`, or `null`; what cannot be read counts as nothing. */
export function findKept<T>(place: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "null") as T | null
  } catch {
    return null
  }
}

/** Keep `value` at `place`, or forget what is there when it is `null`. */
export function keep(place: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(place)
    else localStorage.setItem(place, JSON.stringify(value))
  } catch {
    // As above.
  }
}

/** A random key; `crypto.randomUUID` is missing on plain HTTP, where schools also are. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}
