/**
 * Every word people read, in their language. The English text is the key; the
 * Bangla comes from the one gettext catalogue, in a chunk of its own.
 */
import { ref } from "vue"
import type { Language } from "./portal"

/** A trainer's text: one string, or one per language. */
export type Text = string | { bn?: string; en?: string } | null | undefined

export type Facts = Record<string, string | number>

/** The language of this page. Set once, before anything is mounted. */
export const language = ref<Language>("bn")

const catalogues: Partial<Record<Language, Record<string, string>>> = {}

export function addTexts(of: Language, texts: Record<string, string>): void {
  catalogues[of] = texts
}

/** Return `message` (English, the key) in the page's language, with `{name}` replaced. */
export function t(message: string, facts: Facts = {}): string {
  return tIn(language.value, message, facts)
}

/** Return `message` in a language of one's choice. */
export function tIn(of: Language, message: string, facts: Facts = {}): string {
  const translated = catalogues[of]?.[message] || message
  return translated.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const fact = facts[name]
    if (fact === undefined) return whole
    return typeof fact === "number" ? formatNumber(fact, of) : fact
  })
}

/** Return a trainer's text in the page's language, or in the other if there is none. */
export function text(value: Text): string {
  if (!value) return ""
  if (typeof value === "string") return value
  const other = language.value === "bn" ? "en" : "bn"
  return value[language.value] || value[other] || ""
}

const locale = (of: Language) => (of === "bn" ? "bn-BD" : "en-GB")

const BANGLA_ZERO = 0x09e6

/** Bangla digits for Bangla, whatever the browser's own data know. */
function digits(written: string, of: Language): string {
  if (of !== "bn") return written
  return written.replace(/[0-9]/g, (digit) => String.fromCharCode(BANGLA_ZERO + Number(digit)))
}

export function formatNumber(value: number, of = language.value, fractionDigits = 0): string {
  const format = new Intl.NumberFormat(locale(of), { maximumFractionDigits: fractionDigits })
  return digits(format.format(value), of)
}

/** The hour and minute of a moment: 10:42, ১০:৪২. */
export function formatTime(value: string | Date, of = language.value): string {
  const format = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" })
  return digits(format.format(new Date(value)), of)
}

/** The day of a moment: 21 November 2026, ২১ নভেম্বর ২০২৬. */
export function formatDate(value: string | Date, of = language.value): string {
  const day = { day: "numeric", month: "long", year: "numeric" } as const
  const written = new Intl.DateTimeFormat(locale(of), day).format(new Date(value))
  return digits(written.replace(",", ""), of)
}

/** A length in time: 3:20, ৩:২০. A second counts when it is full, as in the browser's player. */
export function formatSeconds(seconds: number, of = language.value): string {
  const whole = Math.max(0, Math.floor(seconds))
  return digits(`${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`, of)
}

/** A size: 5 MB, 320 KB, ৫ এমবি. Rounded up, as it is a cost. */
export function formatSize(bytes: number, of = language.value): string {
  if (bytes < 1_000_000) {
    return tIn(of, "{size} KB", { size: formatNumber(Math.max(1, Math.ceil(bytes / 1000)), of) })
  }
  const megabytes = bytes / 1_000_000
  const rounded = megabytes < 3 ? Math.ceil(megabytes * 10) / 10 : Math.ceil(megabytes)
  return tIn(of, "{size} MB", { size: formatNumber(rounded, of, 1) })
}

const segmenters: Partial<Record<Language, Intl.Segmenter>> = {}

/** Count what a reader sees as letters: ক্ষ is one. */
export function countGraphemes(value: string, of = language.value): number {
  const segmenter = (segmenters[of] ??= new Intl.Segmenter(of, { granularity: "grapheme" }))
  let count = 0
  for (const part of segmenter.segment(value)) if (part.segment.trim()) count += 1
  return count
}
