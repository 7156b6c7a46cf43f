/**
 * A person's entries on this device: in memory to be looked at, on the shelf to outlive the page.
 * Where the browser refuses to keep more, they wait in memory and go to the server from there.
 */
import { placeOf, type Entry, type Place } from "./entry"
import type { Change, Shelf } from "./shelf"

export const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

export class Entries {
  private readonly known = new Map<string, Entry>()
  private readonly inMemoryAlone = new Set<string>()

  constructor(
    private readonly shelf: Shelf,
    private readonly person: string,
  ) {}

  /** Read the shelf, which other tabs change too. */
  async load(): Promise<void> {
    const found = new Map((await this.shelf.all(this.person)).map((one) => [placeOf(one), one]))
    for (const name of this.known.keys()) {
      if (!found.has(name) && !this.inMemoryAlone.has(name)) this.known.delete(name)
    }
    for (const [name, entry] of found) {
      if (!this.inMemoryAlone.has(name)) this.known.set(name, entry)
    }
  }

  all = () => [...this.known.values()]
  get = (place: Place) => this.known.get(placeOf(place))

  /** What is not with the server, oldest first. */
  unsettled(): Entry[] {
    return this.all()
      .filter(({ state }) => state === "waiting" || state === "refused")
      .sort((a, b) => a.number - b.number)
  }

  nextNumber(): number {
    return 1 + Math.max(0, ...this.all().map(({ number }) => number))
  }

  /** Replace an entry by what `change` makes of it. */
  async change(place: Place, change: Change): Promise<Entry | undefined> {
    const name = placeOf(place)
    try {
      // read late, as another change of it may have been refused meanwhile
      const now = await this.shelf.change(place, (old) =>
        change(this.inMemoryAlone.has(name) ? this.known.get(name) : old),
      )
      this.inMemoryAlone.delete(name) // there is room again
      return this.remember(place, now)
    } catch {
      this.inMemoryAlone.add(name)
      return this.remember(place, change(this.known.get(name)))
    }
  }

  /** Try again to keep what the browser refused: there may be room by now. */
  async keepLate(): Promise<void> {
    for (const name of [...this.inMemoryAlone]) {
      const entry = this.known.get(name)
      if (entry) await this.change(entry, (known) => known)
    }
  }

  /** Whether this one outlives the page. */
  isLasting = (entry: Entry) => this.shelf.isLasting && !this.inMemoryAlone.has(placeOf(entry))

  /** Whether another tab has changed this one; what it made of it is known now. */
  async isChanged(entry: Entry): Promise<boolean> {
    const found = await this.shelf.get(entry).catch(() => entry)
    const isHere = this.inMemoryAlone.has(placeOf(entry))
    const now = isHere ? this.get(entry) : this.remember(entry, found)
    return !isSame(now, entry)
  }

  private remember(place: Place, entry: Entry | undefined): Entry | undefined {
    if (entry) this.known.set(placeOf(place), entry)
    else {
      this.known.delete(placeOf(place))
      this.inMemoryAlone.delete(placeOf(place))
    }
    return entry
  }
}
