// Who waits to be let in, and deciding about it: a decision is sent when its ten seconds of undo
// are over, when the next one is made, or when the page goes.
import { computed, onBeforeUnmount, ref, shallowRef } from "vue"
import { wordsFor } from "../components/failures"
import { useLoaded } from "../components/use-loaded"
import type { JoinRequest, Portal } from "../portal"
import { useListener } from "../shell/while-here"

export interface Decision {
  request: JoinRequest
  accept: boolean
}

export function useJoinRequests(portal: Portal, changed: () => void) {
  const { data, reload } = useLoaded(() => portal.joinRequests())
  const decision = shallowRef<Decision | null>(null)
  const problem = ref("")
  const waiting = computed(() =>
    (data.value?.waiting ?? []).filter(
      ({ request }) => request !== decision.value?.request.request,
    ),
  )

  async function decide(request: JoinRequest, accept: boolean): Promise<void> {
    const before = take()
    decision.value = { request, accept }
    if (before) await send(before)
  }

  /** The time to undo is over. */
  async function settle(isLeaving = false): Promise<void> {
    const made = take()
    if (made) await send(made, isLeaving)
  }

  function undo(): void {
    decision.value = null
  }

  function take(): Decision | null {
    const made = decision.value
    decision.value = null
    return made
  }

  async function send({ request, accept }: Decision, isLeaving = false): Promise<void> {
    problem.value = ""
    try {
      await portal.settleRequest(request.request, accept, isLeaving)
      changed()
    } catch (refusal) {
      problem.value = wordsFor(refusal)
    }
    await reload()
  }

  const leave = () => void settle(true)
  useListener(window, "pagehide", leave)
  onBeforeUnmount(leave)

  return { waiting, decision, problem, decide, settle, undo }
}
