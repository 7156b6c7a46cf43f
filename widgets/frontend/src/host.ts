/**
 * The host build: our components for JupyterLab, stock Voila and live pages.
 *
 * ipyvue mixes a widget's traits into a component's data and passes no props. So each
 * export renders the component with every trait as a prop, and writes `update:<prop>`
 * back into the trait. Vue and the `v-*` components are the host's own.
 */
import { h, type Component } from "vue"
import bangla from "virtual:texts-bn"
import * as clip from "./bundles/clip"
import * as exercises from "./bundles/exercises"
import * as home from "./bundles/home"
import * as library from "./bundles/library"
import * as quizzes from "./bundles/quizzes"
import * as sharing from "./bundles/sharing"
import { filesKey, type HostFiles } from "./components/clip-files"
import { addTexts, language } from "./texts"
import "./styles/tokens.css"
import "./styles/components.css"
import "./styles/host.css"

addTexts("bn", bangla)
language.value = navigator.language.startsWith("bn") ? "bn" : "en"

const STYLE_ID = "pathshala-components"

/** The build puts the style sheet here. */
function addStyles(css: string): void {
  document.getElementById(STYLE_ID)?.remove()
  const style = document.createElement("style")
  style.id = STYLE_ID
  style.textContent = css
  document.head.append(style)
}

addStyles("__PATHSHALA_CSS__")

/** A mounted widget: its traits, and a method for each `vue_*` of the Python class. */
interface Widget {
  $data: Record<string, unknown>
  load?: (name: string) => void
  [trait: string]: unknown
}

function adapt(name: string, component: Component): Component {
  const props = Object.keys((component as { props?: object }).props ?? {})
  return {
    name: `Pathshala${name}`,
    provide(this: Widget) {
      const files: HostFiles = {
        get: (file) => (this.files as Record<string, DataView> | undefined)?.[file],
        load: (file) => this.load?.(file),
      }
      return { [filesKey as symbol]: this.load ? files : null }
    },
    render(this: Widget) {
      const given: Record<string, unknown> = {}
      for (const prop of props) {
        if (!(prop in this.$data)) continue
        given[prop] = this.$data[prop] ?? undefined
        given[`onUpdate:${prop}`] = (value: unknown) => (this.$data[prop] = value)
      }
      return h("div", { class: "pathshala pathshala-host", lang: language.value }, [
        h(component, given),
      ])
    },
  } as Component
}

export const Clip = adapt("Clip", clip.Clip)
export const Reflection = adapt("Reflection", exercises.Reflection)
export const Choice = adapt("Choice", exercises.Choice)
export const MultiChoice = adapt("MultiChoice", quizzes.MultiChoice)
export const Order = adapt("Order", quizzes.Order)
export const Match = adapt("Match", quizzes.Match)
export const ActionPlan = adapt("ActionPlan", exercises.ActionPlan)
export const HandIn = adapt("HandIn", sharing.HandIn)
export const Feedback = adapt("Feedback", exercises.Feedback)
export const PeerShare = adapt("PeerShare", sharing.PeerShare)
export const Gallery = adapt("Gallery", sharing.Gallery)
export const Home = adapt("Home", home.Home)
export const Catalogue = adapt("Catalogue", home.Catalogue)
export const CoursePage = adapt("CoursePage", home.CoursePage)
export const Library = adapt("Library", library.Library)
export const SharedWork = adapt("SharedWork", library.SharedWork)
export const Portfolio = adapt("Portfolio", library.Portfolio)
