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

/** Where one's writing is. `nowhere`: no portal here. */
export type SaveKind =
  | "new"
  | "typing"
  | "saving"
  | "saved"
  | "kept"
  | "failed"
  | "signed-out"
  | "other-person"
  | "nowhere"

export interface SaveState {
  kind: SaveKind
  /** When the server had it, for `saved`. */
  at?: string
  /** How many answers wait, for `kept`. */
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
  write(value: unknown): void
  /** Save now, as on blur; true if the server has the newest words. */
  flush(): Promise<boolean>
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
  /** How many answers of this person, on this page, are not yet with the server. */
  unsent: Ref<number>
  reloadMine(): Promise<void>
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
  reloadMine: async () => {},
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
