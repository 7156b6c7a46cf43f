/**
 * Show what this phone keeps at once, and what the portal says as soon as it says it. Fails as the
 * portal does; what was kept is shown by then.
 */
export async function keptFirst<T>(
  kept: () => Promise<T>,
  ask: () => Promise<T>,
  show: (found: T, isKept: boolean) => void,
): Promise<void> {
  let isAnswered = false
  const early = Promise.resolve()
    .then(kept)
    .then(
      (found) => {
        if (!isAnswered) show(found, true)
      },
      () => {},
    )
  try {
    const found = await ask()
    isAnswered = true
    show(found, false)
  } catch (error) {
    await early
    throw error
  }
}
