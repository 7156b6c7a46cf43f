// What jsdom lacks and components lean on: IndexedDB, and an observer of sizes that never change.
import "fake-indexeddb/auto"

class StillObserver implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

globalThis.ResizeObserver ??= StillObserver
