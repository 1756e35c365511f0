// A page on a stage: without ways out, and back at the start when nobody touches it.

const AWAKE = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]

export function render({model, el}) {
  installTokens(NX_CSS)
  document.documentElement.dataset.demo = ""
  if (model.offers) {
    el.append(element("div", {class: "nx-offer"}, element("a", {href: model.first}, "Play the tours"),
      element("span", {}, `${model.n_tours} tours, one after the other. Any key or touch stops them; P goes on.`)))
  }
  let touched = performance.now()
  const isPlaying = () => document.documentElement.hasAttribute("data-playing")
  const wake = (event) => {
    if (event.isTrusted) touched = performance.now()
  }
  const watch = setInterval(() => {
    if (performance.now() - touched < 1000 * model.idle_s || isPlaying()) return
    for (const name of Object.keys(localStorage)) if (name.startsWith("nx-")) localStorage.removeItem(name)
    touched = performance.now()
    location.href = model.first
  }, 1000)
  const leads = (event) => event.composedPath().find((each) => each.tagName === "A" && each.href)
  const stay = (event) => {
    const link = leads(event)
    if (link && (new URL(link.href, location.href).origin !== location.origin || link.target === "_blank")) event.preventDefault()
  }
  const refuse = (event) => event.preventDefault()
  for (const name of AWAKE) document.addEventListener(name, wake, {capture: true, passive: true})
  for (const name of ["click", "auxclick"]) document.addEventListener(name, stay, true)
  for (const name of ["contextmenu", "drop", "dragover"]) document.addEventListener(name, refuse, true)
  model.on("remove", () => {
    clearInterval(watch)
    for (const name of AWAKE) document.removeEventListener(name, wake, {capture: true})
    for (const name of ["click", "auxclick"]) document.removeEventListener(name, stay, true)
    for (const name of ["contextmenu", "drop", "dragover"]) document.removeEventListener(name, refuse, true)
  })
}
