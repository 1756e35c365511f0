// The stage: scatters, RDMs, spectrum and curves of a film, driven by one clock and one selection.

const LIVE_MAX = 600

function geometryCard(title, height) {
  const canvas = element("canvas", {class: "nx-canvas", style: `height:${height}`})
  const name = element("b", {}, title)
  const menu = element("span", {class: "nx-export"})
  const value = element("span", {class: "nx-value"})
  const head = element("div", {class: "nx-head"}, name, element("span", {class: "nx-legend"}), menu, value)
  const card = element("section", {class: "nx-card", "aria-label": title}, head, canvas)
  head.append(largeButton(card, () => card.getAttribute("aria-label")).button)
  return {canvas, name, head, menu, value, card}
}

function csvCell(value) {
  const text = String(value)
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function within(polygon, [x, y]) {
  let inside = false
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [[xi, yi], [xj, yj]] = [polygon[i], polygon[j]]
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside
  }
  return inside
}

class GeometryStageView {
  constructor(model, el) {
    this.model = model
    this.el = el
    this.clock = clockNamed(model.clock_id)
    this.clock.steppers = {snapshot: (position, by) => Math.max(0, Math.min(this.clock.length, Math.round(position) + by))}
    this.root = element("div", {class: "nx-stage"})
    this.yaw = 0.6
    this.pitch = 0.5
    el.append(this.root)
    this.showWaiting()
  }

  showWaiting() {
    this.root.replaceChildren(element("p", {class: "nx-waiting"}, "The networks appear here as soon as the engine has started; the first start loads torch, which takes a few seconds."))
  }

  look() {
    const token = tokenReader(this.el)
    const series = Array.from({length: 8}, (_, i) => token(`series-${i}`))
    const {film, model} = this
    const values = film?.labels[model.colour] ?? []
    const kinds = [...new Set(values)].sort((a, b) => a.localeCompare(b, undefined, {numeric: true}))
    const place = new Map(kinds.map((kind, k) => [kind, k]))
    const kindOf = (k) => place.get(values[k]) ?? 0
    const hue = (net) => series[[...new Set(film.kinds)].indexOf(film.kinds[net]) % 8]
    const none = token("null")
    const number = parseInt(none.slice(1), 16)
    return {
      series, kinds, kindOf, colourOf: (k) => series[kindOf(k) % 7], column: model.colour, order: model.order,
      dims: model.dims, yaw: this.yaw, pitch: this.pitch, trail: model.trail, form: model.form, low: model.low, high: model.high,
      chosen: new Set(model.selected), both: [this.tracks()[0], this.tracks().at(-1)], netColour: hue,
      trackColour: (track) => series[film?.kinds?.length ? [...new Set(film.kinds)].indexOf(film.kindOfTrack?.[track]) % 8 : track % 8] ?? series[track % 8],
      shownNets: new Set(this.tracks().map((track) => film?.nets.indexOf(film.tracks[track])).filter((net) => net >= 0)),
      nullRgb: [number >> 16, (number >> 8) & 255, number & 255],
      ink2: token("ink-2"), ink3: token("ink-3"), line: token("line"), cursor: token("cursor"), accent: token("accent"), font: token("font"), ground: token("surface"),
    }
  }

  tracks() {
    if (!this.film) return []
    const last = this.film.n_tracks - 1
    const [a, b] = [Math.min(this.model.left, last), Math.min(this.model.right, last)]
    return this.film.n_tracks > 1 ? [a, b] : [0]
  }

  take(bytes) {
    const data = readPayload(bytes)
    if (!data) return
    const follows = this.film?.moments && this.film.run === data.run && this.film.length > 1 && this.clock.position < this.clock.length - 1
    this.film = new Film(data)
    this.build()
    this.clock.open({length: this.film.length - 1, unit: this.film.unit === "layer" ? "layer" : "snapshot", speed: Math.max(1, this.film.length / 10)})
    if (this.model.start_at >= 0) {
      this.clock.pause()
      this.clock.seek(this.model.start_at, "rest")
    } else if (!follows) {
      this.clock.position = 0
      if (this.model.autoplay && this.film.length > 1) this.clock.play()
    }
    this.paint()
  }

  takeFrame(bytes) {
    const frame = readPayload(bytes)
    if (!frame) return
    if (!this.film?.moments || this.film.run !== frame.run) {
      this.film = Film.live(frame)
      this.build()
      this.clock.pause()
      this.clock.position = 0
    } else if (this.film.length < LIVE_MAX) this.film.append(frame)
    const atEnd = this.clock.position >= this.clock.length
    this.clock.open({length: Math.max(0, this.film.length - 1), unit: "snapshot"})
    if (atEnd) this.clock.seek(this.film.length - 1, "tick")
    this.paint()
  }

