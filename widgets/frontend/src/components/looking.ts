// Decides when a post counts as looked at, as far as the browser can know: seconds run only
// while the page is visible and the text is on screen, and the last one waits for the end of
// the text. The server has the last word; it grants no more than the time that really passed.

export interface Looked {
  shown_seconds: number
  needed_seconds: number
  looked: boolean
}

export class LookTimer {
  looked: Looked
  isTextShown = false
  isEndSeen = false
  /** The server cannot be told: the whole of the reading waits. */
  isOffline = false
  private unsent = 0
  private countedAt: number | null = null

  /** `now` gives milliseconds; `isPageVisible` says whether the reader can see the page. */
  constructor(
    looked: Looked,
    private readonly now: () => number,
    private readonly isPageVisible: () => boolean,
  ) {
    this.looked = looked
  }

  /** Add the time since the last count, if the text was in front of the reader. */
  count(): void {
    const at = this.now()
    const isLooking = this.isTextShown && this.isPageVisible()
    if (isLooking && this.countedAt !== null) this.unsent += (at - this.countedAt) / 1000
    this.countedAt = isLooking ? at : null
    this.unsent = Math.min(this.unsent, this.isOffline ? this.missing() : 10, this.room())
  }

  /** The seconds to tell the server now, or 0 while it is too early to ask. */
  due(): number {
    if (this.looked.looked) return 0
    const completes = this.looked.shown_seconds + this.unsent >= this.looked.needed_seconds
    return this.unsent >= 5 || (completes && this.isEndSeen) ? this.unsent : 0
  }

  /** The seconds that wait, once they are all that is missing; else 0. */
  readOffline(): number {
    return this.isOffline && this.isEndSeen && this.unsent >= this.missing() ? this.unsent : 0
  }

  /** Take over what the server granted; what was sent is not sent again. */
  granted(sent: number, looked: Looked): void {
    this.unsent = Math.max(0, this.unsent - sent)
    this.looked = looked
  }

  /** Whole seconds that are left; at least 1 as long as the server has not agreed. */
  left(): number {
    if (this.looked.looked) return 0
    const left = this.looked.needed_seconds - this.looked.shown_seconds - this.unsent
    return Math.max(1, Math.ceil(left))
  }

  private missing(): number {
    return Math.max(0, this.looked.needed_seconds - this.looked.shown_seconds)
  }

  /** Without the end of the text, time stops a second short of enough. */
  private room(): number {
    if (this.isEndSeen) return Infinity
    return Math.max(0, this.looked.needed_seconds - 1 - this.looked.shown_seconds)
  }
}
