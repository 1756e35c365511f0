// One moment looked at closely: barcode, TwoNN plot, and the tuning of units.

// Where an edge of a chosen stimulus ends a component or opens a loop.
function drawChosenEnd(pen, x, y, look) {
  pen.fillStyle = look.cursor
  drawMark(pen, 0, x, y, 2.5)
}

function drawBars(pen, width, height, data, look) {
  const sides = data.names.map((_, k) => ({bars0: data[`components${k}`], bars1: data[`holes${k}`], ends0: data[`componentsEnds${k}`], ends1: data[`holesEnds${k}`]}))
  const finite = sides.flatMap(({bars0, bars1}) => [...bars0, ...bars1]).filter(Number.isFinite)
  const far = Math.max(1e-9, ...finite) * 1.05
  const [left, bottom] = [8, 20]
  const slot = (width - left) / sides.length
  sides.forEach(({bars0, bars1, ends0, ends1}, side) => {
    const from = left + side * slot
    const x = (value) => from + (Math.min(value, far) / far) * (slot - 14)
    const n = Math.max(1, bars0.length / 2 + bars1.length / 2)
    const tall = Math.min(7, (height - bottom - 6) / n)
    let y = 4
    for (const [bars, ends, colour] of [[bars0, ends0, look.ink3], [bars1, ends1, look.accent]]) {
      for (let k = 0; k < bars.length; k += 2) {
        const at = [x(bars[k]), y, Math.max(1, x(bars[k + 1]) - x(bars[k])), Math.max(0.8, tall - 1)]
        const isChosen = look.chosen.has(ends[k]) || look.chosen.has(ends[k + 1])
        pen.globalAlpha = look.chosen.size && !isChosen ? 0.28 : 1
        pen.fillStyle = colour
        pen.fillRect(...at)
        pen.globalAlpha = 1
        if (isChosen) drawChosenEnd(pen, at[0] + (bars === bars0 ? at[2] : 0), at[1] + at[3] / 2, look)
        y += tall
      }
    }
    pen.fillStyle = look.ink3
    pen.font = `10.5px ${look.font}`
    pen.textAlign = "left"
    pen.fillText("0", from, height - 6)
    pen.textAlign = "right"
    pen.fillText(far.toPrecision(2), from + slot - 14, height - 6)
    pen.textAlign = "left"
  })
}

function drawTwoNN(pen, width, height, data, look) {
  const [left, bottom] = [26, 20]
  const clouds = data.names.map((_, k) => data[`nearest${k}`])
  const pairs = clouds.map((cloud, side) => Array.from({length: cloud.length / 2}, (_, k) => [cloud[2 * k], cloud[2 * k + 1], data[`whose${side}`][k]])
    .filter((pair) => pair.every(Number.isFinite)))
  const right = Math.max(1e-6, ...pairs.flat().map(([x]) => x))
  const top = Math.max(1e-6, ...pairs.flat().map(([, y]) => y))
  const place = ([x, y]) => [left + (x / right) * (width - left - 8), 6 + (1 - y / top) * (height - bottom - 8)]
  pairs.forEach((cloud, side) => {
    pen.fillStyle = pen.strokeStyle = look.sideColour(data.names[side])
    for (const pair of cloud) drawMark(pen, side, ...place(pair), 3)
    pen.strokeStyle = look.cursor
    pen.lineWidth = 1.5
    for (const pair of cloud.filter(([, , whose]) => look.chosen.has(whose))) {
      pen.beginPath()
      pen.arc(...place(pair), 5.5, 0, 2 * Math.PI)
      pen.stroke()
    }
    pen.strokeStyle = look.sideColour(data.names[side])
    const slope = data.dimension[side]
    if (!(slope > 0)) return
    const end = Math.min(right, top / slope)
    pen.lineWidth = 1.3
    pen.beginPath()
    pen.moveTo(...place([0, 0]))
    pen.lineTo(...place([end, slope * end]))
    pen.stroke()
  })
  pen.fillStyle = look.ink3
  pen.font = `10.5px ${look.font}`
  pen.fillText("log(r2 / r1)", left, height - 5)
  pen.fillText(top.toPrecision(2), 2, 12)
}

