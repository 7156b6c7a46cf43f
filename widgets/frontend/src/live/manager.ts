/** Makes widgets of what a kernel says: ipywidgets' own manager, with our socket below it. */
import * as base from "@jupyter-widgets/base"
import { ManagerBase } from "@jupyter-widgets/base-manager"
import { Widget } from "@lumino/widgets"
import { Packages, type Extensions } from "./extensions.ts"
import { Comm, Kernel, newId, type Message } from "./kernel.ts"
import { OutputModel, OutputView } from "./outputs.ts"

export interface Words {
  failed: string
  lost: string
  rested: string
  again: string
  "no-widget": string
}

type Classes = Record<string, unknown>

export class Manager extends ManagerBase {
  private readonly packages: Packages
  private readonly waiting = new WeakMap<Element, Widget>()

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

  /** Make every widget that the kernel has. */
  async load(): Promise<void> {
    await this._loadFromKernel()
  }

  /** Return the place of a widget, to be put into the page, then `attach`ed. */
  async place(id: string): Promise<HTMLElement> {
    const place = document.createElement("div")
    if (!this.has_model(id)) return this.sorry(place, "?")
    const model = await this.get_model(id)
    try {
      const view = await this.create_view(model)
      this.waiting.set(place, view.luminoWidget)
    } catch (error) {
      console.error(error)
      return this.sorry(place, String(model.get("_view_module")))
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
