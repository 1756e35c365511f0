// The stage: search, graph, matrix, body and table on one selection.

// Where tours point.
const PLACES = {graph: "nx-at-graph", matrix: "nx-at-matrix", body: "nx-at-body", table: "nx-at-table", raster: "nx-at-raster"}

function card(title, ...controls) {
  const legend = element("span", {class: "nx-legend"})
  const menu = element("span", {class: "nx-export"})
  const head = element("div", {class: "nx-head"}, element("b", {}, title), legend, ...controls, menu)
  const box = element("section", {class: "nx-card", "aria-label": title}, head)
  return {box, legend, menu, head}
}

function menuOf(label, model, key, options) {
  const select = element("select", {"aria-label": label, title: label, onchange: () => { model[key] = select.value }})
  select.append(...options.map((name) => element("option", {value: name}, name)))
  select.value = model[key]
  return select
}

const CAMERA_SETTLES_MS = 400

class WiringStage {
  constructor(model, el) {
    this.model = model
    this.el = el
    this.data = null
    this.found = null
    this.activity = null
    this.root = element("div", {class: "nx-stage"})
    el.append(this.root)
    this.graph = new GraphPicture(this)
    this.pathsPicture = new PathsPicture(this)
    this.matrix = new MatrixPicture(this)
    this.body = new BodyPicture(this)
    this.table = new NeuronTable(this)
    this.root.append(element("p", {class: "nx-waiting"}, "The wiring appears here as soon as the engine has read it."))
  }

  // What has come -------------------------------------------------------------------------

  loadSoon() {
    if (this.loading) return
    this.loading = true
    queueMicrotask(() => { this.loading = false; this.load() })
  }

  load() {
    const wiring = readPayload(this.model.wiring)
    if (!wiring) return
    const before = this.data?.neurons.join()
    this.data = new WiringData(wiring)
    const drawing = readPayload(this.model.drawing)
    if (drawing && drawing.n === this.data.n) {
      const layouts = Object.fromEntries(drawing.layouts.map((name) => [name, drawing[`layout ${name}`]]))
      const orders = Object.fromEntries(drawing.orders.map((name) => [name, drawing[`order ${name}`]]))
      this.data.drawing = {layouts, orders, community: drawing.community, segments: drawing.segments, segment_neuron: drawing.segment_neuron}
    }
    const extra = readPayload(this.model.numbers)
    if (extra && extra.n === this.data.n) this.data.extra = Object.fromEntries(extra.names.map((name) => [name, extra[name]]))
    if (before !== this.data.neurons.join() || !this.built) this.build()
    this.fillMenus()
    this.search(this.query?.value ?? "")
    this.table.refresh()
    this.ask()
  }

  build() {
    this.built = true
    this.body.bounds = null
    this.looked = false
    const {model} = this
    this.layoutMenu = menuOf("Layout", model, "layout", [])
    this.orderMenu = menuOf("Order", model, "order", [])
    this.colourMenu = menuOf("Colour", model, "colour", [])
    this.swap = element("button", {type: "button", class: "nx-small", onclick: () => { model.swap_axes = !model.swap_axes }})
    this.graphCard = card("Graph", this.closePaths = element("button", {type: "button", class: "nx-small", hidden: true, onclick: () => { model.paths = {} }}, "back to the graph"), this.layoutMenu)
    this.matrixCard = card("Matrix", this.swap, this.orderMenu)
    this.bodyCard = card("Body")
    this.tableCard = card("Neurons")
    for (const [picture, label] of [[this.graphCard, "Graph"], [this.matrixCard, "Matrix"], [this.bodyCard, "Body"]]) {
      picture.canvas = element("canvas", {class: "nx-canvas", role: "img", tabindex: "0", "aria-label": `${label} of ${this.data.n} neurons`})
      picture.box.append(picture.canvas)
      this.exports(picture, label.toLowerCase())
    }
    this.tableCard.box.append(this.table.scroll)
    for (const [name, picture] of Object.entries({graph: this.graphCard, matrix: this.matrixCard, body: this.bodyCard, table: this.tableCard})) this.large(name, picture)
    this.tip = element("div", {class: "nx-tip", hidden: true})
    this.cards = element("div", {class: "nx-cards"}, this.graphCard.box, this.matrixCard.box, this.bodyCard.box, this.tableCard.box)
    this.root.replaceChildren(this.searchBar(), this.cards, this.tip)
    this.listen()
    this.resized?.disconnect()
    this.resized = new ResizeObserver(() => { if (!this.looked) this.lookFrom(); this.ask(); this.table.paint() })
    for (const picture of [this.graphCard, this.matrixCard, this.bodyCard]) this.resized.observe(picture.canvas)
    this.resized.observe(this.table.scroll)
    this.onBuilt?.()
  }

