import { beforeEach, describe, expect, it, vi } from "vitest"
import { Comm, Kernel, type Message } from "./kernel"

class Socket extends EventTarget {
  static last: Socket
  static readonly OPEN = 1
  readyState = 1
  binaryType = ""
  onmessage: (event: { data: string | ArrayBuffer }) => void = () => {}
  onclose: (event: { code: number }) => void = () => {}
  sent: (string | ArrayBuffer)[] = []
  constructor(readonly url: URL) {
    super()
    Socket.last = this
  }
  send(data: string | ArrayBuffer) {
    this.sent.push(data)
  }
}

const message = (type: string, content: object, parent = "", channel = "iopub") => ({
  channel,
  header: { msg_id: "m", msg_type: type },
  parent_header: { msg_id: parent },
  metadata: {},
  content,
})

describe("the socket to a kernel", () => {
  let kernel: Kernel
  let socket: Socket
  beforeEach(() => {
    vi.stubGlobal("WebSocket", Socket)
    kernel = new Kernel("/services/classroom/", "an-id")
    socket = Socket.last
  })

  it("is the reader's own origin's", () => {
    expect(socket.url.pathname).toBe("/services/classroom/api/kernels/an-id/channels")
    expect(socket.url.protocol).toBe("ws:")
  })

  it("sends buffers as Jupyter does, and reads them so", async () => {
    const heard: Message[] = []
    new Comm(kernel, "jupyter.widget", "c").on_msg((each) => heard.push(each))
    kernel.send("comm_msg", { comm_id: "c", data: {} }, [new Uint8Array([1, 2, 3]).subarray(1)])
    const packed = socket.sent[0] as ArrayBuffer
    expect(new DataView(packed).getUint32(0)).toBe(2)
    socket.onmessage({ data: packed })
    await vi.waitFor(() => expect(heard).toHaveLength(1))
    expect(heard[0]!.buffers.map((each) => each.byteLength)).toEqual([2])
    expect(heard[0]!.buffers[0]!.getUint8(0)).toBe(2)
  })

  it("hands each message to whom it belongs, in order", async () => {
    const seen: string[] = []
    kernel.onCommOpen = async () => {
      await Promise.resolve()
      seen.push("opened")
    }
    const id = kernel.send("comm_msg", {}, [], { iopub: { status: () => seen.push("status") } })
    kernel.follow(id, ({ header }) => seen.push(header.msg_type))
    const all = [
      message("comm_open", { comm_id: "n", target_name: "jupyter.widget" }),
      message("display_data", {}, id),
      message("display_data", {}, "another"),
      message("status", { execution_state: "idle" }, id),
      message("status", { execution_state: "idle" }, id),
    ]
    for (const each of all) socket.onmessage({ data: JSON.stringify(each) })
    await vi.waitFor(() => expect(seen).toEqual(["opened", "display_data", "status"]))
  })

  it("says with which code it closed", () => {
    kernel.onClose = vi.fn()
    socket.onclose({ code: 4002 })
    expect(kernel.onClose).toHaveBeenCalledWith(4002)
  })
})
