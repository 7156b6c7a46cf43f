import { describe, expect, it } from "vitest"
import sanitize from "./sanitize"

const ALLOWED = {
  allowedTags: ["b", "a"],
  allowedAttributes: { "*": ["aria-*", "class"], a: ["href"] },
}

describe("a description's HTML", () => {
  it("keeps what is allowed", () => {
    const kept = '<b class="x" aria-label="y">mass</b> <a href="https://a.test">m</a>'
    expect(sanitize(kept, ALLOWED)).toBe(kept)
  })

  it("loses scripts whole, other tags alone, and what would run", () => {
    const odd = '<script>1</script><i><b onclick="1">x</b></i><a href=" javascript:1">y</a>'
    expect(sanitize(odd, ALLOWED)).toBe("<b>x</b><a>y</a>")
    expect(sanitize("<section><img src=x onerror=1><b>z</b></section>", ALLOWED)).toBe("<b>z</b>")
  })
})
