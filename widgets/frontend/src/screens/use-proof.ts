// One proof of a course: asked for, followed while it is on its way, and what came of it.
import { computed, onBeforeUnmount, ref, shallowRef } from "vue"
import { isWorthRepeating, wordsFor } from "../components/failures"
import type { Portal, Proof, Wish } from "../portal"
import { t } from "../texts"

const MILLISECONDS_BETWEEN_LOOKS = 1000
const LOOKS_UNTIL_THE_LAB_IS_AWAY = 8
const OVER = ["done", "refused", "failed"]

export function useProof(portal: Portal, course: string, newest: Proof | null) {
  const proof = shallowRef<Proof | null>(newest)
  const problem = ref("")
  let timer: ReturnType<typeof setTimeout> | undefined
  let looks = 0
  let settle: ((proof: Proof) => void) | null = null

  const isOnItsWay = computed(() => proof.value !== null && !OVER.includes(proof.value.state))
  const said = computed(() => problem.value || (proof.value ? wordsOf(proof.value, looks) : ""))

  async function ask(wish: Wish): Promise<Proof> {
    problem.value = ""
    looks = 0
    try {
      proof.value = await portal.askForProof(course, wish)
    } catch (refusal) {
      problem.value = wordsFor(refusal)
      throw refusal
    }
    follow()
    return new Promise((resolve) => (settle = resolve))
  }

  function follow(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void look(), MILLISECONDS_BETWEEN_LOOKS)
  }

  async function look(): Promise<void> {
    if (!proof.value) return
    looks += 1
    try {
      proof.value = await portal.proof(proof.value.proof)
      problem.value = ""
    } catch (refusal) {
      problem.value = wordsFor(refusal)
      if (!isWorthRepeating(refusal)) return
    }
    if (isOnItsWay.value) follow()
    else settle?.(proof.value)
  }

  if (isOnItsWay.value) follow()
  onBeforeUnmount(() => clearTimeout(timer))
  return { proof, said, isOnItsWay, ask }
}

function wordsOf(proof: Proof, looks: number): string {
  const isUnheard = proof.state === "asked" && looks > LOOKS_UNTIL_THE_LAB_IS_AWAY
  if (isUnheard) return t("Your Lab does not answer. Press “Write” first, then once more here.")
  if (proof.state === "asked") return t("Asking your Lab for the course…")
  if (proof.state === "sending") return t("Your Lab is sending the course…")
  if (proof.state === "waiting") return t("Waiting for its turn…")
  if (proof.state === "running") return t("At work: {step}", { step: proof.said })
  if (proof.state === "failed") return proof.message
  if (proof.state === "refused") return t("Not published: something has to be mended first.")
  if (proof.wish === "publish") return t("Published. What teachers wrote is kept.")
  return proof.findings.length ? t("Checked.") : t("Checked: nothing to mend.")
}
