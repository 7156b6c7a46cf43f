// Points as people write them: 2, 1.5, ২.৫.
import { formatNumber } from "../texts"

export function formatPoints(points: number | null): string {
  return formatNumber(points ?? 0, undefined, 2)
}