  build() {
    const {film} = this
    const tracks = this.tracks()
    this.scatters = tracks.map((track, side) => this.scatterCard(side))
    this.rdms = tracks.map((track, side) => this.rdmCard(side))
    this.spectrum = geometryCard("Spectrum", "210px")
    this.addExport(this.spectrum, "spectrum", (pen, w, h, look) => drawSpectrum(pen, w, h, film, this.tracks(), this.moment(), (track) => this.closeUp.carriedBy(track), look), () => this.spectrumRows())
    const names = Object.keys(film.measures ?? {})
    this.curves = names.slice(0, 3).map((name) => this.curveCard(name))
    this.closeUp ??= new CloseUp(this)
    const key = element("p", {class: "nx-key"})
    this.key = key
    this.root.replaceChildren(
      element("div", {class: tracks.length > 1 ? "nx-two" : "nx-one"}, ...this.scatters.map((s) => s.card)), key,
      element("div", {class: tracks.length > 1 ? "nx-three" : "nx-two"}, ...this.rdms.map((r) => r.card), this.spectrum.card),
      element("div", {class: "nx-three"}, ...this.curves.map((c) => c.card)),
      this.closeUp.root,
      ...film.notes.map((note) => element("p", {class: "nx-note"}, note)))
    this.showKey()
  }

  showKey() {
    const look = this.look()
    const entries = look.kinds.slice(0, 12).map((kind, k) => element("span", {style: `--c:${look.series[k % 7]}`}, kind))
    this.key.replaceChildren(element("b", {}, this.model.colour || "stimuli"), ...entries)
  }

  chooser(side) {
    const options = this.film.tracks.map((name, k) => element("option", {value: k}, name))
    const select = element("select", {class: "nx-choose", "aria-label": side ? "Right network" : "Left network",
      onchange: () => { this.model[side ? "right" : "left"] = Number(select.value) }}, ...options)
    select.value = this.tracks()[side]
    return select
  }

  scatterCard(side) {
    const made = geometryCard("", "max(230px, calc(var(--nx-view-height, calc(100vh - 53px)) * 0.36))")
    made.name.replaceWith(this.film.n_tracks > 1 ? this.chooser(side) : made.name)
    made.card.setAttribute("aria-label", `Scatter, ${side ? "right" : "left"}`)
    made.canvas.setAttribute("role", "img")
    made.canvas.setAttribute("aria-label", `Stimuli as points, ${this.film.tracks[this.tracks()[side]]}`)
    made.canvas.addEventListener("pointerdown", (event) => this.drag(side, event))
    made.canvas.addEventListener("pointermove", (event) => this.hover(side, event))
    this.addExport(made, "scatter", (pen, w, h, look) => drawScatter(pen, w, h, this.film, this.tracks()[side], this.clock.position, this.loopOf(side), look), () => this.scatterRows(side))
    return made
  }

  rdmCard(side) {
    const made = geometryCard("", "210px")
    made.card.setAttribute("aria-label", `Dissimilarities, ${side ? "right" : "left"}`)
    made.canvas.setAttribute("role", "img")
    made.canvas.setAttribute("aria-label", `Dissimilarities, ${this.film.tracks[this.tracks()[side]]}`)
    made.canvas.addEventListener("pointermove", (event) => this.hoverRdm(side, event))
    made.canvas.addEventListener("click", (event) => this.clickRdm(side, event))
    this.addExport(made, "rdm", (pen, w, h, look) => drawRdm(pen, w, h, this.film, this.tracks()[side], this.moment(), look), () => this.rdmRows(side))
    return made
  }

  curveCard(name) {
    const made = geometryCard(name, "130px")
    made.canvas.addEventListener("pointerdown", (event) => {
      const seek = (moved) => {
        const box = made.canvas.getBoundingClientRect()
        this.clock.pause()
        this.clock.seek(((moved.clientX - box.x - 34) / (box.width - 40)) * this.clock.length)
      }
      const end = () => { removeEventListener("pointermove", seek); this.clock.tell("rest") }
      seek(event)
      addEventListener("pointermove", seek)
      addEventListener("pointerup", end, {once: true})
    })
    this.addExport(made, name.replaceAll(" ", "-"), (pen, w, h, look) => drawCurves(pen, w, h, this.film, name, this.clock.position, look), () => this.curveRows(name))
    return {...made, measure: name}
  }

  // A loop that topology found, while the cursor is where it was looked for.
  loopOf(side) { return this.closeUp?.loop(this.film.tracks[this.tracks()[side]]) }

  moment() { return Math.max(0, Math.min(this.film.length - 1, Math.round(this.clock.position))) }

