/** The socket to a reader's kernel: Jupyter's messages, in the protocol that has no parts. */

export interface Message {
  channel: string
  header: { msg_id: string; msg_type: string; [more: string]: unknown }
  parent_header: { msg_id?: string }
  metadata: Record<string, unknown>
  content: Record<string, unknown>
  buffers: DataView[]
}

/** What hears of the replies to one message: ipywidgets' word for it. */
export interface Callbacks {
  iopub?: { status?: (message: Message) => void; [kind: string]: unknown }
}

type Hook = (message: Message) => void

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export function newId(): string {
  return crypto.randomUUID()
}

function pack(message: object, buffers: (ArrayBuffer | ArrayBufferView)[]): ArrayBuffer {
  const parts = [encoder.encode(JSON.stringify(message)), ...buffers.map(bytes)]
  const head = 4 * (parts.length + 1)
  const packed = new Uint8Array(head + parts.reduce((sum, part) => sum + part.length, 0))
  const view = new DataView(packed.buffer)
  view.setUint32(0, parts.length)
  let place = head
  parts.forEach((part, number) => {
    view.setUint32(4 * (number + 1), place)
    packed.set(part, place)
    place += part.length
  })
  return packed.buffer
}

function bytes(buffer: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer)
}

function unpack(packed: ArrayBuffer): Message {
  const view = new DataView(packed)
  const count = view.getUint32(0)
  const starts = Array.from({ length: count }, (_, number) => view.getUint32(4 * (number + 1)))
  const ends = [...starts.slice(1), packed.byteLength]
  // each a memory of its own: widgets take the whole of what they find behind a view
  const parts = starts.map((start, number) => new DataView(packed.slice(start, ends[number])))
  return { ...(JSON.parse(decoder.decode(parts[0])) as Message), buffers: parts.slice(1) }
}

export class Kernel {
  /** Called with each message that opens a comm; the next message waits for it. */
  onCommOpen: (comm: Comm, message: Message) => Promise<unknown> = async () => {}
  onNotice: (content: Record<string, unknown>) => void = () => {}
  onClose: (code: number) => void = () => {}
  readonly comms = new Map<string, Comm>()
  private readonly session = newId()
  private readonly socket: WebSocket
  private readonly callbacks = new Map<string, Callbacks>()
  private readonly hooks = new Map<string, Set<Hook>>()
  private queue: Promise<unknown> = Promise.resolve()

  constructor(root: string, id: string) {
    const url = new URL(`${root}api/kernels/${id}/channels`, location.href)
    url.protocol = url.protocol.replace("http", "ws")
    url.searchParams.set("session_id", this.session)
    this.socket = new WebSocket(url)
    this.socket.binaryType = "arraybuffer"
    this.socket.onmessage = (event) => this.receive(event.data as string | ArrayBuffer)
    this.socket.onclose = (event) => this.onClose(event.code)
  }

  async opened(): Promise<void> {
    if (this.socket.readyState === WebSocket.OPEN) return
    await new Promise((open) => this.socket.addEventListener("open", open, { once: true }))
  }

  send(
    type: string,
    content: object,
    buffers: (ArrayBuffer | ArrayBufferView)[] = [],
    callbacks?: Callbacks,
  ): string {
    const header = { msg_id: newId(), msg_type: type, username: "", session: this.session }
    const message = {
      channel: "shell",
      header: { ...header, version: "5.3", date: new Date().toISOString() },
      parent_header: {},
      metadata: {},
      content,
    }
    if (callbacks) this.callbacks.set(header.msg_id, callbacks)
    if (this.socket.readyState === WebSocket.OPEN)
      this.socket.send(buffers.length ? pack(message, buffers) : JSON.stringify(message))
    return header.msg_id
  }

  /** Hand what a message caused to `hook`; return how to stop. */
  follow(id: string, hook: Hook): () => void {
    const hooks = this.hooks.get(id) ?? new Set()
    this.hooks.set(id, hooks.add(hook))
    return () => hooks.delete(hook)
  }

  private receive(data: string | ArrayBuffer): void {
    const message =
      typeof data === "string" ? { ...(JSON.parse(data) as Message), buffers: [] } : unpack(data)
    this.queue = this.queue.then(() => this.handle(message)).catch((error) => console.error(error))
  }

  private async handle(message: Message): Promise<void> {
    const { msg_type: type } = message.header
    const parent = message.parent_header.msg_id ?? ""
    if (type === "pathshala_notice") this.onNotice(message.content)
    else if (type === "comm_open") await this.open(message)
    else if (type === "comm_msg")
      await this.comms.get(String(message.content.comm_id))?.hear(message)
    else if (type === "comm_close") this.close(message)
    else if (type === "status") this.status(parent, message)
    else if (message.channel === "iopub") this.hooks.get(parent)?.forEach((hook) => hook(message))
  }

  private async open(message: Message): Promise<void> {
    const comm = new Comm(
      this,
      String(message.content.target_name),
      String(message.content.comm_id),
    )
    await this.onCommOpen(comm, message)
  }

  private close(message: Message): void {
    const comm = this.comms.get(String(message.content.comm_id))
    this.comms.delete(String(message.content.comm_id))
    comm?.closed(message)
  }

  private status(parent: string, message: Message): void {
    this.callbacks.get(parent)?.iopub?.status?.(message)
    if (message.content.execution_state === "idle") this.callbacks.delete(parent)
  }
}

/** One line between a widget here and its twin in the kernel: what ipywidgets calls a classic comm. */
export class Comm {
  private heard: (message: Message) => unknown = () => {}
  closed: (message: Message) => unknown = () => {}

  constructor(
    private readonly kernel: Kernel,
    readonly target_name: string,
    readonly comm_id: string,
  ) {
    kernel.comms.set(comm_id, this)
  }

  open(data: unknown, callbacks?: Callbacks): string {
    const content = { comm_id: this.comm_id, target_name: this.target_name, data }
    return this.kernel.send("comm_open", content, [], callbacks)
  }

  send(
    data: unknown,
    callbacks?: Callbacks,
    _metadata?: unknown,
    buffers?: (ArrayBuffer | ArrayBufferView)[],
  ): string {
    return this.kernel.send("comm_msg", { comm_id: this.comm_id, data }, buffers, callbacks)
  }

  close(data: unknown = {}, callbacks?: Callbacks): string {
    this.kernel.comms.delete(this.comm_id)
    return this.kernel.send("comm_close", { comm_id: this.comm_id, data }, [], callbacks)
  }

  on_msg(callback: (message: Message) => unknown): void {
    this.heard = callback
  }

  on_close(callback: (message: Message) => unknown): void {
    this.closed = callback
  }

  async hear(message: Message): Promise<void> {
    await this.heard(message)
  }
}
