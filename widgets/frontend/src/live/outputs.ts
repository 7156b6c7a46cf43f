/** Shows what cells showed: text, pictures, HTML, widgets. */
import { DOMWidgetModel, DOMWidgetView, type WidgetModel } from "@jupyter-widgets/base"
import { typeset } from "./formulas.ts"
import type { Kernel, Message } from "./kernel.ts"
import type { Manager } from "./manager.ts"

export interface Output {
  output_type: string
  name?: string
  text?: string | string[]
  data?: Record<string, string | string[] | { model_id: string }>
  metadata?: Record<string, unknown>
}

const WIDGET = "application/vnd.jupyter.widget-view+json"
const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"]
const OUTPUTS = /^(stream|display_data|execute_result|error)$/

function text(value: unknown): string {
  return Array.isArray(value) ? value.join("") : String(value)
}

function preformatted(words: string): HTMLElement {
  const element = document.createElement("pre")
  element.textContent = words
  return element
}

/** Set HTML and run its scripts: a frame is the author's own ground, and holds nothing else. */
function html(source: string): HTMLElement {
  const element = document.createElement("div")
  element.className = "jp-RenderedHTMLCommon page"
  element.innerHTML = source
  for (const dead of element.querySelectorAll("script")) {
    const script = document.createElement("script")
    for (const { name, value } of dead.attributes) script.setAttribute(name, value)
    script.textContent = dead.textContent
    dead.replaceWith(script)
  }
  return element
}

/** A picture, once it has its size; what it says of itself is a name only if it is no `repr`. */
async function picture(data: Record<string, unknown>, words: string): Promise<HTMLElement | null> {
  const type = PICTURES.find((each) => each in data)
  const svg = data["image/svg+xml"]
  if (!type && !svg) return null
  const image = document.createElement("img")
  image.className = "picture"
  image.alt = words.startsWith("<") ? "" : words
  const known = new Promise((done) => (image.onload = image.onerror = done))
  image.src = type
    ? `data:${type};base64,${text(data[type]).replaceAll("\n", "")}`
    : `data:image/svg+xml,${encodeURIComponent(text(svg))}`
  await known
  return image
}

async function shown(output: Output, manager: Manager): Promise<HTMLElement> {
  const { output_type: kind, data = {} } = output
  if (kind === "error") return preformatted(manager.words.failed)
  if (kind === "stream") return preformatted(text(output.text))
  const plain = text(data["text/plain"] ?? "")
  const view = data[WIDGET] as { model_id: string } | undefined
  if (view) return manager.place(view.model_id)
  const found = await picture(data, plain)
  if (found) return found
  const script = data["application/javascript"]
  if (script) return html(`<script>${text(script)}</script>`)
  if ("text/html" in data) return withFormulas(html(text(data["text/html"])))
  if ("text/markdown" in data) {
    const { fromMarkdown } = await import("./markdown.ts")
    return withFormulas(html(fromMarkdown(text(data["text/markdown"]))))
  }
  return "text/latex" in data ? withFormulas(latex(text(data["text/latex"]))) : preformatted(plain)
}

function latex(source: string): HTMLElement {
  const element = document.createElement("p")
  element.textContent = source
  return element
}

async function withFormulas(element: HTMLElement): Promise<HTMLElement> {
  await typeset(element)
  return element
}

/** Put outputs into a place, in order, instead of what is there. */
export async function fill(place: HTMLElement, outputs: Output[], manager: Manager): Promise<void> {
  const parts = await Promise.all(outputs.map((output) => shown(output, manager)))
  place.replaceChildren(...parts)
  for (const part of parts) manager.attach(part)
}

/** ipywidgets' `Output`: what a message causes while it is entered lands here. */
export class OutputModel extends DOMWidgetModel {
  static kernel: Kernel
  // no values here: Backbone calls `initialize` before they would be set, and they would undo it
  declare private stop: (() => void) | undefined
  declare private clearNext: boolean

  override defaults(): ReturnType<DOMWidgetModel["defaults"]> {
    return {
      ...super.defaults(),
      _model_name: "OutputModel",
      _view_name: "OutputView",
      _model_module: "@jupyter-widgets/output",
      _view_module: "@jupyter-widgets/output",
      outputs: [],
      msg_id: "",
    }
  }

  override initialize(...given: Parameters<DOMWidgetModel["initialize"]>): void {
    super.initialize(...given)
    this.listenTo(this, "change:msg_id", this.enter)
    this.enter()
  }

  private enter(): void {
    this.stop?.()
    const id = this.get("msg_id") as string
    if (id) this.stop = OutputModel.kernel.follow(id, (message) => this.hear(message))
  }

  private hear(message: Message): void {
    const { msg_type: kind } = message.header
    if (kind === "clear_output") {
      this.clearNext = Boolean(message.content.wait)
      if (!this.clearNext) this.keep([])
    } else if (OUTPUTS.test(kind)) {
      const before = this.clearNext ? [] : (this.get("outputs") as Output[])
      this.clearNext = false
      this.keep(joined(before, { ...message.content, output_type: kind }))
    }
  }

  private keep(outputs: Output[]): void {
    this.set("outputs", outputs)
    this.save_changes()
  }
}

function joined(before: Output[], next: Output): Output[] {
  const last = before.at(-1)
  if (next.output_type !== "stream" || last?.output_type !== "stream" || last.name !== next.name)
    return [...before, next]
  return [...before.slice(0, -1), { ...last, text: text(last.text) + text(next.text) }]
}

export class OutputView extends DOMWidgetView {
  private drawn: Promise<void> = Promise.resolve()

  override render(): void {
    super.render()
    this.el.classList.add("outputs")
    this.listenTo(this.model, "change:outputs", this.draw)
    this.draw()
  }

  private draw(): void {
    const manager = this.model.widget_manager as unknown as Manager
    const outputs = (this.model as WidgetModel).get("outputs") as Output[]
    this.drawn = this.drawn.then(() => fill(this.el, outputs, manager))
  }
}
