// Where one is on the desk, as the address says it: `#12/wait-time` is an exercise of hand-in 12,
// `#12` the hand-in, nothing the queue.

export interface DeskPlace {
  number: number | null
  exercise: string | null
}

export function readPlace(hash: string): DeskPlace {
  const [, number, exercise] = /^#(\d+)(?:\/(.+))?$/.exec(hash) ?? []
  return {
    number: number ? Number(number) : null,
    exercise: exercise ? decodeURIComponent(exercise) : null,
  }
}

export function hashOf({ number, exercise }: DeskPlace): string {
  if (number === null) return "#"
  return exercise === null ? `#${number}` : `#${number}/${encodeURIComponent(exercise)}`
}
