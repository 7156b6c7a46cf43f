// Words for what went wrong, and whether it is worth trying again. The portal words its own
// refusals in the reader's language; here are only those that never reached it.
import { t } from "../texts"
import { PortalError } from "../portal"

/** Whether the request never reached the portal. */
export function isOffline(failure: unknown): boolean {
  return failure instanceof PortalError && failure.status === 0
}

/** Whether the same request may succeed later without anybody changing anything. */
export function isWorthRepeating(failure: unknown): boolean {
  return failure instanceof PortalError && failure.retry
}

/** One calm sentence for a person. */
export function wordsFor(failure: unknown): string {
  if (isOffline(failure)) return t("There is no network right now.")
  if (failure instanceof PortalError && failure.message) return failure.message
  return t("Something went wrong here.")
}
