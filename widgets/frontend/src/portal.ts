/**
 * The portal as a component sees it: one method per route of its API, by subject in `portal/`.
 * A component asks `inject(portalKey, null)`; null means there is no portal here.
 */
import type { InjectionKey } from "vue"
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

export interface Portal
  extends LearningCalls, SharingCalls, MarkingCalls, StudioCalls, WritingCalls {
  signOut(): Promise<void>
}

export const portalKey: InjectionKey<Portal | null> = Symbol("portal")

/** The portal over HTTP. `root` is its path, with a slash at the end. */
export function openPortal(root: string, language: Language): Portal {
  const line = openLine(root, language)
  return {
    ...learningCalls(line),
    ...sharingCalls(line),
    ...markingCalls(line),
    ...studioCalls(line),
    ...writingCalls(line),
    signOut: () => line.signOut(),
  }
}
