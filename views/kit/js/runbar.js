// Run, Pause, Stop and progress: always in the same place, whatever runs.

export function render({model, el}) {
  installTokens(NX_CSS)
  const send = (kind) => () => model.send_msg({kind})
  const run = element("button", {type: "button", class: "nx-run", onclick: send("run")}, "Run")
  const pause = element("button", {type: "button", class: "nx-quiet", onclick: () => send(model.status === "paused" ? "resume" : "pause")()}, "Pause")
  const stop = element("button", {type: "button", class: "nx-quiet", onclick: send("stop")}, "Stop")
  const keep = element("button", {type: "button", class: "nx-quiet", title: "Keep running when this page is left; it is then listed under the engine", "aria-label": "Keep running when this page is left", onclick: () => send(model.kept ? "let go" : "keep")()}, "Keep")
  const meter = element("div", {class: "nx-meter", role: "progressbar", "aria-label": "Progress of the run", "aria-valuemin": 0, "aria-valuemax": 100}, element("i"))
  const line = element("p", {class: "nx-line", role: "status"})
  const again = element("button", {type: "button", class: "nx-link", onclick: send("recompute")}, "recompute")
  el.append(element("div", {class: "nx-runbar"}, element("div", {class: "nx-buttons"}, run, pause, stop, keep), meter, line))

  function show() {
    const {status, fraction, sentence, cached} = model
    const active = ["queued", "running", "paused"].includes(status)
    pause.textContent = status === "paused" ? "Resume" : "Pause"
    pause.disabled = !["running", "paused"].includes(status)
    stop.disabled = !active
    keep.disabled = !active
    keep.setAttribute("aria-pressed", active && model.kept)
    const known = fraction >= 0
    meter.classList.toggle("nx-unknown", active && !known && status !== "paused")
    meter.classList.toggle("nx-active", active)
    meter.firstChild.style.width = `${100 * Math.max(0, fraction)}%`
    if (known) meter.setAttribute("aria-valuenow", Math.round(100 * fraction))
    else meter.removeAttribute("aria-valuenow")
    line.classList.toggle("nx-bad", ["failed", "crashed"].includes(status))
    line.replaceChildren(sentence)
    if (cached) line.append(" · ", again)
  }
  model.on("beat", () => {
    const {beat} = model
    requestAnimationFrame(() => model.send_msg({kind: "beat", beat}))
  })
  for (const name of ["status", "fraction", "sentence", "cached", "kept"]) model.on(name, show)
  show()
}
