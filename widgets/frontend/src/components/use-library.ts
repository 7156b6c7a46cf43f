// The library as one reader looks through it: what is wished stands in the address, typing waits
// a moment, an answer that comes late is dropped, "Show more" goes on where the page ended.
import { computed, onBeforeUnmount, onMounted, reactive, ref, shallowRef } from "vue"
import type { LibraryPage, LibraryWish, Portal, Post } from "../portal"
import { useListener } from "../shell/while-here"
import { readWish, writeWish } from "./library-wish"

const PAGE = 20
const PAGE_MOST = 100
const TYPING_PAUSE = 300

export function useLibrary(portal: Portal) {
  const wish = reactive(readWish(location.search))
  const posts = shallowRef<Post[] | null>(null)
  const page = shallowRef<LibraryPage | null>(null)
  const failure = shallowRef<unknown>(null)
  const isLoading = ref(false)
  const isAdding = ref(false)
  const isSlow = ref(false)
  let asked = 0
  let typing: ReturnType<typeof setTimeout> | undefined

  async function load(limit = PAGE): Promise<void> {
    const ask = ++asked
    isLoading.value = true
    const slow = setTimeout(() => (isSlow.value = ask === asked), 400)
    try {
      const found = await portal.library({ ...wish }, null, limit)
      if (ask !== asked) return
      take(found, found.posts)
    } catch (problem) {
      if (ask === asked) failure.value = problem
    } finally {
      clearTimeout(slow)
      if (ask === asked) isLoading.value = isSlow.value = false
    }
  }

  async function more(): Promise<void> {
    if (!page.value?.next || isAdding.value) return
    const ask = asked
    isAdding.value = true
    try {
      const found = await portal.library({ ...wish }, page.value.next, PAGE)
      if (ask !== asked) return
      const counted = { count: page.value.count, more_than_counted: page.value.more_than_counted }
      take({ ...found, ...counted }, [...(posts.value ?? []), ...found.posts])
    } catch (problem) {
      failure.value = problem
    } finally {
      isAdding.value = false
    }
  }

  function take(found: LibraryPage, shown: Post[]): void {
    page.value = found
    posts.value = shown
    failure.value = null
    history.replaceState({ ...history.state, shown: shown.length }, "")
  }

  /** Take over a filter or an order: a place of its own for Back. */
  function choose(change: Partial<LibraryWish>): void {
    Object.assign(wish, change)
    clearTimeout(typing)
    const address = location.pathname + writeWish(wish, location.search)
    if (address !== location.pathname + location.search) history.pushState(null, "", address)
    void load()
  }

  /** Follow the typing: the address at once, so that Back brings it, the portal when it rests. */
  function type(words: string): void {
    wish.q = words
    history.replaceState(history.state, "", location.pathname + writeWish(wish, location.search))
    clearTimeout(typing)
    typing = setTimeout(() => void load(), TYPING_PAUSE)
  }

  function returnTo(): void {
    Object.assign(wish, readWish(location.search))
    void loadAgain()
  }

  /** As many as were shown, so that Back leads to the same card. */
  async function loadAgain(): Promise<void> {
    const { shown } = (history.state ?? {}) as { shown?: number }
    await load(Math.min(Math.max(shown ?? PAGE, PAGE), PAGE_MOST))
  }

  function retry(): void {
    if (failure.value !== null) void loadAgain()
  }

  useListener(window, "popstate", returnTo)
  useListener(window, "online", retry)
  onMounted(() => void loadAgain())
  onBeforeUnmount(() => clearTimeout(typing))

  return {
    wish,
    posts,
    page,
    failure,
    isLoading,
    isAdding,
    isSlow,
    hasMore: computed(() => Boolean(page.value?.next)),
    choose,
    type,
    more,
    loadAgain,
  }
}
