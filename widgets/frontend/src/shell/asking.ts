/** Asks the portal over a poor network. */
import { pause } from "./pause"

const SECONDS_UNTIL_ASKED_AGAIN = 3

/** A request that a poor network stalled may never end: soon another is made beside it. */
export async function askBeside<T>(
  ask: () => Promise<T>,
  tellSlow: (isSlow: boolean) => void,
): Promise<T> {
  const first = ask()
  const late = pause(SECONDS_UNTIL_ASKED_AGAIN).then(() => null)
  const found = await Promise.race([first, late])
  if (found !== null) return found
  tellSlow(true)
  try {
    return await Promise.any([first, ask()])
  } catch (error) {
    throw (error as AggregateError).errors[0]
  } finally {
    tellSlow(false)
  }
}
