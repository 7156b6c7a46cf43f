// The studio: the types of the API, and its calls.
import type { Line } from "./line"

export interface StudioModule {
  module: string
  title: string
  number: number
  verdict: string
  published_at: string
  page_bytes: number
  findings: { file: string; cell: number; rule: string; message: string; fix: string }[]
}

export interface StudioData {
  courses: { course: string; title: string; modules: StudioModule[] }[]
}

/** What a trainer sees of his courses and people. */
export interface StudioCalls {
  studio(): Promise<StudioData>
}

export const studioCalls = (line: Line): StudioCalls => ({
  studio: () => line.send("GET", "studio"),
})
