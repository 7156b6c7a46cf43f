/* Loaded into the proxy before it starts: what it says becomes a line of JSON without addresses.
 *
 * configurable-http-proxy writes `TIME [ConfigProxy] LEVEL: WORDS` to standard output, and the words
 * of a request that failed name its path: whose page it was, or whose Lab. Only the method and the
 * reason stay.
 */
const COLOURS = /\u001b\[\d+m/g
const LINE = /^(\S+) \[ConfigProxy\] (\w+): (.*)$/s
const PATHS = /(^|\s)\/\S*/g

const write = process.stdout.write.bind(process.stdout)

process.stdout.write = (chunk, ...rest) => write(toLines(String(chunk)), ...rest)

function toLines(text) {
  return text
    .split(/\n(?=.)/s)
    .map((line) => toLine(line.replace(COLOURS, "").trimEnd()) + "\n")
    .join("")
}

function toLine(said) {
  const [, at, level, words] = said.match(LINE) ?? [, new Date().toISOString(), "info", said]
  return JSON.stringify({ at, part: "proxy", level, said: words.replace(PATHS, "$1…") })
}
