// The stage: arrays, their histories and their curves, all driven by one clock.

// Shares of the free height for array, history and curves, by the number of arrays.
const SHARES = {1: [0.485, 0.315, 0.2], 2: [0.485, 0.315, 0.2], 3: [0.26, 0.155, 0.17], 4: [0.26, 0.155, 0.17]}
const HEIGHTS_MIN = [110, 64, 76]
const CURVES = [
  {key: "sortedness", title: "Sortedness", unit: "%", places: 0},
  {key: "aggregation", title: "Aggregation", unit: "", places: 2},
  {key: "error", title: "Error", unit: "descents", places: 0},
]
const POINTS_MAX = 600

function stagePicture(title, legend, part, n_lanes) {
  const share = (SHARES[n_lanes] ?? SHARES[4])[part]
  const canvas = element("canvas", {class: "nx-canvas", style: `--share:${share};--least:${HEIGHTS_MIN[part]}px`})
  const value = element("span", {class: "nx-value"})
  const menu = element("span", {class: "nx-export"})
  const head = element("div", {class: "nx-head"}, element("b", {}, title), element("span", {class: "nx-legend"}, legend), menu, value)
  const card = element("section", {class: "nx-card", "aria-label": title}, head, canvas)
  head.append(largeButton(card, () => title).button)
  return {canvas, value, menu, legend: head.children[1], card}
}

class Stage {
  constructor(model, el) {
    this.model = model
    this.el = el
    this.clock = clockNamed(model.clock_id)
    this.lanes = []
    this.root = element("div", {class: "nx-stage"})
    el.append(this.root)
    this.pending = false
    this.painted = 0
    this.sound = new Sound()
    this.clock.steppers = {
      swap: (position, direction) => this.stepSwap(position, direction),
      activation: (position, direction) => this.stepActivation(position, direction),
      "next-detour": (position) => this.nextDetour(position),
    }
  }

  look() {
    const token = tokenReader(this.el)
    const series = Array.from({length: 8}, (_, i) => token(`series-${i}`))
    return {
      colour: this.model.colour, history: this.model.history, series, seriesRgb: series.map(rgbOf), selected: this.model.selected, partner: this.model.partner,
      ink2: token("ink-2"), ink3: token("ink-3"), line: token("line"), faint: token("line-strong"), faintLine: token("line-strong"),
      cursor: token("cursor"), accent: token("accent"), warning: token("warning"), nullBand: token("null"), font: token("font"), ground: token("surface"),
    }
  }

  // An update's fields are told one by one; in the microtask all of them have arrived.
  loadSoon() {
    if (this.loading) return
    this.loading = true
    queueMicrotask(() => {
      this.loading = false
      this.load()
      this.showFrame()
    })
  }

  load() {
    const payloads = this.model.lanes.map(readPayload).filter(Boolean)
    const stayed = this.model.keep_position && this.lanes.length === payloads.length && this.lanes.some((lane) => lane.n_swaps > 0)
    this.lanes = payloads.map((data) => new Lane(data))
    this.build()
    this.measureClock(stayed)
    if (this.model.start_at >= 0) {
      this.clock.pause()
      this.clock.seek(this.model.start_at, "rest")
    }
    this.paintAll()
    if (this.model.autoplay && this.lanes.some((lane) => lane.n_swaps > 0)) this.clock.play()
  }

  measureClock(stayed) {
    const unit = this.model.clock_unit
    const lengths = {swap: "n_swaps", activation: "n_activations"}
    this.clock.unit = unit
    const length = unit === "percent" ? 1000 : Math.max(0, ...this.lanes.map((lane) => lane[lengths[unit]]))
    const events = [...(this.lanes[0]?.detours ?? [])].filter((_, i) => i % 3 === 0)
      .map((step) => this.lanes[0].positionOf(step, unit, length))
    const cycle = this.lanes.length === 1 && this.lanes[0].cycle
    const spans = cycle ? [{from: this.lanes[0].positionOf(cycle[0], unit, length), to: this.lanes[0].positionOf(cycle[2], unit, length)}] : []
    if (!stayed) this.clock.position = 0
    this.clock.open({length, unit, events, spans, speed: stayed ? undefined : Math.max(2, length / 14)})
  }

  steps() {
    return this.lanes.map((lane) => lane.stepAt(this.clock.position, this.clock.unit, this.clock.length))
  }

  stepSwap(position, direction) {
    const lane = this.lanes[0]
    if (!lane) return position
    const step = lane.stepAt(position, this.clock.unit, this.clock.length) + direction
    return lane.positionOf(Math.max(0, Math.min(lane.n_swaps, step)), this.clock.unit, this.clock.length)
  }

