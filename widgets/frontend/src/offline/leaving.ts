/**
 * The way out: nothing personal stays to be seen on this phone, also where there is no network to
 * tell the portal. Then it is told as soon as there is one, before anybody else comes in.
 *
 * Answers that wait to be sent stay, for their person; so do modules that she keeps, which say
 * nothing of her.
 */
import { findKept, keep } from "../kept"
import type { Portal, PortalError } from "../portal"
import { forgetOpened } from "./pages"
import { forgetPersonHere, personHere } from "./person"
import { forgetReplies, lookAgain } from "./phone"

const LEAVING = "pathshala-leaving"

export async function leave(portal: Portal, root: string): Promise<void> {
  const person = personHere()
  try {
    await portal.signOut()
  } catch {
    keep(LEAVING, true)
  }
  forgetPersonHere(root)
  if (!person) return
  await forgetReplies(person).catch(() => {})
  await lookAgain(person).catch(() => {})
  if ("caches" in globalThis) await forgetOpened(person).catch(() => false)
}

/** Sign out whoever left without network; true if the page is being opened anew for that. */
export async function leaveLate(portal: Portal, root: string): Promise<boolean> {
  if (!findKept<boolean>(LEAVING)) return false
  try {
    await portal.signOut()
  } catch (error) {
    const { retry, status } = error as PortalError
    if (retry || status >= 500) return false
  }
  keep(LEAVING, null)
  forgetPersonHere(root)
  location.assign(root)
  return true
}

/** A page that "back" brings to life again is made anew if it is somebody else's phone by now. */
export function guardBack(): void {
  const person = personHere()
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted && personHere() !== person) openAnew()
  })
}

/** Somebody else is here by now. */
export function openAnew(): void {
  document.body.replaceChildren() // the new page may take its time
  location.reload()
}
