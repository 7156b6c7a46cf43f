/**
 * What was thrown away on this page: it may be on its way already, and the server may take it all
 * the same. Then it is taken back from there, and would go as something new.
 */
import { newKey } from "../kept"
import type { Portal } from "../portal"
import type { Entry } from "./entry"
import { kindOf } from "./kinds"

export class Thrown {
  private readonly keys = new Set<string>()
  /** What the server gave back. */
  private readonly takenBack = new Set<string>()

  constructor(private readonly portal: Portal) {}

  add = ({ key }: Entry) => void this.keys.add(key)
  has = ({ key }: Entry) => this.keys.has(key)

  /** Take from the server what it took; what it says of it then, null where that is not to be. */
  async takeBack(entry: Entry, reply: unknown): Promise<unknown> {
    const { takeBack } = kindOf(entry.kind)
    if (!takeBack || !this.has(entry)) return null
    try {
      const left = await takeBack(this.portal, reply as never)
      this.takenBack.add(entry.key)
      return left
    } catch {
      return null // it is there, and told as what it is
    }
  }

  /** As it would go after all: what the server gave back is known to it by its old names. */
  putBack(entry: Entry): Entry {
    this.keys.delete(entry.key)
    if (!this.takenBack.delete(entry.key)) return entry
    const { anew } = kindOf(entry.kind)
    return { ...entry, key: newKey(), value: anew?.(entry.value as never) ?? entry.value } as Entry
  }
}
