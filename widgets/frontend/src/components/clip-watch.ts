/** Which seconds of a clip were really watched, each counted once. */
import type { Range } from "../portal"

/** Join overlapping and touching ranges, in order. */
export function mergeRanges(ranges: Range[]): Range[] {
  const merged: Range[] = []
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last && from <= last[1] + 0.01) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

export function countSeconds(ranges: Range[]): number {
  return mergeRanges(ranges).reduce((sum, [from, to]) => sum + to - from, 0)
}

/** A step longer than this between two looks at the clock is a jump, not watching. */
const LONGEST_STEP_SECONDS = 2.5

export class WatchRecord {
  private last: number | null = null
  /** Everything ever watched, and what the server has not yet been told. */
  ranges: Range[] = []
  unsent: Range[] = []

  /** Look at the clock while playing. */
  tick(position: number): void {
    const from = this.last
    this.last = position
    if (from === null || position <= from || position - from > LONGEST_STEP_SECONDS) return
    this.ranges = mergeRanges([...this.ranges, [from, position]])
    this.unsent = mergeRanges([...this.unsent, [from, position]])
  }

  /** Playing stopped or jumped: the next look starts afresh. */
  lift(): void {
    this.last = null
  }

  know(ranges: Range[]): void {
    this.ranges = mergeRanges([...this.ranges, ...ranges.map(([a, b]): Range => [a, b])])
  }
}