function drawTuning(pen, width, height, data, look) {
  const slot = width / data.names.length
  data.names.forEach((name, side) => {
    const values = data[`units${side}`]
    const [n, m] = [data.n_units[side], data.n_stimuli]
    if (!n || !m) return
    const [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity])
    const canvas = element("canvas")
    canvas.width = m
    canvas.height = n
    const inner = canvas.getContext("2d")
    const image = inner.createImageData(m, n)
    values.forEach((value, k) => image.data.set([...VIRIDIS_256[Math.round((255 * (value - low)) / (high - low || 1))], 255], 4 * k))
    inner.putImageData(image, 0, 0)
    pen.imageSmoothingEnabled = false
    pen.drawImage(canvas, side * slot + 4, 4, slot - 12, height - 26)
    const wide = (slot - 12) / m
    pen.strokeStyle = look.cursor
    pen.lineWidth = 1.5
    for (const k of look.chosen) pen.strokeRect(side * slot + 4 + k * wide, 4, wide, height - 26)
    pen.fillStyle = look.ink3
    pen.font = `10.5px ${look.font}`
    pen.textAlign = "left"
    pen.fillText(`${low.toPrecision(2)} to ${high.toPrecision(2)}`, side * slot + 4, height - 6)
  })
}

class CloseUp {
  constructor(stage) {
    this.stage = stage
    this.data = null
    this.shows = false
    this.bars = geometryCard("Barcode", "150px")
    this.near = geometryCard("TwoNN", "150px")
    this.units = geometryCard("Units", "150px")
    this.bars.card.title = "Components grey, loops in the accent colour; marked where an edge of a selected stimulus ends a component or opens a loop. Click to show or hide the longest loop in the scatter"
    this.bars.canvas.addEventListener("click", () => { this.shows = !this.shows; stage.paint() })
    stage.addExport(this.bars, "barcode", (pen, w, h, look) => drawBars(pen, w, h, this.data, look), () => this.barRows())
    stage.addExport(this.near, "twonn", (pen, w, h, look) => drawTwoNN(pen, w, h, this.data, this.sided(look)), () => this.nearRows())
    stage.addExport(this.units, "units", (pen, w, h, look) => drawTuning(pen, w, h, this.data, look), () => this.unitRows())
    this.root = element("div", {class: "nx-three nx-closeup", hidden: true}, this.bars.card, this.near.card, this.units.card)
  }

  take(bytes) {
    this.data = readPayload(bytes)
    this.root.hidden = !this.data
  }

  get isNow() { return this.data !== null && this.stage.film && this.data.at === this.stage.moment() }

  loop(name) {
    if (!this.shows || !this.isNow) return []
    return this.data.loops[this.stage.film.unit === "layer" ? 0 : this.data.names.indexOf(name)] ?? []
  }

  // float32[component * stimulus] of a track: whose variance its spectrum shows; null while that is of another moment.
  carriedBy(track) {
    if (!this.isNow) return null
    const {film} = this.stage
    const side = film.unit === "layer" ? 0 : this.data.names.indexOf(film.tracks[track])
    return side < 0 ? null : this.data[`carried${side}`]
  }

  sided(look) {
    const {film} = this.stage
    return {...look, sideColour: (name) => look.trackColour(Math.max(0, film.tracks.indexOf(name)))}
  }

  paint(look) {
    if (!this.data) return
    this.root.classList.toggle("nx-stale", !this.isNow)
    for (const made of [this.bars, this.near, this.units]) made.draw(...sizedPen(made.canvas), look)
    const n = this.data.names.map((_, k) => this.data[`holes${k}`].length / 2)
    this.bars.value.textContent = `${n.join(" | ")} loops`
    this.near.value.textContent = this.data.dimension.map((d) => (d === null ? "none" : `d = ${d.toFixed(2)}`)).join(" | ")
    this.units.value.textContent = "units x stimuli"
  }

  barRows() {
    const rows = this.data.names.flatMap((name, k) => [["components", 0], ["holes", 1]].flatMap(([key, degree]) => {
      const [bars, ends] = [this.data[`${key}${k}`], this.data[`${key}Ends${k}`]]
      const stimulus = (at) => (at < 0 ? "" : this.stage.film.stimuli[at])
      return Array.from({length: bars.length / 2}, (_, j) => [name, degree, bars[2 * j], bars[2 * j + 1], stimulus(ends[2 * j]), stimulus(ends[2 * j + 1])])
    }))
    return [["layer", "degree", "birth", "death", "edge from", "edge to"], ...rows]
  }

  nearRows() {
    const rows = this.data.names.flatMap((name, k) => {
      const cloud = this.data[`nearest${k}`]
      return Array.from({length: cloud.length / 2}, (_, j) => [name, cloud[2 * j], cloud[2 * j + 1]])
    })
    return [["layer", "log ratio", "minus log survival"], ...rows]
  }

  unitRows() {
    const {film} = this.stage
    return [["layer", "row", ...film.stimuli], ...this.data.names.flatMap((name, k) =>
      Array.from({length: this.data.n_units[k]}, (_, u) => [name, u, ...this.data[`units${k}`].subarray(u * this.data.n_stimuli, (u + 1) * this.data.n_stimuli)]))]
  }
}
