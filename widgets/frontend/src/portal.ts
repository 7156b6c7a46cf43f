/**
 * The portal as a component sees it: one method per route of its API.
 * A component asks `inject(portalKey, null)`; null means there is no portal here.
 */
import type { InjectionKey } from "vue"

export type Language = "bn" | "en"

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
  kind: "plan-due" | "feedback" | "continue" | "rate"
  course: string
  module: string
  exercise: string | null
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

export interface Progress {
  steps: number
  steps_done: number
  tried: boolean
}

export interface Author {
  display_name: string
  school: string | null
  upazila: string | null
  district: string | null
}

export interface Ratings {
  count: number
  lowest: number | null
  highest: number | null
  counts: number[]
}

export interface Look {
  shown_seconds: number
  needed_seconds: number
  looked: boolean
}

export type Audience = "cohort" | "everyone"

export interface Post {
  id: string
  author: Author
  own: boolean
  module_title: string
  exercise: string
  kind: "reflection" | "report"
  excerpt: string
  audience: Audience
  shared_at: string
  withdrawn: boolean
  ratings: Ratings
  my_stars: number | null
  view: Look | null
}

export interface FullPost extends Post {
  body: { kind: string; value: unknown }
}

export interface Mine {
  person: string
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

export interface QueueEntry {
  number: number
  course: string
  module: string
  title: string
  round: number
  people: number | Colleague[]
  received_at: string
  to_mark: number
  marked: number
  state: string
}

export interface RubricLevel {
  level: number
  points: number
  text: string
}

export interface Rubric {
  hash: string
  title: string
  criteria: { criterion: string; title: string; levels: RubricLevel[] }[]
}

export interface Mark {
  id: number
  levels: Record<string, number>
  comment: string
  score: number
  marked_at: string
}

export interface DeskExercise {
  exercise: string
  component: string
  title: string
  question: string
  /** The options of a choice, by the key that is the answer. */
  options: Record<string, string>
  answer: unknown
  auto: { score: number; maximum: number; reason: string | null } | null
  rubric: Rubric | null
  maximum: number
  mark: Mark | null
  earlier: {
    round: number
    answer: unknown
    levels: MarkedLevel[]
    comment: string
    score: number | null
  }[]
}

export interface DeskHandIn {
  number: number
  round: number
  state: string
  course: string
  module: string
  title: string
  received_at: string
  returned_at: string | null
  exercises: DeskExercise[]
}

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

/** A failure in the portal's one shape. `status` 0: no answer came at all. */
export class PortalError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly facts: Record<string, unknown> = {},
    readonly retry = false,
    readonly status = 0,
  ) {
    super(message)
    this.name = "PortalError"
  }
}

export interface Portal {
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
  saveClipWatch(
    course: string,
    module: string,
    clip: string,
    watch: { person: string; ranges: Range[]; position: number },
    keepalive?: boolean,
  ): Promise<ClipWatch>
  colleagues(query: string): Promise<{ people: Colleague[] }>
  handIn(
    course: string,
    module: string,
    request: { person: string; key: string; handed_at: string; together: string[] },
  ): Promise<HandIn>
  takeBack(number: number): Promise<HandIn>
  share(
    course: string,
    module: string,
    request: {
      person: string
      exercise: string
      audience: Audience
      consent: boolean
      device_at: string
    },
  ): Promise<Post>
  withdraw(post: string): Promise<Post>
  restore(post: string): Promise<Post>
  posts(course: string, module: string): Promise<{ posts: Post[] }>
  post(post: string): Promise<FullPost>
  look(post: string, seen: { shown_seconds: number; clip_ranges: Range[] }): Promise<Look>
  rate(post: string, rating: { stars: number; device_at: string }): Promise<Post>
  marking(): Promise<{ waiting: QueueEntry[]; returned: QueueEntry[] }>
  openHandIn(number: number): Promise<DeskHandIn>
  putMark(
    number: number,
    exercise: string,
    mark: { levels: Record<string, number>; comment: string; expected: number | null },
  ): Promise<Mark>
  returnHandIn(number: number): Promise<{ returned_at: string }>
  rerun(number: number): Promise<{ state: string }>
  studio(): Promise<StudioData>
  signOut(): Promise<void>
}

export const portalKey: InjectionKey<Portal | null> = Symbol("portal")

const SECONDS_TO_ANSWER = 20
// Browsers refuse a keepalive body over 64 KB; a Bangla letter takes 3 bytes.
const KEEPALIVE_CHARACTERS = 20_000

/** The portal over HTTP. `root` is its path, with a slash at the end. */
export class HttpPortal implements Portal {
  constructor(
    private readonly root: string,
    private readonly language: Language,
  ) {}

