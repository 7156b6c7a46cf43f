/**
 * Brings the scripts of packages of widgets, which are built for JupyterLab, into a page without
 * it: only what a page shows, and from our own origin. A package gives its classes to a registry.
 */
import * as base from "@jupyter-widgets/base"
import * as messaging from "@lumino/messaging"
import * as lumino from "@lumino/widgets"

interface Provided {
  get: () => Promise<() => unknown>
  from: string
  eager: boolean
  loaded?: 1
}
type Shared = Record<string, Record<string, Provided>>

interface Container {
  init: (shared: Shared) => Promise<void> | void
  get: (name: string) => Promise<() => unknown>
}

interface Plugin {
  requires?: unknown[]
  optional?: unknown[]
  activate: (app: object, ...services: unknown[]) => unknown
}

interface Registered {
  name: string
  exports: Record<string, unknown> | (() => Promise<Record<string, unknown>>)
}

declare global {
  interface Window {
    _JUPYTERLAB?: Record<string, Container>
  }
}

const BASE = "6.0.12"
const LUMINO = "2.99.0"
const LAB = "4.99.0"

/** Name of a package: its version, and the address of its script below the root. */
export type Extensions = Record<string, [version: string, entry: string]>

export class Packages {
  private readonly found = new Map<string, Registered["exports"]>()
  private readonly containers = new Map<string, Promise<Container>>()
  private readonly plugins = new Map<string, Promise<void>>()
  private readonly shared: Shared = {
    "@jupyter-widgets/base": { [BASE]: provided(base) },
    "@lumino/messaging": { [LUMINO]: provided(messaging) },
    "@lumino/widgets": { [LUMINO]: provided(lumino) },
    // what some packages would use of JupyterLab, if it were there
    "@jupyterlab/apputils": { [LAB]: provided({ IThemeManager: {} }) },
  }

  constructor(
    private readonly root: string,
    private readonly extensions: Extensions,
  ) {}

  /** Return the classes of a module of widgets; undefined if no package here has it. */
  async find(module: string): Promise<Record<string, unknown> | undefined> {
    if (!this.found.has(module)) await this.bring(module)
    const exports = this.found.get(module)
    return typeof exports === "function" ? exports() : exports
  }

  private async bring(module: string): Promise<void> {
    // what one package takes from another must be on offer before either is asked
    await Promise.all(Object.keys(this.extensions).map((name) => this.container(name)))
    const wanted = module in this.extensions ? [module] : Object.keys(this.extensions)
    await Promise.all(wanted.map((name) => this.activate(name)))
  }

  private container(name: string): Promise<Container> {
    const known = this.containers.get(name) ?? this.load(name)
    this.containers.set(name, known)
    return known
  }

  private async load(name: string): Promise<Container> {
    const [, entry] = this.extensions[name]!
    const script = document.createElement("script")
    script.src = `${this.root}labextensions/${name}/${entry}`
    await new Promise((done, failed) => {
      script.onload = done
      script.onerror = failed
      document.head.append(script)
    })
    const container = window._JUPYTERLAB![name]!
    await container.init(this.shared)
    return container
  }

  private activate(name: string): Promise<void> {
    const known = this.plugins.get(name) ?? this.start(name)
    this.plugins.set(name, known)
    return known
  }

  private async start(name: string): Promise<void> {
    const container = await this.container(name)
    const module = (await container.get("./extension"))() as { default?: Plugin | Plugin[] }
    const registry = {
      registerWidget: (data: Registered) => this.found.set(data.name, data.exports),
    }
    const plugins = [module.default ?? (module as Plugin)].flat()
    for (const { requires = [], optional = [], activate } of plugins) {
      const services = [...requires, ...optional].map((token) =>
        token === base.IJupyterWidgetRegistry ? registry : null,
      )
      await activate({}, ...services)
    }
  }
}

function provided(module: unknown): Provided {
  return { get: async () => () => module, from: "pathshala", eager: true, loaded: 1 }
}
