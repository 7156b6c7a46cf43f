// Runs before the first paint: the reader's own choice of theme and text size.
const preferences = ["theme", "size"] as const
const root = document.documentElement
const dark = matchMedia("(prefers-color-scheme: dark)")

function apply(): void {
  for (const preference of preferences) {
    let chosen = ""
    try {
      chosen = localStorage.getItem(`pathshala-${preference}`) ?? ""
    } catch {
      // A browser without storage follows the system.
    }
    if (preference === "theme" && !/^(light|dark)$/.test(chosen)) {
      chosen = dark.matches ? "dark" : "light"
    }
    // The empty page before the style sheet has the right colour too.
    if (preference === "theme") root.style.colorScheme = chosen
    root.dataset[preference] = chosen
  }
}

apply()
dark.addEventListener("change", apply)
addEventListener("pathshala:preferences", apply)
