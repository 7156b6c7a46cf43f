/** Makes widgets of what a kernel says: ipywidgets' own manager, with our socket below it. */
import * as base from "@jupyter-widgets/base"
import { CONTROL_COMM_TARGET, ManagerBase } from "@jupyter-widgets/base-manager"
import { Widget } from "@lumino/widgets"
import { Packages, type Extensions } from "./extensions.ts"
import { typeset } from "./formulas.ts"
import { Comm, Kernel, newId, type Message } from "./kernel.ts"
import { OutputModel, OutputView } from "./outputs.ts"

export interface Words {
  failed: string
  slider: string
  picture: string
  "no-widget": string
}

type Path = string[]

interface State {
  model_name: string
  model_module: string
  model_module_version: string
  state: Parameters<typeof base.put_buffers>[0]
}

/** Packages that every kernel has imported, with widgets that few pages show. */
const LAZY = new Set(["jupyter-vue", "jupyter-vuetify"])

type Classes = Record<string, unknown>

function note(error: unknown): void {
  console.error(error)
}

export class Manager extends ManagerBase {
  private readonly packages: Packages
  private readonly deferred = new Map<string, State & { comm: Comm }>()
  private readonly waiting = new WeakMap<Element, Widget>()
  /** Where ipywidgets looks for what sets the formulas of a widget. */
  readonly _rendermime = {
    latexTypesetter: { typeset: (element: Element) => void typeset(element) },
  }

  constructor(
    private readonly kernel: Kernel,
    root: string,
    extensions: Extensions,
    readonly words: Words,
  ) {
    super()
    this.packages = new Packages(root, extensions)
    OutputModel.kernel = kernel
    kernel.onCommOpen = (comm, message) => this.open(comm, message)
  }

  /** Ask for all widgets of the kernel; make them, but for those of packages that nothing shows. */
  async load(): Promise<void> {
    const states = await this.ask()
    for (const [id, state] of Object.entries(states)) this.defer(id, state)
    const wanted = [...this.deferred].filter(([, { model_module }]) => !LAZY.has(model_module))
    await Promise.all(wanted.map(([id]) => this.make(id).catch(note))) // one that fails stops no other
  }

  private async ask(): Promise<Record<string, State>> {
    const comm = await this._create_comm(CONTROL_COMM_TARGET, newId(), {})
    const answer = await new Promise<Message>((heard) => {
      comm.on_msg((message) => heard(message as unknown as Message))
      comm.send({ method: "request_states" }, {})
    })
    const data = answer.content.data as { states: Record<string, State>; buffer_paths: Path[] }
    data.buffer_paths.forEach(([id, , ...path], number) => {
      base.put_buffers(data.states[id]!.state, [path], [answer.buffers[number]!])
    })
    return data.states
  }

  /** Keep a widget's state until the widget is wanted. */
  private defer(id: string, state: State): void {
    if (super.has_model(id)) return
    const comm = new Comm(this.kernel, this.comm_target_name, id)
    comm.on_msg(({ content, buffers }) => {
      const data = content.data as { method?: string; state?: object; buffer_paths?: Path[] }
      if (data.method !== "update" || !data.state) return
      base.put_buffers(data.state as never, data.buffer_paths ?? [], buffers)
      Object.assign(state.state, data.state)
    })
    this.deferred.set(id, { ...state, comm })
  }

  private async make(id: string): Promise<void> {
    const found = this.deferred.get(id)
    if (!found || !this.deferred.delete(id)) return
    const { comm, state, model_name, model_module, model_module_version } = found
    const names = { model_name, model_module, model_module_version, model_id: id }
    // what is made at once hears nothing of its siblings: all of a package come together
    const siblings = [...this.deferred].filter(([, each]) => each.model_module === model_module)
    const made = this.new_model({ ...names, comm: comm as never }, state as never)
    await Promise.all([made, ...siblings.map(([sibling]) => this.make(sibling))])
  }

  override has_model(id: string): boolean {
    return super.has_model(id) || this.deferred.has(id)
  }

  override async get_model(id: string): Promise<base.WidgetModel> {
    if (this.deferred.has(id)) void this.make(id).catch(note)
    return super.get_model(id)
  }

  /** Return the place of a widget, to be put into the page, then `attach`ed. */
  async place(id: string): Promise<HTMLElement> {
    const place = document.createElement("div")
    if (!this.has_model(id)) return place // a later cell closed it
    const module = this.deferred.get(id)?.model_module
    let model: base.WidgetModel | undefined
    try {
      model = await this.get_model(id)
      this.waiting.set(place, (await this.create_view(model)).luminoWidget)
    } catch (error) {
      note(error)
      return this.sorry(place, String(model?.get("_view_module") ?? module ?? "?"))
    }
    return place
  }

  attach(place: Element): void {
    const widget = this.waiting.get(place)
    this.waiting.delete(place)
    if (widget) Widget.attach(widget, place as HTMLElement)
  }

  private sorry(place: HTMLElement, name: string): HTMLElement {
    place.textContent = this.words["no-widget"].replace("{name}", name)
    return place
  }

  private async open(comm: Comm, message: Message): Promise<void> {
    if (comm.target_name !== "jupyter.widget") return
    await this.handle_comm_open(comm as unknown as base.IClassicComm, message as never)
  }

  protected override async loadClass(name: string, module: string): Promise<never> {
    const classes = await this.classes(module)
    if (!classes?.[name]) throw new Error(`There is no ${name} of ${module} here.`)
    return classes[name] as never
  }

  private async classes(module: string): Promise<Classes | undefined> {
    if (module === "@jupyter-widgets/base") return { ...base }
    if (module === "@jupyter-widgets/controls") return import("./controls.ts")
    if (module === "@jupyter-widgets/output") return { OutputModel, OutputView }
    return this.packages.find(module)
  }

  protected override async _create_comm(
    target: string,
    id = newId(),
    data?: unknown,
    metadata?: unknown,
  ): Promise<base.IClassicComm> {
    const comm = new Comm(this.kernel, target, id)
    if (data || metadata) comm.open(data ?? {})
    return comm as unknown as base.IClassicComm
  }

  protected override async _get_comm_info(): Promise<Record<string, never>> {
    return {} // all widgets tell their state when the kernel is asked
  }
}
