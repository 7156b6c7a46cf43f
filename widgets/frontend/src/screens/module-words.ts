// A module in words: whether its page needs a kernel, and what weighs most on it.
import type { StudioModule } from "../portal"
import { formatSize, t } from "../texts"

export function verdictWords(verdict: string): string {
  return verdict === "instant" ? t("instant page") : t("live page")
}

export function heaviestWords({ kind, title, size_bytes }: StudioModule["heaviest"]): string {
  const what = { page: t("the text"), pictures: t("the pictures"), clip: title }[kind]
  return t("Heaviest: {what}, {size}", { what, size: formatSize(size_bytes) })
}
