// Writing courses: the types of the API, and its calls.
import type { ClipFiles } from "./learning"
import type { Line } from "./line"
import type { Finding, PublishedVersion, StudioModule } from "./studio"

export type Wish = "check" | "preview" | "publish"
export type ProofStep = "asked" | "sending" | "waiting" | "running" | "done" | "refused" | "failed"

export interface ProofModule extends Pick<
  StudioModule,
  | "module"
  | "title"
  | "number"
  | "verdict"
  | "page_bytes"
  | "picture_bytes"
  | "clip_bytes"
  | "heaviest"
> {
  is_new: boolean
}

export interface ProofFinding extends Finding {
  level: "error" | "warning"
}

/** A course as one's Lab sent it, and what came of it. */
export interface Proof {
  proof: string
  course: string
  wish: Wish
  state: ProofStep
  said: string
  message: string
  moved_at: string
  modules: ProofModule[]
  findings: ProofFinding[]
}

export interface WrittenCourse {
  course: string
  title: string
  is_published: boolean
  proofs: Proof[]
}

export interface Writing {
  has_lab: boolean
  courses: WrittenCourse[]
}

export interface ModuleHistory {
  current: number | null
  versions: PublishedVersion[]
}

/** A cell that is not as it was; numbers from 1. */
export interface CellChange {
  kind: "added" | "removed" | "changed" | "moved"
  before: number | null
  now: number | null
  exercise: string
  was: string
  text: string
  points: [number, number] | null
  settings: boolean
}

export interface WritingCalls {
  writing(): Promise<Writing>
  askForProof(course: string, wish: Wish): Promise<Proof>
  proof(proof: string): Promise<Proof>
  proofClipFiles(proof: string, clip: string): Promise<ClipFiles>
  history(course: string, module: string): Promise<ModuleHistory>
  changes(
    course: string,
    module: string,
    before: number,
    now: number,
  ): Promise<{ changes: CellChange[] }>
  makeCurrent(course: string, module: string, number: number): Promise<PublishedVersion>
}

export const writingCalls = (line: Line): WritingCalls => ({
  writing: () => line.send("GET", "studio/writing"),
  askForProof: (course, wish) => line.send("POST", `studio/courses/${course}/proofs`, { wish }),
  proof: (proof) => line.send("GET", `studio/proofs/${proof}`),
  proofClipFiles: (proof, clip) => line.send("GET", `studio/proofs/${proof}/clips/${clip}/files`),
  history: (course, module) => line.send("GET", `studio/courses/${course}/${module}/versions`),
  changes: (course, module, before, now) =>
    line.send("GET", `studio/courses/${course}/${module}/changes?before=${before}&now=${now}`),
  makeCurrent: (course, module, number) =>
    line.send("PUT", `studio/courses/${course}/${module}/current`, { number }),
})
