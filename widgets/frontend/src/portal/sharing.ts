// Shared work: the types of the API, and its calls.
import type { CourseCard, Range } from "./learning"
import { asQuery, type Line } from "./line"

export interface Author {
  display_name: string
  school: string | null
  upazila: string | null
  district: string | null
  /** What stands in the address of the author's page, if the reader may see it. */
  portfolio: string | null
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

export type Kind = "reflection" | "plan" | "report"

export type Reason = "names-pupil" | "hurts" | "not-own" | "not-teaching" | "other"

/** A picture of a post: the names of its files, and what they cost. */
export interface Picture {
  whole: string
  small: string
  width: number
  height: number
  size_bytes: number
  small_bytes: number
  alt: string
}

export interface Post {
  id: string
  author: Author
  own: boolean
  course: string
  module: string
  module_title: string
  exercise: string
  kind: Kind
  excerpt: string
  /** Not in what a phone keeps from before there were pictures. */
  pictures?: Picture[]
  audience: Audience
  shared_at: string
  withdrawn: boolean
  /** Why a moderator hid it; told to its author alone. */
  hidden: Reason | null
  ratings: Ratings
  comments: number
  my_stars: number | null
  view: Look | null
}

export interface FullPost extends Post {
  body: { kind: string; value: unknown }
}

export interface Comment {
  id: string
  post: string
  author: Author
  own: boolean
  kind: "used" | "would-change"
  body: string
  written_at: string
  withdrawn: boolean
  hidden: boolean
}

export interface CommentPage {
  comments: Comment[]
  has_earlier: boolean
}

export interface ComplaintRequest {
  person: string
  reason: Reason
  words: string
}

export type Order = "match" | "newest" | "useful" | "unrated"

/** What to look for in the library; "" leaves a filter open. */
export interface LibraryWish {
  q: string
  order: Order | ""
  course: string
  module: string
  kind: Kind | ""
  district: string
}

/** A page of the library; `next` is what to give as `after`, null at the end. */
export interface LibraryPage {
  posts: Post[]
  order: Order
  count: number | null
  more_than_counted: boolean
  next: string | null
}

export interface LibraryFilters {
  modules: { course: string; course_title: string; module: string; title: string }[]
  kinds: Kind[]
  districts: string[]
}

export type PortfolioAudience = "nobody" | "cohort" | "everyone"

export interface TriedLesson {
  course: string
  module: string
  title: string
  exercise: string
  class: string
  lesson: string
  tried_on: string | null
}

export interface PortfolioData {
  owner: Author
  own: boolean
  audience: PortfolioAudience | null
  tried: TriedLesson[]
  posts: Post[]
  courses: CourseCard[]
}

export interface SharedExercise {
  module_title: string
  exercise: string
  posts: FullPost[]
}

/** What a teacher shares, sees of others, and says of it. */
export interface SharingCalls {
  share(
    course: string,
    module: string,
    request: {
      person: string
      exercise: string
      audience: Audience
      consent: boolean
      device_at: string
      key: string
      pictures: { picture: string; alt: string }[]
      guardians_agree: boolean
    },
  ): Promise<Post>
  /** Send a picture for a post to come, under a name of ours; sent twice, it is one. */
  sendPicture(
    person: string,
    picture: string,
    content: Blob,
    signal?: AbortSignal,
  ): Promise<unknown>
  withdraw(post: string): Promise<Post>
  restore(post: string): Promise<Post>
  posts(course: string, module: string): Promise<{ posts: Post[] }>
  post(post: string): Promise<FullPost>
  look(
    post: string,
    seen: { person?: string; shown_seconds: number; clip_ranges: Range[] },
  ): Promise<Look>
  rate(
    post: string,
    rating: { person: string; key: string; stars: number; device_at: string; sent_at: string },
  ): Promise<Post>
  /** The newest comments, oldest first, or those before one. */
  comments(post: string, before?: string): Promise<CommentPage>
  comment(
    post: string,
    comment: {
      person: string
      key: string
      kind: Comment["kind"]
      body: string
      device_at: string
    },
  ): Promise<Comment>
  withdrawComment(comment: string): Promise<Comment>
  restoreComment(comment: string): Promise<Comment>
  reportPost(post: string, complaint: ComplaintRequest): Promise<{ id: number }>
  reportComment(comment: string, complaint: ComplaintRequest): Promise<{ id: number }>
  takeReportBack(complaint: number): Promise<{ id: number }>
  library(wish: LibraryWish, after: string | null, limit: number): Promise<LibraryPage>
  libraryFilters(): Promise<LibraryFilters>
  portfolio(name: string): Promise<PortfolioData>
  showPortfolioTo(audience: PortfolioAudience): Promise<{ audience: PortfolioAudience }>
  shareHistory(): Promise<{ works: SharedExercise[] }>
}

export const sharingCalls = (line: Line): SharingCalls => ({
  share: (course, module, request) =>
    line.send("POST", `courses/${course}/${module}/posts`, request),
  sendPicture: (person, picture, content, signal) =>
    line.send("PUT", `pictures/${picture}`, content, false, person, signal),
  withdraw: (post) => line.send("DELETE", `posts/${post}`),
  restore: (post) => line.send("POST", `posts/${post}/restore`, {}),
  posts: (course, module) => line.send("GET", `courses/${course}/${module}/posts`),
  post: (post) => line.send("GET", `posts/${post}`),
  look: (post, seen) => line.send("POST", `posts/${post}/looks`, seen),
  rate: (post, rating) => line.send("PUT", `posts/${post}/rating`, rating),
  comments: (post, before) =>
    line.send("GET", `posts/${post}/comments?${asQuery({ before: before ?? null })}`),
  comment: (post, comment) => line.send("POST", `posts/${post}/comments`, comment),
  withdrawComment: (comment) => line.send("DELETE", `comments/${comment}`),
  restoreComment: (comment) => line.send("POST", `comments/${comment}/restore`, {}),
  reportPost: (post, complaint) => line.send("POST", `posts/${post}/complaints`, complaint),
  reportComment: (comment, complaint) =>
    line.send("POST", `comments/${comment}/complaints`, complaint),
  takeReportBack: (complaint) => line.send("DELETE", `complaints/${complaint}`),
  library: (wish, after, limit) =>
    line.send("GET", `library?${asQuery({ ...wish, after, limit })}`),
  libraryFilters: () => line.send("GET", "library/filters"),
  portfolio: (name) => line.send("GET", `people/${name}`),
  showPortfolioTo: (audience) => line.send("PUT", "portfolio", { audience }),
  shareHistory: () => line.send("GET", "portfolio/history"),
})
