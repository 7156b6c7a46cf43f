/** What keeping modules costs, in each size of their films. */
import type { ModuleCard } from "../portal"
import { clipSize, dataSaver } from "../shell/preferences"
import { t, formatSize } from "../texts"
import { firstSize } from "./clip-choice"

export interface Choice {
  /** A size such as "240", "sound", or "" for no films. */
  films: string
  bytes: number
}

const WIDEST_PHONE = 600
const sidesOf = (modules: ModuleCard[]) =>
  [...new Set(modules.flatMap(({ film_bytes }) => Object.keys(film_bytes)))]
    .filter((name) => name !== "sound")
    .sort((a, b) => Number(a) - Number(b))

/** What a module weighs with its films in this size, or the next smaller one that it has. */
export function bytesOf(module: ModuleCard, films: string): number {
  const { page_bytes, picture_bytes, film_bytes } = module
  const sides = sidesOf([module])
  const smaller = sides.filter((side) => Number(side) <= Number(films)).at(-1) ?? sides[0]
  const name = films === "sound" || !films ? films : smaller
  return page_bytes + picture_bytes + ((name && film_bytes[name]) || 0)
}

/** The choices for these modules, from the lightest. */
export function choicesOf(modules: ModuleCard[]): Choice[] {
  const sides = sidesOf(modules)
  const hasSound = modules.some(({ film_bytes }) => film_bytes.sound)
  const names = ["", ...(hasSound ? ["sound"] : []), ...sides]
  return names.map((films) => ({
    films,
    bytes: modules.reduce((sum, module) => sum + bytesOf(module, films), 0),
  }))
}

/** The choice to begin with: as films are played here. */
export function firstChoice(modules: ModuleCard[]): string {
  const sizes = sidesOf(modules).map((name) => ({ name, src: "" }))
  const how = {
    isSaving: dataSaver.value === "on",
    chosen: clipSize.value,
    isPhone: innerWidth <= WIDEST_PHONE,
  }
  return firstSize(sizes, how)?.name ?? ""
}

export function wordsOf({ films, bytes }: Choice): string {
  const size = formatSize(bytes)
  if (!films) return t("Text and pictures ({size})", { size })
  if (films === "sound") return t("With the sound of the videos ({size})", { size })
  return t("With video in {height}p ({size})", { height: Number(films), size })
}
