// Where in the studio one is, as the address says: #cohort-3, #courses, #complaints. A link to it
// can be sent to a colleague.

export type Section = "cohorts" | "courses" | "complaints"

export interface StudioPlace {
  section: Section
  cohort: number | null
}

export function readPlace(hash: string): StudioPlace {
  const cohort = /^#cohort-(\d{1,9})$/.exec(hash)
  if (cohort) return { section: "cohorts", cohort: Number(cohort[1]) }
  const section = /^#(courses|complaints)$/.exec(hash)
  return { section: (section?.[1] as Section | undefined) ?? "cohorts", cohort: null }
}

export function hashOf({ section, cohort }: StudioPlace): string {
  return section === "cohorts" && cohort !== null ? `#cohort-${cohort}` : `#${section}`
}
