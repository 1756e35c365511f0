// What all pictures of a wiring share: neurons, edges, drawings, the selection and its colours.

const VIRIDIS = [[68, 1, 84], [72, 35, 116], [64, 67, 135], [52, 94, 141], [41, 120, 142], [32, 144, 140],
  [34, 167, 132], [68, 190, 112], [121, 209, 81], [189, 222, 38], [253, 231, 37]]
const hexOf = ([r, g, b]) => `#${((1 << 24) | (r << 16) | (g << 8) | b).toString(16).slice(1)}`
const VIRIDIS_HEX = Array.from({length: 256}, (_, i) => {
  const x = (i / 255) * (VIRIDIS.length - 1)
  const low = Math.min(VIRIDIS.length - 2, Math.floor(x))
  return hexOf(VIRIDIS[low].map((channel, k) => Math.round(channel + (x - low) * (VIRIDIS[low + 1][k] - channel))))
})
const ROLE_SERIES = {sensory: 1, input: 1, interneuron: 0, inter: 0, motor: 2, output: 2, polymodal: 3, muscle: 5, glia: 6}
const KINDS_MAX = 7

function rgbOf(colour) {
  const value = parseInt(colour.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

class WiringData {
  constructor(wiring) {
    Object.assign(this, wiring)
    this.n = wiring.neurons.length
    this.m = wiring.pre.length
    this.lower = wiring.neurons.map((name) => name.toLowerCase())
    this.drawing = null
    this.extra = {}
    this.index()
  }

  // Edges by neuron, both ways, as lists of edge numbers.
  index() {
    this.out = Array.from({length: this.n}, () => [])
    this.into = Array.from({length: this.n}, () => [])
    this.weightMax = 1
    this.shown = []
    for (let e = 0; e < this.m; e++) {
      if (this.cut[e]) continue
      this.out[this.pre[e]].push(e)
      this.into[this.post[e]].push(e)
      this.weightMax = Math.max(this.weightMax, Math.abs(this.weight[e]))
      this.shown.push(e)
    }
    const strongest = (a, b) => Math.abs(this.weight[b]) - Math.abs(this.weight[a])
    this.drawn = this.shown.length > EDGES_DRAWN_MAX ? [...this.shown].sort(strongest).slice(0, EDGES_DRAWN_MAX) : this.shown
  }

  column(name) {
    return this.columns[name] ?? []
  }

  // Neurons a search names: text in a name, /pattern/, column:value, or a whole class or transmitter.
  find(query) {
    const parts = query.split(",").map((part) => part.trim()).filter(Boolean)
    const found = new Set()
    for (const part of parts) for (const k of this.findOne(part)) found.add(k)
    return [...found].sort((a, b) => a - b)
  }

  findOne(part) {
    const every = Array.from({length: this.n}, (_, k) => k)
    const lower = part.toLowerCase()
    if (part.length > 2 && part.startsWith("/") && part.endsWith("/")) {
      if (part.length > 80 || /[+*}]\)?[+*{]/.test(part)) return []
      try {
        const pattern = new RegExp(part.slice(1, -1), "i")
        return every.filter((k) => pattern.test(this.neurons[k].slice(0, 64)))
      } catch {
        return []
      }
    }
    const [column, value] = lower.split(":")
    if (value !== undefined && this.columns[column]) {
      return every.filter((k) => this.columns[column][k].toLowerCase().split("+").some((one) => one.trim() === value.trim()))
    }
    const exact = this.lower.indexOf(lower)
    if (exact >= 0) return [exact]
    const whole = every.filter((k) => Object.values(this.columns).some((values) => values[k].toLowerCase() === lower))
    return whole.length ? whole : every.filter((k) => this.lower[k].includes(lower))
  }

  // {of: index of kind per neuron, kinds: [{name, colour}]} for a column of texts or community.
  kinds(name, look) {
    const values = name === "community" ? this.drawing && [...this.drawing.community].map((c) => `community ${c + 1}`) : this.columns[name]
    if (!values || !values.length) return {of: new Int16Array(this.n), kinds: [{name: "neurons", colour: look.series[0]}]}
    const counts = new Map()
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
    const named = [...counts.keys()].filter((value) => value !== "").sort((a, b) => counts.get(b) - counts.get(a) || a.localeCompare(b)).slice(0, KINDS_MAX)
    const taken = new Set()
    const kinds = named.map((kind, k) => {
      let place = ROLE_SERIES[kind] ?? k
      while (taken.has(place)) place = (place + 1) % look.series.length
      taken.add(place)
      return {name: kind, colour: look.series[place]}
    })
    if ([...counts.keys()].some((value) => !named.includes(value))) kinds.push({name: counts.has("") && counts.size <= named.length + 1 ? "unknown" : "others", colour: look.ink3})
    const of = Int16Array.from(values, (value) => { const k = named.indexOf(value); return k < 0 ? kinds.length - 1 : k })
    return {of, kinds}
  }

  numbers(name) {
    if (this.extra[name]) return this.extra[name]
    return {"in-degree": this.in_degree, "out-degree": this.out_degree, "in-weight": this.in_strength, "out-weight": this.out_strength}[name] ?? null
  }

  // Colour of every neuron, and the legend that explains it.
  paints(mode, look, activity) {
    if (activity) {
      const low = activity.low, span = Math.max(1e-12, activity.high - activity.low)
      const colours = Array.from(activity.values, (v) => VIRIDIS_HEX[Math.max(0, Math.min(255, Math.round((255 * (v - low)) / span)))])
      return {colours, legend: [{name: `${activity.label} ${low.toPrecision(3)} to ${activity.high.toPrecision(3)}`, ramp: true}]}
    }
    const numbers = this.numbers(mode)
    if (numbers) {
      const finite = Array.from(numbers).filter(Number.isFinite)
      const top = Math.max(1e-12, ...finite)
      const colours = Array.from(numbers, (v) => (Number.isFinite(v) ? VIRIDIS_HEX[Math.round(255 * Math.sqrt(Math.max(0, v) / top))] : look.ink3))
      return {colours, legend: [{name: `${mode} 0 to ${Number(top.toPrecision(3))}, square root`, ramp: true}]}
    }
    const {of, kinds} = this.kinds(mode, look)
    return {colours: Array.from(of, (k) => kinds[k]?.colour ?? look.ink3), legend: kinds}
  }

  describe(k) {
    const said = [this.column("class")[k], this.column("role")[k], this.column("transmitter")[k]].filter(Boolean)
    return `${this.neurons[k]}${said.length ? `: ${said.join(", ")}` : ""}${this.lesioned[k] ? ", lesioned" : ""}`
  }
}

const EDGES_DRAWN_MAX = 5000

function lookOf(el) {
  const token = tokenReader(el)
  const series = Array.from({length: 8}, (_, i) => token(`series-${i}`))
  return {series, ink: token("ink"), ink2: token("ink-2"), ink3: token("ink-3"), line: token("line"), strong: token("line-strong"),
    accent: token("accent"), warning: token("warning"), cursor: token("cursor"), surface: token("surface"), sunken: token("sunken"), font: token("font") || "sans-serif"}
}

// Pan by dragging and zoom by wheel; `changed` is told, and `click` when nothing was dragged.
function panZoom(canvas, camera, {changed, click, drag}) {
  let start = null
  canvas.addEventListener("pointerdown", (event) => {
    start = {x: event.offsetX, y: event.offsetY, at: {...camera}, moved: false}
    canvas.setPointerCapture(event.pointerId)
  })
  canvas.addEventListener("pointermove", (event) => {
    if (!start) return
    const dx = event.offsetX - start.x
    const dy = event.offsetY - start.y
    if (Math.hypot(dx, dy) > 3) start.moved = true
    if (!start.moved) return
    if (drag) drag(start.at, dx, dy)
    else Object.assign(camera, {x: start.at.x + dx, y: start.at.y + dy})
    changed()
  })
  canvas.addEventListener("pointerup", (event) => {
    if (start && !start.moved) click(event)
    start = null
  })
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault()
    const factor = Math.exp(-event.deltaY * 0.0015)
    const zoom = Math.max(0.5, Math.min(60, camera.zoom * factor))
    const scale = zoom / camera.zoom
    Object.assign(camera, {zoom, x: event.offsetX - scale * (event.offsetX - camera.x), y: event.offsetY - scale * (event.offsetY - camera.y)})
    changed()
  }, {passive: false})
  canvas.addEventListener("dblclick", () => { Object.assign(camera, {x: 0, y: 0, zoom: 1}); changed() })
}
