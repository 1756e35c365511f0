// Before any script of the page has loaded: its theme, and the still of that theme.
{
  let kept = null
  try { kept = localStorage.getItem("nx-theme") } catch { /* a browser that keeps nothing */ }
  const dark = kept ? kept === "dark" : matchMedia("(prefers-color-scheme: dark)").matches
  document.documentElement.dataset.theme = dark ? "dark" : "light"
  const loader = document.getElementById("loader")
  loader.classList.toggle("nx-home", !loader.querySelector("h1"))
  for (const still of loader.querySelectorAll("img")) still.hidden = (still.dataset.theme === "dark") !== dark
}
