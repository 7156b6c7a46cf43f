/** Plays a clip: start, another size at the same second, seeking, speed, keys, what went wrong. */
import { nextTick, onBeforeUnmount, ref, type Ref } from "vue"
import { usePage } from "../shell/page-state"
import { pause } from "../shell/pause"
import type { ClipAddresses } from "./clip-address"
import type { ClipFile } from "./clip-choice"
import { isOffline } from "./failures"
import type { ClipWatching } from "./use-clip-watch"

export const SPEEDS = [0.75, 1, 1.25, 1.5, 2]
const SKIP_SECONDS = 10
/** So near to an end one does not go on there, but begins again. */
const NEAR_END_SECONDS = 3
/** A browser may say that there is a network before anything passes through it. */
const RETRY_SECONDS = [2, 5, 10, 20, 30]

type Film = Readonly<Ref<HTMLVideoElement | null>>

export function useClipPlayer(
  video: Film,
  length: Ref<number>,
  current: () => ClipFile,
  addresses: ClipAddresses,
  watching: ClipWatching,
) {
  const page = usePage()
  const isStarted = ref(false)
  const isStuck = ref(false)
  const failure = ref<"" | "offline" | "broken">("")
  const source = ref("")
  const speed = ref(1)
  const { position } = watching
  let startAt = 0
  let isToPlay = false
  let isSecondTry = false
  let offlineTries = 0
  let loads = 0

  /** Load the chosen file, and be where one was. */
  function load(play: boolean): Promise<void> {
    failure.value = ""
    return open(play)
  }

  async function open(play: boolean): Promise<void> {
    const turn = ++loads
    isStuck.value = false
    isToPlay = play
    startAt = position.value
    watching.lift()
    try {
      const address = await addresses.open(current().src)
      if (turn !== loads) return
      const isSame = address === source.value
      source.value = address
      await nextTick()
      if (isSame) video.value?.load()
    } catch (error) {
      if (turn !== loads) return
      if (isOffline(error) || !navigator.onLine) void goOnLater()
      else failure.value = "broken"
    }
  }

  /** Wait for a network, or a while; then go on, unless something else was begun or one left. */
  async function goOnLater(): Promise<void> {
    const turn = loads
    failure.value = "offline"
    isSecondTry = false
    await pause(RETRY_SECONDS[Math.min(offlineTries++, RETRY_SECONDS.length - 1)]!)
    if (turn === loads) await open(isToPlay)
  }
  onBeforeUnmount(() => (loads += 1))

  async function start(): Promise<void> {
    const at = position.value
    if (at <= NEAR_END_SECONDS || at >= length.value - NEAR_END_SECONDS) position.value = 0
    await begin()
  }

  async function begin(): Promise<void> {
    isStarted.value = true
    await load(true)
    video.value?.focus({ preventScroll: true })
  }

  function onMetadata(): void {
    const film = video.value!
    failure.value = ""
    length.value = film.duration || length.value
    if (startAt > 0) film.currentTime = startAt
    film.playbackRate = speed.value
    for (const track of film.textTracks) {
      track.mode = track.language === page.language ? "showing" : "hidden"
    }
    if (isToPlay) play(film)
  }

  function onTime(): void {
    const film = video.value
    if (!film || film.seeking || film.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return
    isStuck.value = false
    position.value = film.currentTime
    if (!film.paused) watching.tick(film.currentTime)
  }

  function onStop(): void {
    onTime()
    watching.lift()
    watching.save()
  }

  /** Without a network it goes on later; else once more, as the address may have expired. */
  function onError(): void {
    isToPlay = !video.value?.paused || isToPlay
    addresses.forget()
    if (!navigator.onLine || addresses.isUnreached()) return void goOnLater()
    if (isSecondTry) failure.value = "broken"
    else void load(isToPlay)
    isSecondTry = true
  }

  function onPlaying(): void {
    isStuck.value = false
    isToPlay = false
    isSecondTry = false
    offlineTries = 0
  }

  function seek(second: number): void {
    position.value = Math.min(Math.max(0, second), length.value || second)
    watching.lift()
    if (!isStarted.value || failure.value) return void begin()
    startAt = position.value
    const film = video.value
    if (!film) return
    film.currentTime = position.value
    if (film.paused) play(film)
  }

  function skip(seconds: number): void {
    if (!video.value) return
    watching.lift()
    const wanted = video.value.currentTime + seconds
    video.value.currentTime = Math.min(Math.max(0, wanted), length.value)
  }

  function setSpeed(chosen: number): void {
    speed.value = chosen
    if (video.value) video.value.playbackRate = chosen
  }

  function switchCaptions(): void {
    const all = [...(video.value?.textTracks ?? [])]
    const isShown = all.some((track) => track.mode === "showing")
    for (const track of all) track.mode = "hidden"
    const first = all.find((track) => track.language === page.language) ?? all[0]
    if (!isShown && first) first.mode = "showing"
  }

  function onKey(event: KeyboardEvent): void {
    const film = video.value
    const on = event.target as HTMLElement
    if (!film || event.ctrlKey || event.metaKey || event.altKey) return
    // The space bar presses a button; on the film itself the browser's player answers it.
    if (on.matches("select, input, textarea")) return
    if (event.key === " " && on.matches("button, video")) return
    const actions: Record<string, () => void> = {
      " ": () => (film.paused ? play(film) : film.pause()),
      ArrowLeft: () => skip(-SKIP_SECONDS),
      ArrowRight: () => skip(SKIP_SECONDS),
      c: switchCaptions,
      f: () =>
        void (document.fullscreenElement ? document.exitFullscreen() : film.requestFullscreen()),
    }
    const action = actions[event.key]
    if (!action) return
    event.preventDefault()
    event.stopPropagation()
    action()
  }

  return {
    isStarted,
    isStuck,
    failure,
    source,
    speed,
    load,
    start,
    seek,
    skip,
    setSpeed,
    onKey,
    on: {
      loadedmetadata: onMetadata,
      timeupdate: onTime,
      pause: onStop,
      seeking: () => watching.lift(),
      ended: onStop,
      waiting: () => (isStuck.value = true),
      playing: onPlaying,
      error: onError,
    },
  }
}

/** A browser may refuse to play by itself; its own button is there. */
function play(film: HTMLVideoElement): void {
  film.play().catch(() => {})
}
