// The studio: the types of the API, and its calls.
import { asQuery, type Line, type PortalFile } from "./line"
import type { Author, Picture, Reason } from "./sharing"

export interface Finding {
  file: string
  cell: number | null
  rule: string
  message: string
  fix: string
}

export interface PublishedVersion {
  number: number
  published_at: string
  /** null: from the command line. */
  published_by: string | null
  verdict: string
}

/** A quiz whose test was not believed, in how many hand-ins. */
export interface Doubt {
  exercise: string
  title: string
  reason: string
  hand_ins: number
}

export interface StudioModule {
  module: string
  title: string
  number: number
  verdict: string
  published_at: string
  page_bytes: number
  picture_bytes: number
  clip_bytes: number
  heaviest: { kind: "page" | "pictures" | "clip"; title: string; size_bytes: number }
  versions: PublishedVersion[]
  findings: Finding[]
  doubts: Doubt[]
}

export interface StudioData {
  courses: { course: string; title: string; may_write: boolean; modules: StudioModule[] }[]
}

export interface ReportPerson {
  id: string
  display_name: string
  school: string | null
}

/** A person's place in a module, in whichever list of a report. */
export interface ReportRow {
  person: ReportPerson
  module: string
  title: string
}

export interface StuckRow extends ReportRow {
  reason: string
  days: number
  why: string
  action: string
}

export interface MissingRow extends ReportRow {
  last_seen_at: string | null
}

export interface TriedRow extends ReportRow {
  tried_on: string | null
  lesson: string
  decision: string
}

export interface ModuleFigures {
  module: string
  title: string
  started: number
  handed_in: number
  returned: number
  tried: number
  stuck: number
}

export type ReportList = "stuck" | "not-handed-in" | "tried"

export interface CohortReport {
  cohort: number
  name: string
  course: string
  people: number
  lessons_tried: number
  joined_lately: number
  to_mark: number
  comments: number
  totals: Record<ReportList, number>
  members: ReportPerson[]
  modules: ModuleFigures[]
  stuck: StuckRow[]
  not_handed_in: MissingRow[]
  tried: TriedRow[]
  genders: { gender: "female" | "male" | "other" | "rest"; people: number; tried: number }[]
}

/** A post or comment that somebody reported; who that was is not said. */
export interface Complaint {
  id: number
  about: "post" | "comment"
  author: Author
  kind: string
  value: unknown
  pictures: Picture[]
  post: string
  reasons: { reason: Reason; words: string }[]
  reported_at: string
  settled_at: string | null
  outcome: Outcome | null
}

export type Outcome = "kept" | "hidden"

export interface CohortName {
  id: number
  name: string
  course: string
  needs_approval: boolean
}

/** A code as people read it; `path` opens the form with it. */
export interface JoinCode {
  code: string
  path: string
  cohort: CohortName
  state: "live" | "ended" | "used-up"
  uses: number
  most_uses: number | null
  ends_at: string | null
}

export interface JoinRequest {
  request: number
  cohort: CohortName
  person: string
  display_name: string
  school: string | null
  upazila: string | null
  district: string | null
  asked_at: string
}

/** Shown once; lets in only to choose another. */
export interface TemporaryPassword {
  display_name: string
  name: string
  password: string
}

/** What a trainer sees of his courses and people. */
export interface StudioCalls {
  studio(): Promise<StudioData>
  /** `rows`: how many of each list. */
  report(cohort: number, module: string | null, rows: number): Promise<CohortReport>
  reportFile(
    cohort: number,
    wanted: { list: ReportList; module: string | null; header: "names" | "words" },
  ): Promise<PortalFile>
  codes(): Promise<{ codes: JoinCode[]; cohorts: CohortName[] }>
  createCode(
    cohort: number,
    limits: { uses: number | null; days: number | null },
  ): Promise<JoinCode>
  endCode(code: string): Promise<JoinCode>
  changeCohort(cohort: number, change: { needs_approval: boolean }): Promise<CohortName>
  joinRequests(): Promise<{ waiting: JoinRequest[] }>
  /** `isLeaving`: the page is about to go, so the browser must send it on its own. */
  settleRequest(request: number, accept: boolean, isLeaving?: boolean): Promise<unknown>
  resetPassword(person: string): Promise<TemporaryPassword>
  complaints(): Promise<{ open: Complaint[]; settled: Complaint[] }>
  settleComplaint(complaint: number, outcome: Outcome): Promise<Complaint>
}

export const studioCalls = (line: Line): StudioCalls => ({
  studio: () => line.send("GET", "studio"),
  report: (cohort, module, rows) =>
    line.send("GET", `studio/cohorts/${cohort}/report?${asQuery({ module, rows })}`),
  reportFile: (cohort, wanted) => line.fetchFile(`studio/cohorts/${cohort}/report.csv`, wanted),
  codes: () => line.send("GET", "studio/codes"),
  createCode: (cohort, limits) => line.send("POST", `studio/cohorts/${cohort}/codes`, limits),
  endCode: (code) => line.send("DELETE", `studio/codes/${encodeURIComponent(code)}`),
  changeCohort: (cohort, change) => line.send("PUT", `studio/cohorts/${cohort}`, change),
  joinRequests: () => line.send("GET", "studio/requests"),
  settleRequest: (request, accept, isLeaving = false) =>
    line.send("POST", `studio/requests/${request}`, { accept }, isLeaving),
  resetPassword: (person) =>
    line.send("POST", `studio/people/${encodeURIComponent(person)}/password`, {}),
  complaints: () => line.send("GET", "complaints"),
  settleComplaint: (complaint, outcome) =>
    line.send("POST", `complaints/${complaint}/settle`, { outcome }),
})
