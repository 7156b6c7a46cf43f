// What jsdom lacks and components lean on: IndexedDB, addresses of blobs, and an observer of sizes that never change.
import "fake-indexeddb/auto"
import { disableAutoUnmount, enableAutoUnmount } from "@vue/test-utils"
import { afterEach, beforeEach } from "vitest"
import { language } from "./texts"

class StillObserver implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

globalThis.ResizeObserver ??= StillObserver

URL.createObjectURL ??= () => "blob:here"
URL.revokeObjectURL ??= () => {}

disableAutoUnmount() // of the file before: all run in one process
enableAutoUnmount(afterEach)

beforeEach(() => {
  language.value = "en" // whatever a file left, the next begins anew
})
