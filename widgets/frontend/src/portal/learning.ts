// Courses, answers, hand-ins: the types of the API, and its calls.
import type { Language, Line } from "./line"
import type { Audience, Post } from "./sharing"

export interface Cohort {
  id: number
  name: string
}

export interface Me {
  id: string
  name: string
  display_name: string
  language: Language
  roles: string[]
  school: string | null
  upazila: string | null
  district: string | null
  gender: string | null
  cohorts: Cohort[]
  server_time: string
}

export interface CourseCard {
  course: string
  title: string
  summary: string
  modules: number
  modules_done: number
  minutes: number
  tried: number
}

export interface ThisWeek {
  kind: "hidden" | "plan-due" | "feedback" | "continue" | "rate"
  course: string
  module: string
  /** The exact place: an exercise of the module, or shared work. */
  exercise: string | null
  post: string | null
  title: string
  text_facts: Record<string, string | number>
  date: string | null
}

export interface Resume {
  course: string
  module: string
  title: string
  exercise: string | null
  clip_second: number | null
  step: number
  steps: number
  minutes_left: number
}

export interface HomeData {
  /** False for those who only mark or publish. */
  takes_courses: boolean
  /** How many hand-ins wait for this evaluator; null for others. */
  to_mark: number | null
  /** What is published, for a trainer; null for others. */
  published: { courses: number; modules: number; findings: number } | null
  resume: Resume | null
  first_day: boolean
  this_week: ThisWeek[]
  tried: number
  courses: CourseCard[]
}

export interface ModuleCard {
  module: string
  title: string
  minutes: number
  page_bytes: number
  clip_bytes: number
  picture_bytes: number
  /** What all its clips weigh by the name of a size, such as "240", and as "sound" alone. */
  film_bytes: Record<string, number>
  steps: number
  steps_done: number
  state: "new" | "started" | "handed-in" | "returned"
  tried: number | boolean
  new_version: boolean
}

export interface CourseData extends CourseCard {
  modules_list: ModuleCard[]
}

export interface MarkedLevel {
  criterion: string
  title: string
  level: number
  points: number
  maximum: number
  text: string
}

export interface Feedback {
  round: number
  score: number | null
  maximum: number
  comment: string
  levels: MarkedLevel[]
  reason: string | null
  returned_at: string
  answer: unknown
  changed_since: boolean
}

export interface MyExercise {
  value: unknown
  saved_at: string | null
  edited_at: string | null
  device: string | null
  sequence: number | null
  feedback: Feedback | null
}

export interface Colleague {
  id: string
  display_name: string
  school?: string | null
}

export interface HandInAnswer {
  exercise: string
  title: string
  answered: boolean
}

export interface HandIn {
  number: number
  round: number
  state: "waiting" | "to-mark" | "returned" | "failed" | "taken-back"
  received_at: string
  handed_by: string
  people: Colleague[]
  answered: number
  exercises: number
  answers: HandInAnswer[]
  score: number | null
  maximum: number | null
  can_take_back: boolean
  returned_at: string | null
}

export type Range = [number, number]

export interface ClipWatch {
  ranges: Range[]
  position: number
  seconds: number
}

/** Where a clip's films and sound are, by file name, for this person and so many seconds. */
export interface ClipFiles {
  addresses: Record<string, string>
  seconds: number
}

export interface Progress {
  steps: number
  steps_done: number
  tried: boolean
}

export interface Mine {
  person: string
  /** Another one than before: the server lives from a copy now. */
  epoch: string
  server_time: string
  version: number
  exercises: Record<string, MyExercise>
  hand_ins: HandIn[]
  clips: Record<string, ClipWatch>
  posts: Post[]
  /** With whom one may share work of this module, the nearest first. */
  audiences: Audience[]
  progress: Progress
}

export interface AnswerSave {
  person: string
  device: string
  sequence: number
  edited_at: string
  sent_at: string
  value: unknown
}

export interface AnswerSaved {
  exercise: string
  saved_at: string
  kept: "newest" | "draft"
  newest: { value: unknown; edited_at: string; device: string; sequence: number }
}

/** What the server says of an answer at once. What is right is not in it. */
export interface Checked {
  result: "right" | "partly" | "not-yet" | "unknown"
  /** The trainer's words; `about` is the option that they are about, or "". */
  why: { about: string; text: string }[]
  /** A heading of the page by its id, or a second of its first clip. */
  look_again: { heading: string; words: string } | { second: number } | null
}

/** What a teacher does in a course. */
export interface LearningCalls {
  me(): Promise<Me>
  changeMe(change: { language: Language }): Promise<Me>
  home(): Promise<HomeData>
  courses(): Promise<{ courses: CourseCard[] }>
  course(course: string): Promise<CourseData>
  mine(course: string, module: string): Promise<Mine>
  saveAnswer(
    course: string,
    module: string,
    exercise: string,
    answer: AnswerSave,
    keepalive?: boolean,
  ): Promise<AnswerSaved>
  checkAnswer(course: string, module: string, exercise: string): Promise<Checked>
  saveClipWatch(
    course: string,
    module: string,
    clip: string,
    watch: { person: string; ranges: Range[]; position: number },
    keepalive?: boolean,
  ): Promise<ClipWatch>
  clipFiles(course: string, module: string, clip: string): Promise<ClipFiles>
  colleagues(query: string): Promise<{ people: Colleague[] }>
  handIn(
    course: string,
    module: string,
    request: { person: string; key: string; handed_at: string; together: string[] },
  ): Promise<HandIn>
  takeBack(number: number): Promise<HandIn>
}

export const learningCalls = (line: Line): LearningCalls => ({
  me: async () => {
    const me = await line.send<Me>("GET", "me")
    line.person = me.id
    return me
  },
  changeMe: (change) => line.send("PUT", "me", change),
  home: () => line.send("GET", "home"),
  courses: () => line.send("GET", "courses"),
  course: (course) => line.send("GET", `courses/${course}`),
  mine: async (course, module) => {
    const mine = await line.send<Mine>("GET", `courses/${course}/${module}/mine`)
    line.person = mine.person
    return mine
  },
  saveAnswer: (course, module, exercise, answer, keepalive = false) => {
    const path = `courses/${course}/${module}/answers/${encodeURIComponent(exercise)}`
    return line.send("PUT", path, answer, keepalive)
  },
  checkAnswer: (course, module, exercise) => {
    const path = `courses/${course}/${module}/answers/${encodeURIComponent(exercise)}/check`
    return line.send("POST", path, {})
  },
  saveClipWatch: (course, module, clip, watch, keepalive = false) =>
    line.send("PUT", `courses/${course}/${module}/clips/${clip}`, watch, keepalive),
  clipFiles: (course, module, clip) =>
    line.send("GET", `courses/${course}/${module}/clips/${clip}/files`),
  colleagues: (query) => line.send("GET", `colleagues?q=${encodeURIComponent(query)}`),
  handIn: (course, module, request) =>
    line.send("POST", `courses/${course}/${module}/hand-ins`, request),
  takeBack: (number) => line.send("DELETE", `hand-ins/${number}`),
})
