// One player for every tour: text, back and next, and a light on what the step speaks of.

function deepQuery(selector, root = document) {
  const direct = root.querySelector(selector)
  if (direct) return direct
  for (const node of root.querySelectorAll("*")) {
    if (node.shadowRoot) {
      const found = deepQuery(selector, node.shadowRoot)
      if (found) return found
    }
  }
  return null
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const text = element("p", {})
  const count = element("span", {class: "nx-count"})
  const back = element("button", {type: "button", onclick: () => model.send_msg({kind: "go", by: -1})}, "Back")
  const next = element("button", {type: "button", class: "nx-next", onclick: () => model.send_msg({kind: "go", by: 1})}, "Next")
  const close = element("button", {type: "button", class: "nx-close", "aria-label": "End the tour", onclick: () => model.send_msg({kind: "end"})}, "×")
  const heading = element("b", {})
  const card = element("aside", {class: "nx-tour", "aria-label": "Tour", role: "region"}, element("div", {class: "nx-tourhead"}, heading, close), text, element("div", {class: "nx-tourfoot"}, count, back, next))
  const ring = element("div", {class: "nx-ring", "aria-hidden": "true"})
  el.append(ring, card)
  let follow = 0

  function place() {
    const target = model.highlight ? deepQuery(model.highlight) : null
    if (target) {
      const whole = target.getBoundingClientRect()
      const top = Math.max(2, whole.top)
      const box = {left: whole.left, top, width: whole.width, height: Math.min(whole.bottom, innerHeight - 4) - top}
      Object.assign(ring.style, {display: "block", left: `${box.left - 2}px`, top: `${box.top - 2}px`, width: `${box.width}px`, height: `${box.height}px`})
    } else ring.style.display = "none"
  }

  function show() {
    const running = model.n_steps > 0
    card.style.display = running ? "" : "none"
    heading.textContent = model.title
    text.textContent = model.text
    count.textContent = `${model.step + 1} of ${model.n_steps}`
    back.disabled = model.step === 0
    next.disabled = model.waiting
    next.textContent = model.waiting ? "Computing…" : model.step + 1 === model.n_steps ? "Finish" : "Next"
    clearInterval(follow)
    if (running) follow = setInterval(place, 200)
    else ring.style.display = "none"
    place()
  }
  for (const name of ["n_steps", "step", "text", "title", "waiting", "highlight"]) model.on(name, show)
  model.on("remove", () => clearInterval(follow))
  show()
}
