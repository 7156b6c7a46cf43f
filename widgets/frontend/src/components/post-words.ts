// Words for shared work: of which kind it is, whence it comes, why it was hidden.
import type { Audience, Author, Kind, Reason } from "../portal"
import { t } from "../texts"

const KINDS: Record<Kind, () => string> = {
  reflection: () => t("Reflection"),
  plan: () => t("Plan"),
  report: () => t("Tried in class"),
}

const REASONS: Record<Reason, () => string> = {
  "names-pupil": () => t("It names or shows a pupil"),
  hurts: () => t("It hurts somebody"),
  "not-own": () => t("It is somebody else's work"),
  "not-teaching": () => t("It is not about teaching"),
  other: () => t("Something else"),
}

const AUDIENCES: Record<Audience, () => string> = {
  cohort: () => t("My cohort"),
  everyone: () => t("Everyone"),
}

export const reasons = Object.keys(REASONS) as Reason[]

export function kindWords(kind: Kind): string {
  return KINDS[kind]()
}

export function reasonWords(reason: Reason): string {
  return REASONS[reason]()
}

export function audienceWords(audience: Audience): string {
  return AUDIENCES[audience]()
}

export function placeWords({ school, upazila, district }: Author): string {
  return [school, upazila, district].filter(Boolean).join(", ")
}
