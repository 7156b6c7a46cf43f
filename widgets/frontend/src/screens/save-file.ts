// Hands a file that the portal made to the browser, as if a link to it had been followed.
import type { PortalFile } from "../portal"

export function saveFile({ name, content }: PortalFile): void {
  const address = URL.createObjectURL(content)
  const link = document.createElement("a")
  link.href = address
  link.download = name
  link.click()
  // the browser has taken it by the next turn
  setTimeout(() => URL.revokeObjectURL(address), 1000)
}
