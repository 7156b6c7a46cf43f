/** Begins, once a page is there and idle, what makes it open without a network the next time. */
import type { Portal, Language } from "../portal"
import { dataSaver } from "../shell/preferences"
import type { Word } from "./names"
import { keepScreens } from "./pages"
import { personHere } from "./person"
import { isToCome, isToLookAt, keptOf } from "./phone"

export async function makeReadyForNoNetwork(
  portal: Portal,
  root: string,
  language: Language,
): Promise<void> {
  if (!("serviceWorker" in navigator)) return // on plain HTTP: pages come from the network
  const { serviceWorker } = navigator
  const wasHere = serviceWorker.controller !== null
  try {
    await serviceWorker.register(`${root}service-worker.js`, { scope: root })
    const { active } = await serviceWorker.ready
    const person = personHere()
    if (!person) return
    const word: Word = { kind: "opened", address: location.href }
    active?.postMessage(word)
    if (!wasHere) return // a first visit costs no more than it must
    if (dataSaver.value !== "on") await keepScreens(root, person, `?lang=${language}`)
    const kept = await keptOf(person)
    if (kept.some((one) => isToCome(one) || isToLookAt(one))) {
      const { goOn, lookForNewer } = await import("./keeping")
      await goOn(portal, root, person)
      await lookForNewer(portal, root, person)
    }
  } catch {
    // A browser that refuses, or no network: the next page tries again.
  }
}