  paint() {
    if (this.pending) return
    this.pending = true
    requestAnimationFrame(() => {
      this.pending = false
      if (!this.film) return
      const look = this.look()
      const moment = this.moment()
      for (const made of [...this.scatters, ...this.rdms, this.spectrum, ...this.curves]) made.draw(...sizedPen(made.canvas), look)
      this.tracks().forEach((track, side) => {
        if (!this.hovering) this.scatters[side].value.textContent = this.film.momentName(moment) + (this.film.ownScale ? ", own scale" : "")
        this.rdms[side].name.textContent = this.film.dissimilarity ? `${look.form === "dissimilarity" ? this.film.dissimilarity : look.form} RDM` : "RDM"
      })
      this.closeUp.paint(look)
      const ratios = this.tracks().map((track) => this.film.participationAt(track, moment))
      this.spectrum.value.textContent = `PR ${ratios.map((ratio) => (Number.isFinite(ratio) ? ratio.toFixed(2) : "undefined")).join(" | ")}`
      for (const curve of this.curves) {
        const shown = [...look.shownNets].map((net) => this.film.measureAt(curve.measure, net, moment))
        curve.value.textContent = shown.map((value) => value.toFixed(2)).join(" | ")
      }
      ;(globalThis.__nxPaints ??= []).push(performance.now())
      if (globalThis.__nxPaints.length > 2000) globalThis.__nxPaints.splice(0, 1000)
    })
  }

  // Selecting -----------------------------------------------------------------------------------

  places(side) {
    const {canvas} = this.scatters[side]
    const track = this.tracks()[side]
    return projected(this.film.coordsAt(track, this.clock.position), this.film.n, this.film, track, this.look(), canvas.clientWidth, canvas.clientHeight)
  }

  nearest(side, event) {
    const box = this.scatters[side].canvas.getBoundingClientRect()
    const at = [event.clientX - box.x, event.clientY - box.y]
    let [best, reach] = [-1, 12]
    this.places(side).forEach(([x, y], k) => {
      const far = Math.hypot(x - at[0], y - at[1])
      if (far < reach) [best, reach] = [k, far]
    })
    return best
  }

  drag(side, event) {
    const {canvas} = this.scatters[side]
    const box = canvas.getBoundingClientRect()
    const at = (moved) => [moved.clientX - box.x, moved.clientY - box.y]
    const path = [at(event)]
    const turns = this.model.dims === 3 && !event.shiftKey && this.model.drag === "turn"
    const move = (moved) => {
      const last = path.at(-1)
      path.push(at(moved))
      if (turns) {
        this.yaw += (path.at(-1)[0] - last[0]) / 120
        this.pitch += (path.at(-1)[1] - last[1]) / 120
        this.paint()
      } else {
        const pen = canvas.getContext("2d")
        pen.strokeStyle = this.look().cursor
        pen.lineWidth = 1.2
        pen.beginPath()
        pen.moveTo(...last)
        pen.lineTo(...path.at(-1))
        pen.stroke()
      }
    }
    const end = (ended) => {
      removeEventListener("pointermove", move)
      if (path.length < 4) this.pick(this.nearest(side, ended), ended.shiftKey || ended.ctrlKey || ended.metaKey)
      else if (!turns) this.select(this.places(side).flatMap((place, k) => (within(path, place) ? [k] : [])))
      this.paint()
    }
    addEventListener("pointermove", move)
    addEventListener("pointerup", end, {once: true})
    event.preventDefault()
  }

  pick(stimulus, more) {
    const now = new Set(more ? this.model.selected : [])
    if (stimulus >= 0) now.has(stimulus) ? now.delete(stimulus) : now.add(stimulus)
    this.select([...now])
  }

  select(stimuli) { this.model.selected = stimuli.sort((a, b) => a - b) }

  hover(side, event) {
    const k = this.film ? this.nearest(side, event) : -1
    this.hovering = k >= 0
    const column = this.film.labels[this.model.colour]
    if (k >= 0) this.scatters[side].value.textContent = `${this.film.stimuli[k]}${column ? `, ${this.model.colour} ${column[k]}` : ""}`
    else this.paint()
  }

  pairUnder(side, event) {
    const {canvas} = this.rdms[side]
    const box = canvas.getBoundingClientRect()
    const frame = rdmFrame(box.width, box.height)
    const [column, row] = [event.clientX - box.x - frame.left, event.clientY - box.y - frame.top].map((at) => Math.floor((at / frame.side) * this.film.n_rdm))
    if (Math.min(row, column) < 0 || Math.max(row, column) >= this.film.n_rdm) return null
    const order = this.film.order(this.model.order, this.model.colour)
    return [order[row], order[column]]
  }

  // The track whose number a place of an RDM shows.
  trackAt(side, [row, column]) {
    const order = this.film.order(this.model.order, this.model.colour)
    if (this.model.form !== BOTH) return this.tracks()[side]
    return this.tracks().at(order.indexOf(row) < order.indexOf(column) ? -1 : 0)
  }

