/**
 * The portal as a component sees it: one method per route of its API, by subject in `portal/`.
 * A component asks `inject(portalKey, null)`; null means there is no portal here.
 */
import type { InjectionKey } from "vue"
import { filmsKept, keepOwn, keptLine } from "./offline/replies"
import { learningCalls, type LearningCalls } from "./portal/learning"
import { openLine, type Language } from "./portal/line"
import { markingCalls, type MarkingCalls } from "./portal/marking"
import { sharingCalls, type SharingCalls } from "./portal/sharing"
import { studioCalls, type StudioCalls } from "./portal/studio"
import { writingCalls, type WritingCalls } from "./portal/writing"

export type * from "./portal/learning"
export type * from "./portal/marking"
export type * from "./portal/sharing"
export type * from "./portal/studio"
export type * from "./portal/writing"
export { PortalError, type Language, type PortalFile } from "./portal/line"

/** What this phone keeps for whoever is signed in here; fails where it keeps nothing. */
export interface KeptCalls
  extends
    Pick<LearningCalls, "me" | "home" | "courses" | "course" | "mine">,
    Pick<SharingCalls, "portfolio"> {
  /** Which files of a module's films are on this phone. */
  films(course: string, module: string): Promise<string[]>
}

export interface Portal
  extends LearningCalls, SharingCalls, MarkingCalls, StudioCalls, WritingCalls {
  kept: KeptCalls
  signOut(): Promise<void>
}

export const portalKey: InjectionKey<Portal | null> = Symbol("portal")

/** The portal over HTTP. `root` is its path, with a slash at the end. */
export function openPortal(root: string, language: Language): Portal {
  const line = openLine(root, language, (person, path, said) => {
    void keepOwn(person, path, language, said)
  })
  const kept = keptLine(language, line)
  return {
    kept: { ...learningCalls(kept), ...sharingCalls(kept), films: filmsKept },
    ...learningCalls(line),
    ...sharingCalls(line),
    ...markingCalls(line),
    ...studioCalls(line),
    ...writingCalls(line),
    signOut: () => line.signOut(),
  }
}
