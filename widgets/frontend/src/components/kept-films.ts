/** Which of the module's films are on this phone. */
import { inject, onMounted, shallowRef, type ShallowRef } from "vue"
import { portalKey } from "../portal"
import { usePage } from "../shell/page-state"

export function useKeptFilms(): ShallowRef<ReadonlySet<string>> {
  const portal = inject(portalKey, null)
  const page = usePage()
  const kept = shallowRef<ReadonlySet<string>>(new Set())
  onMounted(async () => {
    try {
      const films = await portal?.kept.films(page.course, page.module)
      if (films?.length) kept.value = new Set(films)
    } catch {
      // A browser that keeps nothing plays from the network.
    }
  })
  return kept
}
