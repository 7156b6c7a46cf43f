/** Names and addresses that pages and the service worker share. */

/** Files of the page build, which have a hash in their names, and the page for what is not here. */
export const STATIC = "pathshala static"
/** Pieces of kept films. */
export const FILMS = "pathshala films"
/** Pages and pictures that a person opened: the oldest make room. */
export const openedBy = (person: string): string => `pathshala opened ${person}`
/** Pages and pictures of modules that a person keeps: they stay until she removes them. */
export const keptBy = (person: string): string => `pathshala kept ${person}`

/** Pages that a phone keeps: the same bytes for all readers, whatever else is in their address. */
const KEPT_PAGE = /^(courses(\/[^/]+){0,2}|library|people\/me|waiting|marking|studio)?$/
/** The screens that lead everywhere, kept before they are opened. */
export const SCREENS = ["", "courses", "people/me", "waiting"]
export const AWAY = "away"

export const LANGUAGE_COOKIE = "pathshala-language"
export const DEFAULT_LANGUAGE = "bn"

export const isKeptPage = (root: string, path: string): boolean =>
  path.startsWith(root) && KEPT_PAGE.test(path.slice(root.length))

/** The key of a page in a cache. */
export const pageKey = (path: string, language: string): string => `${path}?lang=${language}`

export const isFilm = (path: string): boolean => /\.(mp4|webm|m4a|ogg|mp3)$/.test(path)

/** What a page tells the worker: that it was opened before the worker was there. */
export interface Word {
  kind: "opened"
  address: string
}