  stepActivation(position, direction) {
    if (this.clock.unit === "activation") return Math.floor(position) + direction
    const lane = this.lanes[0]
    const now = lane ? lane.positionOf(lane.stepAt(position, this.clock.unit, this.clock.length), "activation") : 0
    this.model.clock_unit = "activation"
    this.clock.position = 0
    this.measureClock(true)
    this.drawRasters()
    return now + direction
  }

  nextDetour(position) {
    return this.clock.events.find((event) => event > Math.floor(position)) ?? this.clock.length
  }

  build() {
    const many = this.lanes.length > 1
    const n_lanes = this.lanes.length
    this.root.replaceChildren()
    this.root.classList.toggle("nx-many", many)
    this.arrays = []
    this.rasters = []
    if (!this.lanes.length) {
      this.arrays = null
      this.root.append(element("p", {class: "nx-waiting"}, "The array appears here as soon as the engine has run it. The first run after an installation compiles the kernels, which takes a few seconds."))
      return
    }
    const grid = element("div", {class: "nx-lanes"})
    this.lanes.forEach((lane, k) => {
      const array = stagePicture(many ? lane.title : "The array now", "", 0, n_lanes)
      const raster = stagePicture(many ? "" : "Position through time", "", 1, n_lanes)
      if (many) raster.card.setAttribute("aria-label", `Position through time, ${lane.title}`)
      array.canvas.setAttribute("role", "img")
      array.canvas.setAttribute("aria-label", `${lane.n} cells as bars, height is value. ${lane.title}`)
      array.canvas.addEventListener("click", (event) => this.clickCell(k, event))
      array.canvas.addEventListener("pointermove", (event) => this.hoverCell(k, event))
      raster.canvas.addEventListener("pointerdown", (event) => this.dragRaster(event))
      this.addExport(array, `array-${k + 1}`, (pen, w, h, look) => drawArray(pen, w, h, lane, this.steps()[k], look))
      if (k === 0) array.value.before(this.soundSwitch ??= soundButton(this.sound))
      this.addExport(raster, `history-${k + 1}`, (pen, w, h, look) => this.paintRaster(pen, w, h, k, look))
      this.arrays.push(array)
      this.rasters.push({...raster, image: null})
      grid.append(element("div", {class: "nx-lane"}, array.card, raster.card))
    })
    this.curves = CURVES.map((curve) => ({...curve, ...stagePicture(curve.title, "", 2, n_lanes)}))
    this.curves.forEach((curve, i) => {
      this.addExport(curve, curve.key, (pen, w, h, look) => drawCurve(pen, w, h, this.curveData(i, look), look))
      curve.canvas.addEventListener("pointerdown", (event) => this.dragRaster(event))
    })
    this.root.append(grid, element("div", {class: "nx-curves"}, ...this.curves.map((curve) => curve.card)))
    if (many) this.root.append(element("p", {class: "nx-key"}, ...this.lanes.map((lane, k) =>
      element("span", {style: `--c:var(--nx-series-${k})`}, lane.title))))
    this.resized?.disconnect()
    this.resized = new ResizeObserver(() => this.paintAll())
    for (const {canvas} of [...this.arrays, ...this.rasters, ...this.curves]) this.resized.observe(canvas)
    this.recolour()
  }

  // What colours mean has changed: the words do too, and rasters see by their key what to redo.
  recolour() {
    if (this.arrays && this.lanes.length === 1) {
      this.arrays[0].legend.textContent = `height = value, ${this.colourLegend()}, hatched = frozen`
      this.rasters[0].legend.textContent = `top = first position, ${this.colourLegend("history")}${pathLegend(this.lanes[0], this.model.selected)}`
      for (const {legend} of [this.arrays[0], this.rasters[0]]) legend.title = legend.textContent
    }
    this.ask()
  }

  colourLegend(which = "colour") {
    return {value: "colour = value", algotype: "colour = algotype", displacement: "colour = distance from its place", frozen: "vermilion = frozen"}[this.model[which]]
  }

  addExport(picture, name, draw) {
    offerPicture(picture.canvas, `sorting ${name}`, () => this.look().ground, (pen, w, h) => draw(pen, w, h, this.look()))
    for (const kind of ["svg", "png"]) {
      picture.menu.append(element("button", {type: "button", title: `Save this picture as ${kind.toUpperCase()}`,
        "aria-label": `Save ${name} as ${kind.toUpperCase()}`,
        onclick: () => {
          const look = this.look()
          exportPicture(kind, `sorting-${name}`, picture.canvas.clientWidth, picture.canvas.clientHeight, look.ground, (pen, w, h) => draw(pen, w, h, look))
        }}, kind))
    }
  }

