/**
 * What the portal said to a person about herself, kept so that her pages open without a network.
 * Only her own things: what colleagues shared may be withdrawn, and stays with the portal.
 */
import { PortalError, type Language, type Line } from "../portal/line"
import { personHere } from "./person"
import { findKeptModule, findReply, keepReply } from "./phone"

const OWN = /^(me|home|courses(\/[^/]+(\/[^/]+\/mine)?)?|people\/me)$/

const keyOf = (path: string, language: Language) => `${path}?lang=${language}`

/** Keep a reply of the portal for the person whom it names, if it is about her. */
export async function keepOwn(
  person: string | null,
  path: string,
  language: Language,
  body: unknown,
): Promise<void> {
  if (!person || !OWN.test(path)) return
  try {
    await keepReply(person, keyOf(path, language), body)
  } catch {
    // A browser without room or storage asks the portal each time.
  }
}

/** A line that only reads what is kept for whoever is signed in here. */
export function keptLine(language: Language, real: Line): Line {
  const nothing = () => new PortalError("not-kept", "", {}, false)
  return {
    get person() {
      return real.person
    },
    set person(person) {
      real.person ??= person
    },
    async send<T>(method: string, path: string): Promise<T> {
      const person = method === "GET" ? personHere() : null
      if (!person) throw nothing()
      const body = await findReply(person, keyOf(path, language)).catch(() => undefined)
      if (body === undefined) throw nothing()
      return body as T
    },
    fetchFile: () => Promise.reject(nothing()),
    signOut: () => Promise.reject(nothing()),
  }
}

/** Which films of a module are whole on this phone, for whoever is signed in here. */
export async function filmsKept(course: string, module: string): Promise<string[]> {
  const person = personHere()
  const kept = person ? await findKeptModule({ person, course, module }) : undefined
  return (kept?.files ?? []).filter((file) => file.done).map((file) => file.path)
}
