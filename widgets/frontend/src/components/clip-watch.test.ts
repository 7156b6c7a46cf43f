import { describe, expect, it } from "vitest"
import { countSeconds, mergeRanges, WatchRecord } from "./clip-watch"

function play(record: WatchRecord, from: number, to: number): void {
  for (let second = from; second <= to; second += 0.5) record.tick(second)
  record.lift()
}

describe("what was watched", () => {
  it("counts each second once", () => {
    const record = new WatchRecord()
    play(record, 0, 10)
    play(record, 5, 15)
    expect(record.ranges).toEqual([[0, 15]])
    expect(countSeconds(record.ranges)).toBe(15)
  })

  it("adds nothing for a jump to the end", () => {
    const record = new WatchRecord()
    play(record, 0, 2)
    record.tick(2)
    record.tick(90)
    expect(countSeconds(record.ranges)).toBe(2)
  })

  it("adds to what an earlier visit watched", () => {
    const record = new WatchRecord()
    record.know([[0, 20]])
    play(record, 18, 25)
    expect(countSeconds(record.ranges)).toBe(25)
    expect(record.unsent).toEqual([[18, 25]])
  })

  it("joins ranges that touch, in order", () => {
    expect(
      mergeRanges([
        [5, 8],
        [0, 5],
        [20, 21],
      ]),
    ).toEqual([
      [0, 8],
      [20, 21],
    ])
  })
})