  hoverRdm(side, event) {
    const pair = this.pairUnder(side, event)
    let words = ""
    if (pair && pair[0] !== pair[1]) {
      const value = transformed(this.film.pairsAt(this.trackAt(side, pair), this.moment()), this.look())[pairIndex(this.film.n_rdm, ...pair)]
      words = `${pair.map((k) => this.film.stimuli[this.film.in_rdm[k]].slice(0, 14)).join(" – ")} ${Number.isFinite(value) ? value.toFixed(3) : "undefined"}`
    }
    this.rdms[side].value.textContent = words
  }

  clickRdm(side, event) {
    const pair = this.pairUnder(side, event)
    if (pair) this.select([...new Set(pair.map((k) => this.film.in_rdm[k]))])
  }

  // Files ---------------------------------------------------------------------------------------

  addExport(made, name, draw, rows) {
    made.draw = (pen, width, height, look) => draw(pen, width, height, look)
    offerPicture(made.canvas, name, () => this.look().ground, (pen, w, h) => draw(pen, w, h, this.look()))
    const button = (label, title, save) => made.menu.append(element("button", {type: "button", title, onclick: save}, label))
    button("SVG", "This picture as SVG", () => {
      const {clientWidth: width, clientHeight: height} = made.canvas
      const pen = new SvgPen(width, height)
      draw(pen, width, height, this.look())
      download(`${name}.svg`, pen.document(this.look().ground), "image/svg+xml")
    })
    button("PNG", "This picture as PNG", () => made.canvas.toBlob((blob) => download(`${name}.png`, blob)))
    button("CSV", "The numbers of this picture", () => download(`${name}.csv`, rows().map((row) => row.map(csvCell).join(",")).join("\n") + "\n", "text/csv"))
  }

  scatterRows(side) {
    const coords = this.film.coordsAt(this.tracks()[side], this.moment())
    const columns = Object.keys(this.film.labels)
    return [["stimulus", ...columns, "axis 1", "axis 2", "axis 3"], ...this.film.stimuli.map((name, k) =>
      [name, ...columns.map((c) => this.film.labels[c][k]), coords[3 * k], coords[3 * k + 1], coords[3 * k + 2]])]
  }

  rdmRows(side) {
    const order = this.film.order(this.model.order, this.model.colour)
    const valueOf = (i, j) => transformed(this.film.pairsAt(this.trackAt(side, [i, j]), this.moment()), this.look())[pairIndex(this.film.n_rdm, i, j)]
    const names = order.map((k) => this.film.stimuli[this.film.in_rdm[k]])
    return [["", ...names], ...order.map((i, row) => [names[row], ...order.map((j) => (i === j ? 0 : valueOf(i, j)))])]
  }

  spectrumRows() {
    const tracks = this.tracks()
    const values = tracks.map((track) => this.film.spectrumAt(track, this.moment()))
    const names = tracks.map((track) => this.film.tracks[track])
    const carried = this.model.selected.length ? tracks.map((track) => this.closeUp.carriedBy(track)) : []
    const isKnown = carried.length > 0 && carried.every(Boolean)
    const share = (k) => (isKnown ? carried.map((shares) => (k * this.film.n < shares.length ? chosenShare(shares, k, this.film.n, this.look()) : "")) : [])
    return [["component", ...names, ...(isKnown ? names.map((name) => `share of the selected, ${name}`) : [])],
      ...Array.from(values[0], (_, k) => [k + 1, ...values.map((v) => v[k]), ...share(k)])]
  }

  curveRows(name) {
    return [[this.film.unit, ...this.film.nets], ...Array.from({length: this.film.length}, (_, moment) =>
      [this.film.moments_at[moment], ...this.film.nets.map((_, net) => this.film.measureAt(name, net, moment))])]
  }
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const stage = new GeometryStageView(model, el)
  const unlisten = stage.clock.listen(() => stage.paint())
  const untheme = onThemeChange(() => { if (stage.film) { stage.showKey(); stage.paint() } })
  const resized = new ResizeObserver(() => stage.paint())
  resized.observe(el)
  model.on("film", () => { if (model.film.byteLength ?? model.film.length) stage.take(model.film) })
  model.on("close", () => { stage.closeUp?.take(model.close); if (stage.film) stage.paint() })
  model.on("frame", () => stage.takeFrame(model.frame))
  for (const name of ["dims", "trail", "form", "low", "high", "order", "selected"]) model.on(name, () => stage.paint())
  model.on("colour", () => { if (stage.film) { stage.showKey(); stage.paint() } })
  for (const name of ["left", "right"]) model.on(name, () => { if (stage.film) { stage.build(); stage.paint() } })
  model.on("remove", () => { unlisten(); untheme(); resized.disconnect() })
  if (model.film.byteLength ?? model.film.length) stage.take(model.film)
}
