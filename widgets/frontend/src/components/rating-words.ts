// Ratings in words: how many and from where to where, never a bare mean.
import { t } from "../texts"
import type { Ratings } from "../portal"

function starWords(stars: number): string {
  return stars === 1 ? t("1 star") : t("{count} stars", { count: stars })
}

/** One line for a card. */
export function ratingWords({ count, lowest, highest }: Ratings): string {
  if (count === 0 || lowest === null || highest === null) return t("Not rated yet")
  if (count === 1) return t("1 rating: {stars}", { stars: starWords(lowest) })
  if (lowest === highest) {
    return t("{count} ratings, all {stars}", {
      count: count,
      stars: starWords(lowest),
    })
  }
  return t("{count} ratings, from {lowest} to {highest} stars", {
    count: count,
    lowest: lowest,
    highest: highest,
  })
}

/** How many gave how much, most stars first. */
export function distribution({ counts }: Ratings): { stars: string; count: number }[] {
  return counts.map((count, index) => ({ stars: starWords(index + 1), count })).reverse()
}