  me = () => this.send<Me>("GET", "me")
  changeMe = (change: { language: Language }) => this.send<Me>("PUT", "me", change)
  home = () => this.send<HomeData>("GET", "home")
  courses = () => this.send<{ courses: CourseCard[] }>("GET", "courses")
  course = (course: string) => this.send<CourseData>("GET", `courses/${course}`)
  mine = (course: string, module: string) =>
    this.send<Mine>("GET", `courses/${course}/${module}/mine`)
  saveAnswer: Portal["saveAnswer"] = (course, module, exercise, answer, keepalive = false) =>
    this.send(
      "PUT",
      `courses/${course}/${module}/answers/${encodeURIComponent(exercise)}`,
      answer,
      keepalive,
    )
  saveClipWatch: Portal["saveClipWatch"] = (course, module, clip, watch, keepalive = false) =>
    this.send("PUT", `courses/${course}/${module}/clips/${clip}`, watch, keepalive)
  colleagues = (query: string) =>
    this.send<{ people: Colleague[] }>("GET", `colleagues?q=${encodeURIComponent(query)}`)
  handIn: Portal["handIn"] = (course, module, request) =>
    this.send("POST", `courses/${course}/${module}/hand-ins`, request)
  takeBack = (number: number) => this.send<HandIn>("DELETE", `hand-ins/${number}`)
  share: Portal["share"] = (course, module, request) =>
    this.send("POST", `courses/${course}/${module}/posts`, request)
  withdraw = (post: string) => this.send<Post>("DELETE", `posts/${post}`)
  restore = (post: string) => this.send<Post>("POST", `posts/${post}/restore`, {})
  posts: Portal["posts"] = (course, module) => this.send("GET", `courses/${course}/${module}/posts`)
  post = (post: string) => this.send<FullPost>("GET", `posts/${post}`)
  look: Portal["look"] = (post, seen) => this.send("POST", `posts/${post}/looks`, seen)
  rate: Portal["rate"] = (post, rating) => this.send("PUT", `posts/${post}/rating`, rating)
  marking = () => this.send<{ waiting: QueueEntry[]; returned: QueueEntry[] }>("GET", "marking")
  openHandIn = (number: number) => this.send<DeskHandIn>("GET", `marking/${number}`)
  putMark: Portal["putMark"] = (number, exercise, mark) =>
    this.send("PUT", `marking/${number}/marks/${encodeURIComponent(exercise)}`, mark)
  returnHandIn = (number: number) =>
    this.send<{ returned_at: string }>("POST", `marking/${number}/return`, {})
  rerun = (number: number) => this.send<{ state: string }>("POST", `marking/${number}/rerun`, {})
  studio = () => this.send<StudioData>("GET", "studio")

  async signOut(): Promise<void> {
    await this.request("POST", `${this.root}sign-out`, {}, false)
  }

  /** Ask the API. Fails with a PortalError only; a dead network has code "no-network". */
  private async send<T>(
    method: string,
    path: string,
    body?: unknown,
    keepalive = false,
  ): Promise<T> {
    const url = new URL(`${this.root}api/${path}`, location.href)
    url.searchParams.set("lang", this.language)
    const response = await this.request(method, url.href, body, keepalive)
    try {
      return (await response.json()) as T
    } catch (error) {
      throw new PortalError("no-network", String(error), {}, true)
    }
  }

  private async request(
    method: string,
    url: string,
    body: unknown,
    keepalive: boolean,
  ): Promise<Response> {
    const headers: Record<string, string> = { "X-Pathshala": "1", Accept: "application/json" }
    if (body !== undefined) headers["Content-Type"] = "application/json"
    const text = body === undefined ? undefined : JSON.stringify(body)
    let response: Response
    try {
      response = await fetch(url, {
        method,
        headers,
        keepalive: keepalive && (text?.length ?? 0) < KEEPALIVE_CHARACTERS,
        credentials: "same-origin",
        body: text,
        signal: AbortSignal.timeout(SECONDS_TO_ANSWER * 1000),
      })
    } catch (error) {
      throw new PortalError("no-network", String(error), {}, true)
    }
    if (response.ok) return response
    throw await readError(response)
  }
}

/** Word a failed reply; a proxy's 502-504 is no JSON, and is worth another try. */
async function readError(response: Response): Promise<PortalError> {
  const busy = [502, 503, 504, 429, 507].includes(response.status)
  try {
    const body = (await response.json()) as Partial<PortalError>
    return new PortalError(
      body.code ?? "unknown",
      body.message ?? response.statusText,
      body.facts ?? {},
      body.retry ?? busy,
      response.status,
    )
  } catch {
    const code = busy ? "unavailable" : "unknown"
    return new PortalError(code, response.statusText, {}, busy, response.status)
  }
}
