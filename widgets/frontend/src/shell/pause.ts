/** Wait so many seconds, or until there is a network again. */
export function pause(seconds: number): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(go, seconds * 1000)
    function go() {
      clearTimeout(timer)
      removeEventListener("online", go)
      done()
    }
    addEventListener("online", go)
  })
}
