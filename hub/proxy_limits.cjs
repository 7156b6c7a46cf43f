/* Loaded into the proxy before it starts: how slow and how large a request may be.
 *
 * configurable-http-proxy has no options for this. Headers have to be there in four seconds. A body
 * gets four seconds and one more for each kilobyte that came: the poorest line is quicker, whoever
 * sends a byte now and then to hold a place is not. Forms for the Hub, which reads them whole in the
 * one thread that serves everybody, stay small; the portal and the Labs have limits of their own.
 */
const http = require("node:http")

const PATIENCE_MS = 4_000
const SLOWEST_BYTES_PER_MS = 1_024 / 1_000
const LOOK_MS = 250
const LARGEST_FORM_BYTES = 64 * 1_024
const READS_LARGE_BODIES = /^\/(services|user)\//

const createServer = http.createServer

http.createServer = (options, listener) => {
  if (typeof options === "function") return createServer(options) // the proxy's own API
  const limits = { headersTimeout: PATIENCE_MS, connectionsCheckingInterval: LOOK_MS }
  return createServer({ ...options, ...limits }, (request, response) => {
    const status = refusal(request)
    if (status) {
      response.writeHead(status, { Connection: "close" }).end()
      return
    }
    if (hasBody(request)) endWhenTooSlow(request)
    listener(request, response)
  })
}

function hasBody({ headers }) {
  return "transfer-encoding" in headers || Number(headers["content-length"]) > 0
}

function refusal({ url, headers }) {
  if (READS_LARGE_BODIES.test(url)) return undefined
  if ("transfer-encoding" in headers) return 411
  return Number(headers["content-length"]) > LARGEST_FORM_BYTES ? 413 : undefined
}

function endWhenTooSlow(request) {
  const { socket } = request
  const before = socket.bytesRead
  let waited = 0
  const looking = setInterval(() => {
    if (request.complete) return clearInterval(looking)
    if (request.readableLength > 0) return // it is the server behind who lets it wait
    waited += LOOK_MS
    if (waited > PATIENCE_MS + (socket.bytesRead - before) / SLOWEST_BYTES_PER_MS) socket.destroy()
  }, LOOK_MS)
  request.once("close", () => clearInterval(looking))
}
