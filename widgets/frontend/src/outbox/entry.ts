// What a teacher sends, as this browser keeps it until the server has it.
import type {
  AnswerSaved,
  Audience,
  ClipWatch,
  Colleague,
  Comment,
  HandIn,
  Look,
  Post,
  Range,
} from "../portal"

interface InModule {
  course: string
  module: string
}

/** A photo as it waits, made small already; `key` is its name for the server. */
export interface KeptPicture {
  key: string
  content: Blob
  /** What is in it, for whoever cannot see it. */
  alt: string
}

/** What goes, by kind. Pictures stand in it as they are: a browser keeps them whole. */
export interface Values {
  answer: InModule & { exercise: string; value: unknown }
  watch: InModule & { clip: string; ranges: Range[]; position: number }
  "hand-in": InModule & { together: Colleague[] }
  /** Reading that the server does not know of yet; `tells`: how often it was told some of it. */
  look: { post: string; seconds: number; tells: number }
  rating: { post: string; stars: number }
  comment: { post: string; kind: Comment["kind"]; body: string }
  share: InModule & {
    exercise: string
    audience: Audience
    consent: boolean
    pictures?: KeptPicture[]
    /** The guardians of every child in the pictures. */
    guardiansAgree?: boolean
  }
}

/** What the server says when it has it. */
export interface Replies {
  answer: AnswerSaved
  watch: ClipWatch
  "hand-in": HandIn
  look: Look
  rating: Post
  comment: Comment
  share: Post
}

export type KindName = keyof Values

/** `dropped`: thrown away; only its number stays, as the server may know it. */
export type EntryState = "waiting" | "sent" | "refused" | "dropped"

export interface EntryOf<K extends KindName> {
  person: string
  kind: K
  /** Which one of its kind: what comes later about the same takes its place. */
  about: string
  device: string
  /** Counts the wordings of this one. */
  sequence: number
  /** Of this wording: sent twice, it counts once. */
  key: string
  /** Counts all that was written on this device: clocks go wrong. */
  number: number
  /** When it was written, by this device's clock. */
  written_at: string
  value: Values[K]
  /** Where it was written. */
  page: { title: string; path: string } | null
  state: EntryState
  saved_at: string | null
  /** Why the server refused it. */
  message: string | null
}

export type Entry = { [K in KindName]: EntryOf<K> }[KindName]

/** What names an entry. */
export type Place = Pick<Entry, "person" | "kind" | "about">

export const placeOf = ({ person, kind, about }: Place) => [person, kind, about].join("\n")