  record() {
    const payload = readPayload(this.model.lanes[0])
    if (!payload) return
    recordFilm(payload, this.look(), "sorting").then((done) => {
      if (!done) this.model.send_msg({kind: "no film"})
    })
  }

  cellUnder(k, event) {
    const box = this.arrays[k].canvas.getBoundingClientRect()
    const lane = this.lanes[k]
    const position = Math.floor(((event.clientX - box.left) / box.width) * lane.n)
    const order = lane.live ?? lane.orderAt(this.steps()[k])
    return {position, id: order[Math.max(0, Math.min(lane.n - 1, position))]}
  }

  clickCell(k, event) {
    if (!this.lanes[k].n) return
    const {id} = this.cellUnder(k, event)
    this.clock.pause()
    this.model.send_msg({kind: "click", lane: k, cell: id, step: this.steps()[k]})
  }

  hoverCell(k, event) {
    if (!this.lanes[k].n) return
    const {position, id} = this.cellUnder(k, event)
    const lane = this.lanes[k]
    const traits = lane.traitsAt(this.steps()[k])
    const frozen = ["", ", movable frozen", ", immovable frozen"][traits.frozen[id]]
    this.arrays[k].canvas.title = `position ${position}: cell ${id}, value ${lane.labels[id] ?? lane.value[id]}, ${lane.algotypes[traits.algotype[id]]}${frozen}`
  }

  dragRaster(event) {
    const canvas = event.currentTarget
    const move = (moved) => {
      const box = canvas.getBoundingClientRect()
      this.clock.pause()
      this.clock.seek(Math.round(((moved.clientX - box.left) / box.width) * this.clock.length))
    }
    canvas.setPointerCapture(event.pointerId)
    canvas.addEventListener("pointermove", move)
    canvas.addEventListener("pointerup", () => {
      canvas.removeEventListener("pointermove", move)
      this.clock.tell("rest")
    }, {once: true})
    move(event)
  }

  paintRaster(pen, width, height, k, look) {
    const lane = this.lanes[k]
    const {unit, length, position} = this.clock
    const ratio = Math.min(2, devicePixelRatio)
    const columns = Math.max(1, Math.round(width * ratio))
    const key = [columns, height, unit, length, look.history, look.series[0]].join()
    const raster = this.rasters[k]
    if (raster.key !== key) {
      const stepOf = (column) => lane.stepAt(((column + 0.5) / columns) * length, unit, length)
      raster.image = lane.n ? rasterImage(columns, Math.round(height * ratio), lane, stepOf, look) : null
      raster.key = key
    }
    if (raster.image) pen.drawImage(raster.image, 0, 0, width, height)
    drawPaths(pen, width, height, lane, this.clock, look)
    const x = (position / Math.max(1, length)) * width
    pen.fillStyle = look.ground
    pen.fillRect(x - 2, 0, 4, height)
    pen.fillStyle = look.cursor
    pen.fillRect(x - 1, 0, 2, height)
  }

  curveValue(lane, key, step) {
    if (key === "aggregation") return lane.n > 1 ? lane.traceAt(lane.same_type, step) / lane.n : NaN
    const errors = lane.traceAt(lane.errors, step)
    return key === "error" ? errors : lane.n ? (100 * (lane.n - errors)) / lane.n : 100
  }

  // Points of one curve of one lane in clock units, thinned once per run and clock.
  curvePoints(lane, key) {
    const {unit, length} = this.clock
    const name = `${key} ${unit} ${length}`
    lane.curveCache ??= new Map()
    if (!lane.curveCache.has(name)) {
      const count = Math.min(lane.n_swaps + 1, POINTS_MAX)
      const x = new Float64Array(count)
      const y = new Float64Array(count)
      for (let i = 0; i < count; i++) {
        const step = count > 1 ? Math.round((i * lane.n_swaps) / (count - 1)) : 0
        x[i] = lane.positionOf(step, unit, length)
        y[i] = this.curveValue(lane, key, step)
      }
      lane.curveCache.set(name, {x, y})
    }
    return lane.curveCache.get(name)
  }

