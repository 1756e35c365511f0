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

// How long a step stays when a tour plays itself: a look at the picture, and the text read aloud.
const STUCK_MS = 120000
const readingMs = (text) => 3000 + 62 * text.length

export function render({model, el}) {
  installTokens(NX_CSS)
  const text = element("p", {})
  const count = element("span", {class: "nx-count"})
  const back = element("button", {type: "button", onclick: () => model.send_msg({kind: "go", by: -1})}, "Back")
  const next = element("button", {type: "button", class: "nx-next", onclick: () => model.send_msg({kind: "go", by: 1})}, "Next")
  const close = element("button", {type: "button", class: "nx-close", "aria-label": "End the tour", onclick: () => model.send_msg({kind: "end"})}, "×")
  const heading = element("b", {})
  const play = element("button", {type: "button", class: "nx-plays", title: "Steps follow one another by themselves (P)", onclick: () => model.send_msg({kind: "plays", plays: !model.plays})})
  const left = element("i", {class: "nx-left", "aria-hidden": "true"})
  const card = element("aside", {class: "nx-tour", "aria-label": "Tour", role: "region"}, element("div", {class: "nx-tourhead"}, heading, close), text, element("div", {class: "nx-tourfoot"}, count, play, back, next), left)
  const ring = element("div", {class: "nx-ring", "aria-hidden": "true"})
  el.append(ring, card)
  let follow = 0
  let turn = 0

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
    card.classList.toggle("nx-large", document.documentElement.hasAttribute("data-demo"))
    heading.textContent = model.title
    text.textContent = model.text
    count.textContent = `${model.step + 1} of ${model.n_steps}`
    back.disabled = model.step === 0
    next.disabled = model.waiting
    next.textContent = model.waiting ? "Computing…" : model.step + 1 === model.n_steps ? "Finish" : "Next"
    play.textContent = model.plays ? "Pause" : "Play"
    play.setAttribute("aria-pressed", String(model.plays))
    clearTimeout(turn)
    const runs = running && model.plays && !model.waiting
    left.getAnimations().forEach((each) => each.cancel())
    if (runs) {
      const ms = readingMs(model.text)
      left.animate([{width: "0%"}, {width: "100%"}], {duration: ms, fill: "forwards"})
      turn = setTimeout(onward, ms)
    } else if (running && model.plays && model.after) turn = setTimeout(() => { location.href = model.after }, STUCK_MS)
    document.documentElement.toggleAttribute("data-playing", running && model.plays)
    clearInterval(follow)
    if (running) follow = setInterval(place, 200)
    else ring.style.display = "none"
    place()
  }
  function onward() {
    if (model.step + 1 === model.n_steps && model.after) location.href = model.after
    else model.send_msg({kind: "go", by: 1})
  }
  // The keys of a presenter's remote; arrows move time.
  const KEYS = {PageDown: 1, PageUp: -1}
  const onKey = (event) => {
    if (!model.n_steps || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return
    if (event.key.toLowerCase() === "p") return model.send_msg({kind: "plays", plays: !model.plays})
    const by = KEYS[event.key]
    if (!by) return
    event.preventDefault()
    if (by === 1 ? !next.disabled : !back.disabled) model.send_msg({kind: "go", by})
  }
  // Whoever touches the page takes over.
  const onTouch = (event) => { if (event.isTrusted && model.plays && !event.composedPath().includes(card)) model.send_msg({kind: "plays", plays: false}) }
  document.addEventListener("keydown", onKey)
  document.addEventListener("pointerdown", onTouch, true)
  for (const name of ["plays", "n_steps", "step", "text", "title", "waiting", "highlight"]) model.on(name, show)
  model.on("remove", () => {
    clearInterval(follow)
    clearTimeout(turn)
    document.removeEventListener("keydown", onKey)
    document.removeEventListener("pointerdown", onTouch, true)
  })
  show()
}
