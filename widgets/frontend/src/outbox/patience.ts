// How long to wait after a failed try, and who goes first meanwhile.
import { PortalError } from "../portal"
import { placeOf, type Entry } from "./entry"

const PAUSES_SECONDS = [2, 4, 8, 15, 30, 60]
/** What the server stumbles over so often lets the others pass. */
const TRIES_IN_TURN = 3

export class Patience {
  private failures = 0
  private readonly stumbles = new Map<string, number>()

  isFresh = () => this.failures === 0

  /** Note a failure; return the milliseconds until the next try. */
  lose(entry: Entry, error: PortalError): number {
    const usual = PAUSES_SECONDS[Math.min(this.failures, PAUSES_SECONDS.length - 1)]!
    const pause = Math.max(usual, Number(error.facts.seconds) || 0) // 429 says how long
    this.failures += 1
    if (error.status >= 500) this.stumbles.set(placeOf(entry), this.stumblesOf(entry) + 1)
    return pause * (1000 + Math.random() * 400)
  }

  /** It went. */
  regain(entry: Entry): void {
    this.failures = 0
    this.stumbles.delete(placeOf(entry))
  }

  /** Whose turn it is of those that may go, the oldest first. */
  pick(due: Entry[]): Entry | undefined {
    return due.find((entry) => this.stumblesOf(entry) < TRIES_IN_TURN) ?? due[0]
  }

  private stumblesOf = (entry: Entry) => this.stumbles.get(placeOf(entry)) ?? 0
}

/** What we stumble over ourselves is a failure like any other: it must not stop the queue. */
export function asPortalError(error: unknown): PortalError {
  if (error instanceof PortalError) return error
  console.error(error)
  return new PortalError("unexpected", "", {}, true, 500)
}
