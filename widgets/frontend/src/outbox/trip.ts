// One thing on its way to the server, and whether anybody still wants it to get there.
import type { Entry } from "./entry"

/** It was thrown away or written anew while it was on its way. */
export class NotWanted extends Error {}

export class Trip {
  private readonly stopper = new AbortController()
  /** For what is not the thing itself but has to be there before it. */
  readonly signal = this.stopper.signal
  /** When its outcome is known. */
  end: Promise<unknown> = Promise.resolve()
  /** Whether the server has it, and keeps it. */
  isThere = false

  constructor(
    readonly entry: Entry,
    /** The page may be gone before the reply. */
    readonly isLeaving: boolean,
    private readonly isChanged: (entry: Entry) => Promise<boolean>,
  ) {}

  /** It was thrown away. What is said already is not taken back by this: its reply is waited for. */
  stop(): void {
    this.stopper.abort()
  }

  /** Fail with NotWanted if it was thrown away or written anew, here or in another tab. */
  async ensureWanted(): Promise<void> {
    if (this.signal.aborted || (await this.isChanged(this.entry))) throw new NotWanted()
  }
}
