/** Which chunk holds which component; its name is that of the Python class. */
import type { Component } from "vue"

type Load = () => Promise<{ default: Component }>

const found: Record<string, Load> = import.meta.glob([
  "./components/{Clip,Reflection,Choice,ActionPlan,HandIn,Feedback}.vue",
  "./components/{PeerShare,Gallery,Home,Catalogue,CoursePage}.vue",
  "./screens/{Desk,Studio}.vue",
])

export const components: Record<string, Load> = Object.fromEntries(
  Object.entries(found).map(([path, load]) => [path.replace(/^.*\/|\.vue$/g, ""), load]),
)
