// Play, step, scrub, speed: the same bar for every workbench.

const SPEED_MIN = 1
const SPEED_MAX = 100000

function timelineButton(label, title, action, kind = "") {
  return element("button", {class: `nx-step ${kind}`, type: "button", title, "aria-label": title, onclick: action}, label)
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const clock = clockNamed(model.clock_id)
  const play = timelineButton("", "Play (space)", () => clock.toggle(), "nx-play")
  const steppers = element("div", {class: "nx-steppers"})
  for (const {id, label} of model.steppers) {
    if (!id.startsWith("next")) {
      steppers.append(
        timelineButton(`‹ ${label}`, `One ${label} back`, () => clock.step(id, -1)),
        timelineButton(`${label} ›`, `One ${label} forward`, () => clock.step(id, 1)))
    } else {
      steppers.append(timelineButton(`${label} ›`, `Jump to the ${label}`, () => clock.step(id, 1)))
    }
  }
  const ticks = element("canvas", {class: "nx-ticks", "aria-hidden": "true"})
  const scrub = element("input", {
    type: "range", class: "nx-scrub", min: 0, max: 1, step: 1, value: 0, "aria-label": "Position in time",
    oninput: () => { clock.pause(); clock.seek(Number(scrub.value)) },
    onchange: () => clock.tell("rest"),
  })
  const speed = element("input", {
    type: "range", class: "nx-speed", min: 0, max: 1, step: 0.01, "aria-label": "Playing speed, log scale",
    oninput: () => { clock.speed = SPEED_MIN * (SPEED_MAX / SPEED_MIN) ** Number(speed.value); show() },
  })
  const readout = element("output", {class: "nx-readout", "aria-live": "off"})
  const pace = element("span", {class: "nx-pace"})
  const bar = element("div", {class: "nx-timeline", role: "group", "aria-label": "Timeline"},
    play, steppers, element("div", {class: "nx-track"}, ticks, scrub),
    element("label", {class: "nx-speedbox"}, pace, speed), readout)
  el.append(bar)

  function drawTicks() {
    const {clientWidth: width, clientHeight: height} = ticks
    const ratio = devicePixelRatio
    ticks.width = width * ratio
    ticks.height = height * ratio
    const pen = ticks.getContext("2d")
    pen.scale(ratio, ratio)
    const inset = 8
    const token = tokenReader(el)
    pen.fillStyle = token("warning-ground")
    for (const {from, to} of clock.spans) {
      const [left, right] = [from, to].map((at) => inset + (at / Math.max(1, clock.length)) * (width - 2 * inset))
      pen.fillRect(left, 0, Math.max(2, right - left), height)
    }
    pen.fillStyle = token("warning")
    let last = -Infinity
    for (const event of clock.events) {
      const x = inset + (event / Math.max(1, clock.length)) * (width - 2 * inset)
      if (x - last < 3) continue
      pen.fillRect(x, 0, 1, height)
      last = x
    }
  }

  function show() {
    const empty = clock.length === 0
    bar.classList.toggle("nx-empty", empty)
    play.classList.toggle("nx-playing", clock.playing)
    play.setAttribute("aria-label", clock.playing ? "Pause (space)" : "Play (space)")
    play.title = play.getAttribute("aria-label")
    scrub.max = Math.max(1, clock.length)
    scrub.value = clock.position
    scrub.style.setProperty("--filled", `${(100 * clock.position) / Math.max(1, clock.length)}%`)
    scrub.setAttribute("aria-valuetext", `${clock.unit} ${thousands(clock.position)} of ${thousands(clock.length)}`)
    speed.value = Math.log(clock.speed / SPEED_MIN) / Math.log(SPEED_MAX / SPEED_MIN)
    pace.textContent = `${thousands(clock.speed)} ${clock.unit}s/s`
    readout.replaceChildren(`${clock.unit} `, element("b", {}, thousands(Math.floor(clock.position))), ` of ${thousands(clock.length)}`)
  }

  let told = 0
  let timer = null
  function tellPython() {
    clearTimeout(timer)
    timer = null
    told = performance.now()
    model.position = Math.floor(clock.position)
    model.playing = clock.playing
    if (!clock.loop && model.loop.length) model.loop = []
  }

  const unlisten = clock.listen((_, reason) => {
    if (reason === "open") drawTicks()
    show()
    if (reason === "tick") {
      if (performance.now() - told > model.tell_every_ms) tellPython()
    } else if (reason === "rest" || reason === "pause") tellPython()
    else timer ??= setTimeout(tellPython, 120)
  })
  const onKey = (event) => {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.composedPath()[0]
    const within = (selector) => target instanceof Element && target.closest(selector)
    const direction = {ArrowRight: 1, ArrowLeft: -1}[event.key]
    // What has the focus keeps the keys that it understands itself.
    if (event.key === " " && !within("button, a, summary, [role=button], [role=combobox]")) clock.toggle()
    else if (direction && !within("input[type=range], [role=slider], [role=combobox]")) clock.step(model.steppers[0]?.id, direction)
    else return
    event.preventDefault()
  }
  // In a notebook the keys belong to the notebook, so they work only inside this component.
  const keyTarget = document.body.dataset.jpThemeLight === undefined ? document : el
  keyTarget.addEventListener("keydown", onKey)
  const resized = new ResizeObserver(drawTicks)
  resized.observe(ticks)
  const untheme = onThemeChange(drawTicks)
  const open = () => {
    if (model.length >= 0) clock.open({length: model.length, unit: model.unit, events: [], speed: Math.max(2, model.length / 10)})
  }
  model.on("length", open)
  model.on("seek_to", () => {
    if (model.seek_to < 0) return
    clock.pause()
    clock.seek(model.seek_to, "rest")
  })
  model.on("loop", () => {
    const [from, to] = model.loop
    if (to > from) clock.repeat({from, to})
    else if (clock.loop) { clock.repeat(null); clock.pause() }
  })
  model.on("remove", () => {
    unlisten()
    untheme()
    resized.disconnect()
    keyTarget.removeEventListener("keydown", onKey)
  })
  open()
  show()
}
