import { PortalError, type Portal } from "../portal"
import type { Values } from "./entry"

export const HERE = { course: "active-learning", module: "pair-talk" }
export const saw: Values["answer"] = { ...HERE, exercise: "saw", value: "জোড়ায় বসে" }
export const plan: Values["answer"] = { ...HERE, exercise: "plan", value: "কাল করব" }
export const handIn: Values["hand-in"] = { ...HERE, together: [] }
export const share: Values["share"] = {
  ...HERE,
  exercise: "saw",
  audience: "everyone",
  consent: true,
}
export const rating: Values["rating"] = { post: "a1", stars: 4 }
export const comment: Values["comment"] = { post: "a1", kind: "used", body: "আমিও করেছি" }

export const away = () => new PortalError("no-network", "", {}, true)
export const no = (message: string) => new PortalError("no", message, {}, false, 422)

/** A server that notes what comes, and refuses what a test says. */
export class Server {
  came: [string, unknown][] = []
  fails: Partial<Record<string, PortalError>> = {}
  shown = 0
  pictures = new Set<string>()

  private take = (kind: string, asked: unknown, reply: object = {}) => {
    const failure = this.fails[kind] ?? this.fails.all
    if (failure) throw failure
    this.came.push([kind, asked])
    return reply
  }

  portal = {
    saveAnswer: async (_c, _m, exercise, asked) => this.take("answer", { exercise, ...asked }),
    saveClipWatch: async (_c, _m, _clip, asked) => this.take("watch", asked),
    handIn: async (_c, _m, asked) => this.take("hand-in", asked, { number: "its number" }),
    share: async (_c, _m, asked) => {
      const missing = asked.pictures.map((one) => one.picture).filter((p) => !this.pictures.has(p))
      if (missing.length) throw new PortalError("pictures-missing", "", { missing }, false, 409)
      return this.take("share", asked)
    },
    sendPicture: async (person, picture, content) => {
      this.take("picture", { person, picture, content })
      this.pictures.add(picture)
    },
    rate: async (_post, asked) => this.take("rating", asked),
    comment: async (_post, asked) => this.take("comment", asked, { id: "its id" }),
    look: async (_post, asked) => {
      this.take("look", asked)
      this.shown += asked.shown_seconds
      return { shown_seconds: this.shown, needed_seconds: 20, looked: this.shown >= 20 }
    },
  } as Portal

  kinds = () => this.came.map(([kind]) => kind)
}
