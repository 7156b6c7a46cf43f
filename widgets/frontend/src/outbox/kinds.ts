/**
 * The kinds of things that a teacher sends: what each is about, how it goes, what must be with
 * the server before it. The queue knows no more of them than this.
 */
import { mergeRanges } from "../components/clip-watch"
import { newKey } from "../kept"
import { PortalError, type Portal } from "../portal"
import type { Entry, EntryOf, KeptPicture, KindName, Replies, Values } from "./entry"
import type { Trip } from "./trip"

interface Kind<K extends KindName> {
  about(value: Values[K], key: string): string
  send(portal: Portal, entry: EntryOf<K>, trip: Trip): Promise<Replies[K]>
  /** Take from the server what it took although it was thrown away here meanwhile. */
  takeBack?(portal: Portal, reply: Replies[K]): Promise<Replies[K]>
  /** What goes after that, if it is to go after all. */
  anew?(value: Values[K]): Values[K]
  /** Whether another must be with the server before it. */
  follows?(value: Values[K], other: Entry): boolean
  /** What goes when more came before the first went. */
  join?(waiting: Values[K], more: Values[K]): Values[K]
  /** What is still to be told after a reply, and when. */
  rest?(value: Values[K], reply: Replies[K]): { value: Values[K]; seconds: number } | null
  /** A person made it and misses it: it is counted, and stays when it is refused. */
  isWork: boolean
  /**
   * It stays here when it is sent, in case the server loses its newest. Thrown away, this stays
   * of it: its number, which the server may know.
   */
  husk?(value: Values[K]): Values[K]
}

const SECONDS_TOLD_AT_ONCE = 10 // the server counts no more of one report
const MOST_TELLS = 6

const moduleOf = ({ course, module }: { course: string; module: string }) => `${course}/${module}`

/** The device's time, and its clock as it is now: the server corrects the one by the other. */
const times = (entry: Entry) => ({
  device_at: entry.written_at,
  sent_at: new Date().toISOString(),
})

const isAnswerOf = (other: Entry, value: { course: string; module: string }, exercise?: string) =>
  other.kind === "answer" &&
  moduleOf(other.value) === moduleOf(value) &&
  (exercise === undefined || other.value.exercise === exercise)

const isLookAt = (post: string, other: Entry) => other.kind === "look" && other.about === post

function share(portal: Portal, { person, key, written_at: device_at, value }: EntryOf<"share">) {
  const { exercise, audience, consent, guardiansAgree: guardians_agree = false } = value
  const pictures = (value.pictures ?? []).map(({ key: picture, alt }) => ({ picture, alt }))
  const request = { person, key, exercise, audience, consent, device_at, pictures, guardians_agree }
  return portal.share(value.course, value.module, request)
}

/** Photos for another post: a name that the server knows may belong to a post already. */
export const withNewKeys = (pictures: KeptPicture[]): KeptPicture[] =>
  pictures.map((one) => ({ ...one, key: newKey() }))

/** The pictures that a post waits for: the server names those that it does not have. */
function missingIn(error: unknown): string[] {
  const isThat = error instanceof PortalError && error.code === "pictures-missing"
  return isThat ? (error.facts.missing as string[]) : []
}

export const kinds: { [K in KindName]: Kind<K> } = {
  answer: {
    about: (value) => `${moduleOf(value)}/${value.exercise}`,
    send: (portal, entry, { isLeaving }) => {
      const { course, module, exercise, value } = entry.value
      const { person, device, sequence, written_at: edited_at } = entry
      const sent_at = new Date().toISOString()
      const answer = { person, device, sequence, edited_at, sent_at, value }
      return portal.saveAnswer(course, module, exercise, answer, isLeaving)
    },
    isWork: true,
    husk: (value) => ({ ...value, value: null }),
  },
  watch: {
    about: (value) => `${moduleOf(value)}/${value.clip}`,
    send: (portal, { person, value }, { isLeaving }) => {
      const { course, module, clip, ranges, position } = value
      return portal.saveClipWatch(course, module, clip, { person, ranges, position }, isLeaving)
    },
    join: (waiting, more) => ({
      ...more,
      ranges: mergeRanges([...waiting.ranges, ...more.ranges]),
    }),
    isWork: false,
  },
  "hand-in": {
    about: moduleOf,
    send: (portal, { person, key, written_at, value }) => {
      const together = value.together.map(({ id }) => id)
      const request = { person, key, handed_at: written_at, together }
      return portal.handIn(value.course, value.module, request)
    },
    takeBack: (portal, { number }) => portal.takeBack(number),
    follows: (value, other) => isAnswerOf(other, value),
    isWork: true,
  },
  look: {
    about: ({ post }) => post,
    send: (portal, { person, value }) => {
      const shown_seconds = Math.min(value.seconds, SECONDS_TOLD_AT_ONCE)
      return portal.look(value.post, { person, shown_seconds, clip_ranges: [] })
    },
    rest: (value, reply) => {
      if (reply.looked || value.tells >= MOST_TELLS) return null
      return { value: { ...value, tells: value.tells + 1 }, seconds: SECONDS_TOLD_AT_ONCE }
    },
    isWork: false,
  },
  rating: {
    about: ({ post }) => post,
    send: (portal, entry) => {
      const { person, key, value } = entry
      return portal.rate(value.post, { person, key, stars: value.stars, ...times(entry) })
    },
    follows: ({ post }, other) => isLookAt(post, other),
    isWork: true,
  },
  comment: {
    about: ({ post }, key) => `${post} ${key}`, // one may say more than one thing
    send: (portal, { person, key, written_at: device_at, value }) => {
      const { kind, body } = value
      return portal.comment(value.post, { person, key, kind, body, device_at })
    },
    takeBack: (portal, { id }) => portal.withdrawComment(id),
    follows: ({ post }, other) => isLookAt(post, other),
    isWork: true,
  },
  share: {
    about: (value) => `${moduleOf(value)}/${value.exercise}`,
    send: async (portal, entry, trip) => {
      try {
        return await share(portal, entry)
      } catch (error) {
        const missing = missingIn(error)
        if (!missing.length || trip.isLeaving) throw error
        for (const { key, content } of entry.value.pictures ?? []) {
          if (!missing.includes(key)) continue
          await trip.ensureWanted()
          await portal.sendPicture(entry.person, key, content, trip.signal)
        }
        await trip.ensureWanted()
        return await share(portal, entry)
      }
    },
    takeBack: (portal, { id }) => portal.withdraw(id),
    anew: (value) => ({ ...value, pictures: withNewKeys(value.pictures ?? []) }),
    follows: (value, other) => isAnswerOf(other, value, value.exercise),
    isWork: true,
  },
}

/** The kind of an entry, for whatever its kind is. */
export const kindOf = <K extends KindName>(kind: K) => kinds[kind] as Kind<K>
