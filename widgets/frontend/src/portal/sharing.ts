// Shared work: the types of the API, and its calls.
import type { Range } from "./learning"
import type { Line } from "./line"

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
    },
  ): Promise<Post>
  withdraw(post: string): Promise<Post>
  restore(post: string): Promise<Post>
  posts(course: string, module: string): Promise<{ posts: Post[] }>
  post(post: string): Promise<FullPost>
  look(post: string, seen: { shown_seconds: number; clip_ranges: Range[] }): Promise<Look>
  rate(post: string, rating: { stars: number; device_at: string }): Promise<Post>
}

export const sharingCalls = (line: Line): SharingCalls => ({
  share: (course, module, request) =>
    line.send("POST", `courses/${course}/${module}/posts`, request),
  withdraw: (post) => line.send("DELETE", `posts/${post}`),
  restore: (post) => line.send("POST", `posts/${post}/restore`, {}),
  posts: (course, module) => line.send("GET", `courses/${course}/${module}/posts`),
  post: (post) => line.send("GET", `posts/${post}`),
  look: (post, seen) => line.send("POST", `posts/${post}/looks`, seen),
  rate: (post, rating) => line.send("PUT", `posts/${post}/rating`, rating),
})
