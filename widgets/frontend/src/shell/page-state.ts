/**
 * What all components of one page share: where they are, what the portal knows of
 * this person, and the state of saving. Outside the portal it is empty, never absent.
 */
import {
  computed,
  inject,
  ref,
  shallowRef,
  type InjectionKey,
  type Ref,
  type ShallowRef,
} from "vue"
import type { Feedback, HandIn, Language, Mine } from "../portal"
import { language } from "../texts"
import type { Sending } from "./sending"

/** Where one's writing is. `unkept`: on this page alone, as the phone has no room. `nowhere`: no portal here. */
export type SaveKind =
  | "new"
  | "typing"
  | "saving"
  | "saved"
  | "kept"
  | "unkept"
  | "refused"
  | "failed"
  | "signed-out"
  | "other-person"
  | "nowhere"

export interface SaveState {
  kind: SaveKind
  /** When the server had it, for `saved`. */
  at?: string
  /** How many things wait, for `kept` and `unkept`; how many were refused, for `refused`. */
  waiting?: number
  /** What the server said, for `failed`. */
  message?: string
}

/** One exercise on the page, as its frame sees it. */
export interface ExerciseSlot {
  exercise: string
  /** The id of the heading that names it, and of the text that asks. */
  headingId: string | null
  questionId: string | null
  value: Ref<unknown>
  /** False until the portal said what is already written. */
  ready: Ref<boolean>
  state: Ref<SaveState>
  feedback: Ref<Feedback | null>
  /** The hand-in that this answer is part of, while it waits. */
  handedIn: Ref<HandIn | null>
  /** What was written on this device, where a newer wording of another one took its place. */
  draft: Ref<unknown>
  write(value: unknown): void
  /** Save now, as on blur; true if the server has the newest words. */
  flush(): Promise<boolean>
  /** Go on with the draft; the other wording becomes it. */
  takeDraft(): void
  dropDraft(): void
}

export interface Page {
  kind: string
  course: string
  module: string
  /** Of the module as it is shown; 0 where there is none. */
  version: number
  language: Language
  /** The portal's path, with a slash at the end; "" where there is none. */
  root: string
  mine: ShallowRef<Mine | null>
  saveState: Ref<SaveState>
  /** How many things of this person are not yet with the server. */
  unsent: Ref<number>
  /** What this person sends, from this page and others; null where there is no portal. */
  sending: Sending | null
  reloadMine(): Promise<void>
  /** Give to the queue whatever is being written. */
  release(): Promise<void>
  /** Wait until everything written is with the server; false if it is not. */
  settle(): Promise<boolean>
}

export const pageKey: InjectionKey<Page> = Symbol("page")
/** What keeps modules on this phone; absent where there is no portal. */
export const keepingKey: InjectionKey<() => Promise<typeof import("../bundles/keeping")>> =
  Symbol("keeping")
export const exerciseKey: InjectionKey<ExerciseSlot | null> = Symbol("exercise")

const nowhere: Page = {
  kind: "",
  course: "",
  module: "",
  version: 0,
  get language() {
    return language.value
  },
  root: "",
  mine: shallowRef(null),
  saveState: ref({ kind: "nowhere" }),
  unsent: ref(0),
  sending: null,
  reloadMine: async () => {},
  release: async () => {},
  settle: async () => true,
}

export function usePage(): Page {
  return inject(pageKey, nowhere)
}

/** The exercise that this component is, or null where it is none. */
export function useExercise(): ExerciseSlot | null {
  return inject(exerciseKey, null)
}

/** Whether nothing may be written yet: what is already written is not here. */
export function useIsReadonly(): Ref<boolean> {
  const slot = useExercise()
  return computed(() => (slot ? !slot.ready.value : false))
}
