/**
 * The page build's entry: reads what the server rendered and mounts our components on
 * its placeholders, each as soon as its own chunk is here.
 */
import { createApp, markRaw, shallowReactive } from "vue"
import { components } from "./components"
import { openShelf } from "./outbox/shelf"
import { openPortal, portalKey, type Language, type Portal, type PortalError } from "./portal"
import { guardBack, leaveLate } from "./offline/leaving"
import { makeReadyForNoNetwork } from "./offline/start"
import { asProof } from "./portal/proof"
import { Answers } from "./shell/answers"
import PageShell from "./shell/PageShell.vue"
import { keepingKey, pageKey, type Page } from "./shell/page-state"
import { findPlaces, type Mounted } from "./shell/places"
import { unfoldForPrint } from "./shell/printing"
import { isOpenedAgain, keepPlace, returnToPlace } from "./shell/return-place"
import { Sending } from "./shell/sending"
import { addTexts, language } from "./texts"
import { createTheme } from "./theme"
import "./styles/icon.svg?url"
import "./styles/tokens.css"
import "./styles/fonts.css"
import "./styles/type.css"
import "./styles/page.css"
import "./styles/content.css"
import "./styles/components.css"
import "./styles/print.css"

interface About {
  kind: string
  proof?: string
  course?: string
  module?: string
  version?: number
  language: Language
  /** Where the frames of a live page are. */
  frames?: string
}

async function loadTexts(wanted: Language): Promise<void> {
  if (wanted !== "bn") return
  const { default: bangla } = await import("virtual:texts-bn")
  addTexts("bn", bangla)
}

async function start(main: HTMLElement): Promise<void> {
  const about = JSON.parse(main.dataset.page ?? "{}") as About
  const root = document.documentElement.dataset.root ?? "/services/portal/"
  const opened = openPortal(root, about.language)
  if (await leaveLate(opened, root)) return
  guardBack()
  const portal = about.proof ? asProof(opened, about.proof) : opened
  const isModule = about.kind === "module"
  const isAgain = isModule && isOpenedAgain()
  if (isModule) history.scrollRestoration = "manual"
  const sending = new Sending(portal, openShelf)
  const answers = new Answers(portal, about.course ?? "", about.module ?? "", sending)
  const page: Page = {
    kind: about.kind,
    course: about.course ?? "",
    module: about.module ?? "",
    version: about.version ?? 0,
    language: about.language,
    root,
    mine: answers.mine,
    saveState: answers.saveState,
    unsent: answers.unsent,
    sending,
    reloadMine: () => answers.reload(),
    release: () => answers.release(),
    settle: () => answers.settle(),
  }
  language.value = about.language

  const places = findPlaces(main, (place) => answers.addExercise(place))
  const loads = places.map((place) => components[place.name]?.())
  const frames = main.querySelector(".live") ? import("./frames/frames") : null
  if (isModule) void answers.start()
  await loadTexts(about.language)
  // a kernel takes longest: what needs one comes first
  void frames?.then(({ showFrames }) =>
    showFrames(main, about.frames ?? null, () => findTrouble(portal)),
  )

  const mounted = shallowReactive<Mounted[]>([])
  const app = createApp(PageShell, { mounted, answers, portal })
  app.use(createTheme())
  app.provide(portalKey, portal)
  app.provide(pageKey, page)
  app.provide(keepingKey, () => import("./bundles/keeping"))
  app.config.errorHandler = (error) => console.error(error)
  const shell = document.createElement("div")
  document.body.append(shell)
  const instance = app.mount(shell) as unknown as { hasMissing: boolean }

  await Promise.all(
    places.map(async (place, index) => {
      try {
        const load = loads[index]
        if (!load) return
        const component = markRaw(await load)
        place.element.replaceChildren()
        place.element.removeAttribute("id") // from now on the exercise's frame carries it
        mounted.push({ ...place, component })
      } catch (error) {
        console.error(error)
        instance.hasMissing = true
      }
    }),
  )
  addEventListener("pagehide", () => {
    if (isModule) keepPlace()
    answers.leave()
  })
  addEventListener("beforeunload", (event) => {
    if (page.saveState.value.kind === "unkept") event.preventDefault() // it would be gone
  })
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") answers.leave()
    else void answers.returnTo()
  })
  addEventListener("online", () => void answers.returnTo())
  unfoldForPrint()
  whenIdle(() => void makeReadyForNoNetwork(portal, root, about.language))
  requestAnimationFrame(() => {
    if (!isAgain || !returnToPlace()) goToAddress()
  })
}

/** What the first visit does not need waits until all of that is here. */
function whenIdle(act: () => void): void {
  const idle = () => (globalThis.requestIdleCallback ?? setTimeout)(act)
  if (document.readyState === "complete") idle()
  else addEventListener("load", idle, { once: true })
}

/** Why a live part does not come, though the classroom was asked. */
async function findTrouble(portal: Portal): Promise<"signed-out" | "offline" | "away"> {
  try {
    await portal.me()
    return "away"
  } catch (error) {
    const { status } = error as PortalError
    if (status === 401) return "signed-out"
    return status === 0 ? "offline" : "away"
  }
}

/** Components change the height of the page: go again to the exercise or clip in the address. */
function goToAddress(): void {
  const name = decodeURIComponent(location.hash.slice(1))
  if (name) document.getElementById(name)?.scrollIntoView()
  else if (new URLSearchParams(location.search).has("t")) {
    document.querySelector(".clip-stage")?.scrollIntoView({ block: "center" })
  }
}

const main = document.getElementById("page")
if (main?.dataset.page) void start(main)
