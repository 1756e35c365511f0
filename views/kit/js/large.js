// Opens one picture over the whole stage and puts it back, its axes, zoom and colours as they were.

// The nearest ancestor that matches, through shadow roots.
function closestAbove(node, selector) {
  while (node) {
    const found = node instanceof Element ? node.closest(selector) : null
    if (found) return found
    node = node.getRootNode().host ?? null
  }
  return null
}

// A button that lays `host` over the stage; `resized(isLarge)` is told after each change.
function largeButton(host, name, resized = () => {}) {
  const button = element("button", {type: "button", class: "nx-enlarge"})
  let observer = null
  const label = (text) => { button.title = text; button.setAttribute("aria-label", text) }
  const tell = (large) => {
    button.setAttribute("aria-pressed", large)
    label(large ? "Back to all pictures (Esc)" : `Open large: ${name()}`)
    button.textContent = large ? "×" : "⤢"
  }
  const cover = (stage) => {
    const box = stage.getBoundingClientRect()
    Object.assign(host.style, {position: "fixed", left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px`, zIndex: 20})
    resized(true)
  }
  const close = () => {
    observer?.disconnect()
    observer = null
    host.classList.remove("nx-large")
    Object.assign(host.style, {position: "", left: "", top: "", width: "", height: "", zIndex: ""})
    tell(false)
    resized(false)
    button.focus()
  }
  const open = () => {
    const stage = closestAbove(host, ".nx-middle") ?? document.documentElement
    host.classList.add("nx-large")
    tell(true)
    observer = new ResizeObserver(() => cover(stage))
    observer.observe(stage)
    button.focus()
  }
  const isLarge = () => observer !== null
  button.addEventListener("click", () => isLarge() ? close() : open())
  host.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isLarge()) return
    event.preventDefault()
    event.stopPropagation()
    close()
  })
  tell(false)
  return {button, isLarge, close}
}
