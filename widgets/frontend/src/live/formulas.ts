/** Sets the formulas of a text. What does it comes only to a frame that shows some. */
const PERHAPS = /\$|\\\(|\\\[|\\begin\{/

export async function typeset(element: Element): Promise<void> {
  if (!PERHAPS.test(element.textContent ?? "")) return
  try {
    const { setFormulas } = await import("./tex.ts")
    setFormulas(element)
  } catch (error) {
    console.error(error) // the text stays as it was written, and all else goes on
  }
}