  large(name, picture) {
    const grow = element("button", {type: "button", class: "nx-small", title: "As large as the stage, and back", "aria-label": `Enlarge ${name}`,
      onclick: () => { this.cards.dataset.large = this.cards.dataset.large === name ? "" : name; this.ask() }}, "⤢")
    picture.head.append(grow)
    picture.box.dataset.name = name
    picture.box.classList.add(PLACES[name])
  }

  searchBar() {
    this.query = element("input", {type: "search", placeholder: "Find: AVAL, /^RI/, motor, class:AVB, GABA", "aria-label": "Find neurons", class: "nx-search",
      oninput: () => { this.search(this.query.value); this.table.refresh(); this.ask() },
      onkeydown: (event) => { if (event.key === "Enter") this.take() }})
    this.count = element("span", {class: "nx-count", role: "status"})
    const clear = element("button", {type: "button", class: "nx-small", title: "Select nothing", onclick: () => { this.model.selected = []; this.model.lit = [] }}, "clear selection")
    this.legend = element("p", {class: "nx-legend nx-kinds"})
    const bar = element("div", {class: "nx-searchbar"}, this.query, this.count, clear, element("label", {}, "colour ", this.colourMenu))
    return element("div", {}, bar, this.legend)
  }

  search(query) {
    this.found = query.trim() ? this.data.find(query) : null
    if (this.count) this.count.textContent = this.found ? `${this.found.length.toLocaleString("en-US")} found; Enter selects` : ""
  }

  take() {
    if (!this.found?.length) return
    const found = this.found.slice(0, 2000)
    this.query.value = ""
    this.search("")
    this.table.refresh()
    this.model.selected = found
  }

  fillMenus() {
    const {data, model} = this
    const fill = (select, names, key) => {
      if ([...select.options].map((o) => o.value).join() !== names.join()) select.replaceChildren(...names.map((name) => element("option", {value: name}, name)))
      // Before the drawing has come, what a link asks for is not here yet.
      if (data.drawing && names.length && !names.includes(model[key])) model[key] = names[0]
      select.value = model[key]
    }
    fill(this.layoutMenu, Object.keys(data.drawing?.layouts ?? {force: 0}), "layout")
    fill(this.orderMenu, Object.keys(data.drawing?.orders ?? {name: 0}), "order")
    const texts = ["role", "class", "transmitter", "side"].filter((name) => data.columns[name]?.some(Boolean))
    fill(this.colourMenu, [...texts, "community", "in-degree", "out-degree", "in-weight", "out-weight", ...Object.keys(data.extra)], "colour")
  }

  // Selection -----------------------------------------------------------------------------

  selectedSet() {
    return this.chosen ??= new Set(this.model.selected.filter((k) => k < this.data.n))
  }

  choose(k, more) {
    const now = this.selectedSet()
    const {lesioned} = this.data
    if (k < 0 || lesioned === undefined) return
    this.model.lit = []
    if (!more) this.model.selected = now.size === 1 && now.has(k) ? [] : [k]
    else this.model.selected = now.has(k) ? [...now].filter((j) => j !== k) : [...now, k]
  }

  // Edges of motif instances that were asked for, null when none.
  litEdges() {
    const {lit} = this.model
    if (!lit.length) return null
    if (this.litCache?.lit === lit) return this.litCache.edges
    const wanted = new Set()
    for (let i = 0; i + 2 < lit.length; i += 3) {
      for (const a of lit.slice(i, i + 3)) for (const b of lit.slice(i, i + 3)) if (a !== b) wanted.add(a * this.data.n + b)
    }
    const edges = this.data.shown.filter((e) => wanted.has(this.data.pre[e] * this.data.n + this.data.post[e])).slice(0, 3000)
    this.litCache = {lit, edges}
    return edges
  }

  litNeurons() {
    return this.model.lit.length ? new Set(this.model.lit) : null
  }