  curveData(i, look) {
    const {key} = CURVES[i]
    const {position, length, unit} = this.clock
    const many = this.lanes.length > 1
    const series = this.lanes.map((lane, k) => ({points: this.curvePoints(lane, key), now: position, colour: many ? look.series[k] : look.accent}))
    let low = Infinity
    let high = -Infinity
    for (const {points} of series) for (const y of points.y) if (Number.isFinite(y)) { low = Math.min(low, y); high = Math.max(high, y) }
    if (key === "sortedness") [low, high] = [Math.min(low, 40), 100]
    if (key === "error") low = 0
    if (key === "aggregation") [low, high] = [Math.min(low, 0.4), Math.max(high, 0.8)]
    const band = key === "aggregation" && !many ? this.lanes[0]?.null_band : null
    return {series, low, high, length, unit, band, events: key === "error" && !many ? this.clock.events : []}
  }

  paint() {
    this.pending = false
    if (!this.root.isConnected || !this.arrays) return
    const look = this.look()
    const steps = this.steps()
    this.lanes.forEach((lane, k) => {
      const [pen, width, height] = sizedPen(this.arrays[k].canvas)
      drawArray(pen, width, height, lane, steps[k], look)
      const done = lane.n_swaps === 0 && !lane.live ? `no swap: ${lane.stop}` : `swap ${thousands(lane.live ? lane.liveStep : steps[k])}` + (lane.live ? ", live" : ` of ${thousands(lane.n_swaps)}`)
      this.arrays[k].value.textContent = !lane.live && steps[k] === lane.n_swaps && lane.n_swaps ? `${done}: ${lane.stop}` : done
      const [rasterPen, rasterWidth, rasterHeight] = sizedPen(this.rasters[k].canvas)
      this.paintRaster(rasterPen, rasterWidth, rasterHeight, k, look)
    })
    this.curves.forEach((curve, i) => {
      const [pen, width, height] = sizedPen(curve.canvas)
      drawCurve(pen, width, height, this.curveData(i, look), look)
      const values = this.lanes.map((lane, k) => this.curveValue(lane, curve.key, steps[k]))
      curve.value.textContent = values.length > 1 ? curve.unit : `${Number.isFinite(values[0]) ? values[0].toFixed(curve.places) : "undefined"} ${curve.unit}`
    })
    this.painted += 1
    ;(globalThis.__nxPaints ??= []).push(performance.now())
    if (globalThis.__nxPaints.length > 4000) globalThis.__nxPaints.splice(0, 2000)
  }

  ask() {
    if (this.pending) return
    this.pending = true
    requestAnimationFrame(() => this.paint())
  }

  drawRasters() {
    for (const raster of this.rasters ?? []) raster.key = null
    this.ask()
  }

  paintAll() {
    this.drawRasters()
  }

  // A live frame: swaps done (u32), sent-at (f64 ms), then the cell id at every position (u16 or u32).
  showFrame() {
    const data = this.model.frame
    const lane = this.lanes[0]
    if (!lane || this.loading) return
    const bytes = data instanceof Uint8Array ? data : new Uint8Array(data)
    if (bytes.byteLength < 16) {
      if (lane.live) { lane.live = null; this.ask() }
      return
    }
    const buffer = bytes.slice().buffer
    const view = new DataView(buffer)
    const wide = (bytes.byteLength - 16) / 4 >= lane.n
    lane.liveStep = view.getUint32(0, true)
    lane.live = wide ? new Uint32Array(buffer, 16, lane.n) : new Uint16Array(buffer, 16, lane.n)
    this.clock.pause()
    this.ask()
  }
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const stage = new Stage(model, el)
  const unlisten = stage.clock.listen((_, reason) => {
    if (reason === "tick" && stage.lanes.length) stage.sound.follow(stage.lanes[0], stage.steps()[0])
    stage.ask()
  })
  const untheme = onThemeChange(() => stage.paintAll())
  model.on("lanes", () => stage.loadSoon())
  model.on("frame", () => stage.showFrame())
  model.on("selected", () => stage.recolour())
  model.on("n_movies", () => stage.record())
  model.on("partner", () => stage.ask())
  model.on("colour", () => stage.recolour())
  model.on("history", () => stage.recolour())
  model.on("clock_unit", () => {
    const share = stage.clock.position / Math.max(1, stage.clock.length)
    if (stage.clock.unit === model.clock_unit) return
    stage.measureClock(true)
    stage.clock.seek(share * stage.clock.length)
    stage.paintAll()
  })
  model.on("remove", () => {
    stage.clock.pause()
    stage.sound.close()
    stage.resized?.disconnect()
    unlisten()
    untheme()
  })
  stage.load()
}
