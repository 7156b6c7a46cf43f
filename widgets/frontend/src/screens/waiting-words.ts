// What waits, in words: what it is, where it was written, why it is not with the server yet.
import { audienceWords } from "../components/post-words"
import type { Entry, KeptPicture } from "../outbox/entry"
import { kinds } from "../outbox/kinds"
import type { OutboxStatus } from "../outbox"
import { formatNumber, formatSize, t } from "../texts"

/** Whether a person made it: the others go by themselves and need no words. */
export const isWork = ({ kind }: Entry) => kinds[kind].isWork

export function nameOf(entry: Entry): string {
  switch (entry.kind) {
    case "answer":
      return t("Answer")
    case "hand-in":
      return t("Hand-in")
    case "rating":
      return t("Rating")
    case "comment":
      return t("Comment")
    case "share":
      return t("Shared work")
    default:
      return t("How far you watched")
  }
}

/** What it says beside the words of an answer or a comment. */
export function detailsOf(entry: Entry): string {
  switch (entry.kind) {
    case "hand-in": {
      const names = entry.value.together.map(({ display_name }) => display_name)
      return names.length ? t("Together with {names}", { names: names.join(", ") }) : ""
    }
    case "rating":
      return entry.value.stars === 1
        ? t("1 star")
        : t("{count} stars", { count: entry.value.stars })
    case "share":
      return [audienceWords(entry.value.audience), photoWords(entry.value.pictures ?? [])]
        .filter(Boolean)
        .join(" · ")
    default:
      return ""
  }
}

function photoWords(pictures: KeptPicture[]): string {
  if (!pictures.length) return ""
  const bytes = pictures.reduce((sum, { content }) => sum + content.size, 0)
  const facts = { count: formatNumber(pictures.length), size: formatSize(bytes) }
  return t("Photos: {count} ({size})", facts)
}

/** What was written, if anything was. */
export function wordingOf(entry: Entry): unknown {
  if (entry.kind === "answer") return entry.value.value
  return entry.kind === "comment" ? entry.value.body : null
}

/** Where it was written: the title of the page, and its address. */
export function pageOf(entry: Entry, root: string): { title: string; path: string } {
  if (entry.page) return entry.page
  if ("post" in entry.value)
    return { title: t("Shared work"), path: `${root}library/${entry.value.post}` }
  const module = `${entry.value.course}/${entry.value.module}`
  return { title: module, path: `${root}courses/${module}` }
}

export function whyOf(entry: Entry, blocker: Entry | undefined, status: OutboxStatus): string {
  if (entry.state === "refused")
    return [t("Not accepted."), entry.message].filter(Boolean).join(" ")
  if (blocker?.state === "refused") {
    return t("Waits for something that was not accepted: {what}", { what: nameOf(blocker) })
  }
  if (blocker && isWork(blocker)) return t("Goes right after: {what}", { what: nameOf(blocker) })
  return statusWords(status)
}

export function statusWords(status: OutboxStatus): string {
  switch (status) {
    case "offline":
      return t("Waiting for network")
    case "signed-out":
      return t("Waiting until you sign in again")
    case "other-person":
      return t("Waiting for you: somebody else is signed in here now")
    default:
      return t("Sending…")
  }
}
