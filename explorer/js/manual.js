// The manual: its theme, and the filter of its list of pages.
{
  const root = document.documentElement
  let kept = null
  try { kept = localStorage.getItem("nx-theme") } catch { /* a browser that keeps nothing */ }
  root.dataset.theme = kept ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")
  document.querySelector(".nx-theme").addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark"
    try { localStorage.setItem("nx-theme", root.dataset.theme) } catch { /* as above */ }
  })
  const field = document.querySelector("input[type=search]")
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean)
    for (const section of document.querySelectorAll("nav section")) {
      const rows = [...section.querySelectorAll("li")]
      for (const row of rows) row.hidden = !wanted.every((word) => row.dataset.words.includes(word))
      section.hidden = rows.every((row) => row.hidden)
    }
  })
  document.querySelector("[aria-current]")?.scrollIntoView({block: "nearest"})
}