  // Those that stay bright: selected, found, their partners, or the instances that are lit.
  nearby() {
    const lit = this.litNeurons()
    if (lit) return lit
    const chosen = this.selectedSet()
    const near = new Set(chosen)
    if (chosen.size === 1) {
      for (const k of chosen) {
        for (const e of this.data.out[k]) near.add(this.data.post[e])
        for (const e of this.data.into[k]) near.add(this.data.pre[e])
      }
    }
    for (const k of this.found && this.found.length <= 40 ? this.found : []) near.add(k)
    return near
  }

  order() {
    const {data, model} = this
    return data.drawing?.orders[model.order] ?? data.nameOrder ?? (data.nameOrder = Int32Array.from({length: data.n}, (_, k) => k))
  }

  paints(look) {
    const key = `${this.model.colour} ${look.series[0]} ${this.data.drawing ? 1 : 0} ${this.activity?.key ?? ""} ${Object.keys(this.data.extra).length}`
    if (this.data.paintKey !== key) { this.data.paintKey = key; this.data.painted = this.data.paints(this.model.colour, look, this.activity) }
    return this.data.painted
  }

  // Hands ---------------------------------------------------------------------------------

  listen() {
    const changed = () => { this.ask(); this.keepCamera() }
    const more = (event) => event.shiftKey || event.ctrlKey || event.metaKey
    const graph = () => (this.hasPaths() ? this.pathsPicture : this.graph)
    panZoom(this.graphCard.canvas, this.graph.camera, {changed, click: (event) => this.choose(graph().pick(event.offsetX, event.offsetY), more(event))})
    panZoom(this.matrixCard.canvas, this.matrix.camera, {changed, click: (event) => {
      const at = this.matrix.under(event.offsetX, event.offsetY)
      if (at) { this.model.lit = []; this.model.selected = at.pre === at.post ? [at.pre] : [at.pre, at.post] }
    }})
    const {camera} = this.body
    panZoom(this.bodyCard.canvas, camera, {changed, click: (event) => this.choose(this.body.pick(event.offsetX, event.offsetY), more(event)),
      drag: (start, dx, dy) => Object.assign(camera, {yaw: start.yaw + dy * 0.012, x: start.x + dx})})
    this.hover(this.graphCard.canvas, (x, y) => { const k = graph().pick(x, y); return k < 0 ? "" : this.data.describe(k) })
    this.hover(this.bodyCard.canvas, (x, y) => { const k = this.body.pick(x, y); return k < 0 ? "" : this.data.describe(k) })
    this.hover(this.matrixCard.canvas, (x, y) => this.pairText(this.matrix.under(x, y)))
  }

  // Where each picture is looked at from, in parts of its size, so that it fits any screen.
  cameras() {
    const seen = {}
    for (const [name, camera, {clientWidth, clientHeight}] of this.lenses()) {
      const {x, y, zoom, yaw = 0} = camera
      // A picture that another hides has no size; what was known of it stays.
      if (!clientWidth || !clientHeight) { if (this.model.camera?.[name]) seen[name] = this.model.camera[name]; continue }
      if (x || y || yaw || zoom !== 1) seen[name] = [zoom, x / clientWidth, y / clientHeight, yaw].map((v) => Number(v.toFixed(4)))
    }
    return seen
  }

  lenses() {
    return [["graph", this.graph.camera, this.graphCard.canvas], ["matrix", this.matrix.camera, this.matrixCard.canvas], ["body", this.body.camera, this.bodyCard.canvas]]
  }

  keepCamera() {
    clearTimeout(this.keeping)
    this.keeping = setTimeout(() => { this.model.camera = this.cameras() }, CAMERA_SETTLES_MS)
  }

  lookFrom() {
    if (!this.built || !this.graphCard.canvas.clientWidth) return
    this.looked = true
    const asked = this.model.camera ?? {}
    if (JSON.stringify(asked) === JSON.stringify(this.cameras())) return
    for (const [name, camera, {clientWidth, clientHeight}] of this.lenses()) {
      if (!clientWidth) continue
      const [zoom, x, y, yaw] = asked[name] ?? [1, 0, 0, 0]
      Object.assign(camera, {zoom, x: x * clientWidth, y: y * clientHeight}, "yaw" in camera ? {yaw} : {})
    }
    this.ask()
  }

