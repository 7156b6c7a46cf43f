// What jsdom lacks and components lean on: IndexedDB, and an observer of sizes that never change.
import "fake-indexeddb/auto"
import { beforeEach } from "vitest"
import { language } from "./texts"

class StillObserver implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

globalThis.ResizeObserver ??= StillObserver

beforeEach(() => {
  language.value = "en" // all files run in one process: whatever one left, the next begins anew
})
