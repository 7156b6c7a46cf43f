/**
 * Whose session this browser holds, as the portal last said in a cookie that scripts may read.
 * What is kept on a phone is shown to that person alone; to nobody when there is none.
 */
const NAMES = ["pathshala-person", "__Secure-pathshala-person"]

/** The id of the person, or null. */
export function personOf(cookies: string): string | null {
  for (const cookie of cookies.split(";")) {
    const [name, value] = cookie.trim().split("=")
    if (value && NAMES.includes(name!)) return decodeURIComponent(value)
  }
  return null
}

export const personHere = (): string | null => personOf(document.cookie)

/** Let nobody be the person here, though the portal could not be told. */
export function forgetPersonHere(root: string): void {
  for (const name of NAMES) {
    const secure = name.startsWith("__Secure-") ? "; Secure" : ""
    document.cookie = `${name}=; Max-Age=0; Path=${root}${secure}`
  }
}

/** The same in a service worker, which has no document; null where a browser tells it no cookies. */
export async function personOfWorker(): Promise<string | null> {
  for (const name of NAMES) {
    const cookie = await findCookie(name)
    if (cookie) return decodeURIComponent(cookie)
  }
  return null
}

export async function findCookie(name: string): Promise<string | null> {
  if (!("cookieStore" in globalThis)) return null
  return (await cookieStore.get(name))?.value ?? null
}