  pairText(at) {
    if (!at) return ""
    const {data} = this
    const said = data.out[at.pre].filter((e) => data.post[e] === at.post).map((e) => `${Number(data.weight[e].toPrecision(4))} ${data.layer_names[data.layer[e]]}`)
    return `${data.neurons[at.pre]} → ${data.neurons[at.post]}: ${said.join(", ") || "none"}`
  }

  hover(canvas, textAt) {
    canvas.addEventListener("pointermove", (event) => {
      const text = textAt(event.offsetX, event.offsetY)
      const box = this.root.getBoundingClientRect()
      this.tip.hidden = !text
      this.tip.textContent = text
      this.tip.style.left = `${Math.min(event.clientX - box.left + 14, box.width - 190)}px`
      this.tip.style.top = `${event.clientY - box.top + 16}px`
      canvas.style.cursor = text ? "pointer" : "grab"
    })
    canvas.addEventListener("pointerleave", () => { this.tip.hidden = true })
  }

  exports(picture, name) {
    offerPicture(picture.canvas, `connectome ${name}`, () => lookOf(this.el).surface, (pen, w, h) => {
      this.picture(name).draw(pen, w, h, lookOf(this.el))
      this.ask()
    })
    for (const kind of ["svg", "png"]) {
      picture.menu.append(element("button", {type: "button", title: `Save this picture as ${kind.toUpperCase()}`, "aria-label": `Save ${name} as ${kind.toUpperCase()}`,
        onclick: () => {
          const look = lookOf(this.el)
          const {clientWidth, clientHeight} = picture.canvas
          exportPicture(kind, `connectome-${name}`, clientWidth, clientHeight, look.surface, (pen, w, h) => this.picture(name).draw(pen, w, h, look))
          this.ask()
        }}, kind))
    }
  }

  hasPaths() {
    return Boolean(this.model.paths?.columns?.length)
  }

  picture(name) {
    return {graph: this.hasPaths() ? this.pathsPicture : this.graph, matrix: this.matrix, body: this.body}[name]
  }

  // Painting ------------------------------------------------------------------------------

  paint() {
    this.pending = false
    if (!this.root.isConnected || !this.data || !this.built) return
    const look = lookOf(this.el)
    this.chosen = null
    this.closePaths.hidden = !this.hasPaths()
    this.layoutMenu.hidden = this.hasPaths()
    for (const [name, picture] of [["graph", this.graphCard], ["matrix", this.matrixCard], ["body", this.bodyCard], ...(this.extraCards ?? [])]) {
      if (!picture.canvas.clientWidth) continue
      const [pen, width, height] = sizedPen(picture.canvas)
      this.picture(name).draw(pen, width, height, look)
    }
    this.legends(look)
    this.cards.classList.toggle("nx-bodiless", !this.body.known)
    ;(globalThis.__nxPaints ??= []).push(performance.now())
    if (globalThis.__nxPaints.length > 4000) globalThis.__nxPaints.splice(0, 2000)
  }

  legends(look) {
    const {data} = this
    const {legend} = this.paints(look)
    this.legend.replaceChildren(...legend.map(({name, colour, ramp}) => element("span", {class: ramp ? "nx-kind nx-ramp" : "nx-kind", style: colour ? `--c:${colour}` : ""}, name)))
    const few = data.drawn.length < data.shown.length ? `strongest ${data.drawn.length.toLocaleString("en-US")} of ${data.shown.length.toLocaleString("en-US")} edges` : `${data.shown.length.toLocaleString("en-US")} edges`
    this.graphCard.legend.textContent = this.hasPaths() ? "one column per step" : few
    this.graphCard.legend.title = "of the selected: blue sends, orange receives, dashed = electrical; the wheel zooms, a double click shows all"
    this.swap.textContent = this.model.swap_axes ? "row receives" : "row sends"
    this.swap.title = "Press to swap the axes"
    this.bodyCard.legend.textContent = this.body.known ? "drag turns, wheel zooms; head at the left" : ""
    this.tableCard.legend.textContent = `${this.table.rows.length.toLocaleString("en-US")} of ${data.n.toLocaleString("en-US")}; shift-click adds`
  }

  ask() {
    if (this.pending) return
    this.pending = true
    requestAnimationFrame(() => this.paint())
  }

  selectionChanged() {
    this.chosen = null
    if (!this.data) return
    this.table.paint()
    if (this.model.selected.length) this.table.show(this.model.selected.at(-1))
    this.ask()
  }
}
