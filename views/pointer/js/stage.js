// The plane and the heat map of the pointer, on one clock; points are moved, added and deleted.

function pointerCard(title) {
  const canvas = element("canvas", {class: "nx-canvas"})
  const legend = element("span", {class: "nx-legend"})
  const menu = element("span", {class: "nx-export"})
  const value = element("span", {class: "nx-value"})
  const head = element("div", {class: "nx-head"}, element("b", {}, title), legend, menu, value)
  const card = element("section", {class: "nx-card", "aria-label": title}, head, canvas)
  head.append(largeButton(card, () => title).button)
  return {canvas, legend, menu, value, card}
}

// A text that stays the same would cost a layout all the same.
function tell(node, text, key = "textContent") {
  if (node[key] !== text) node[key] = text
}

class PointerPlane {
  constructor(model, el) {
    Object.assign(this, {model, el, hovered: -1, dragged: -1, asked: 0, came: 0, scene: null})
    this.clock = clockNamed(model.clock_id)
    this.clock.unit = "step"
    this.plane = pointerCard("The plane")
    this.heat = pointerCard("Where it points")
    this.heads = pointerCard("What the encoder looks at")
    this.heads.card.hidden = true
    this.heads.canvas.setAttribute("role", "img")
    this.heads.canvas.setAttribute("aria-label", "Attention of every point to every point, a map per layer and head")
    this.plane.canvas.tabIndex = 0
    this.plane.canvas.setAttribute("role", "application")
    this.heat.canvas.setAttribute("role", "img")
    this.heat.canvas.setAttribute("aria-label", "Heat map: probability of every point at every step")
    this.words = element("p", {class: "nx-words", "aria-live": "polite"}, "The answer appears here as soon as the engine has it; the first one loads the network.")
    el.append(element("div", {class: "nx-stage"}, element("div", {class: "nx-pair"}, this.plane.card, this.heat.card), this.heads.card, this.words))
    this.listen()
    this.addExports()
    this.resized = new ResizeObserver((entries) => {
      for (const {target} of entries) target.size = [target.clientWidth, target.clientHeight]
      this.ask()
    })
    for (const {canvas} of [this.plane, this.heat, this.heads]) this.resized.observe(canvas)
    this.unlisten = this.clock.listen(() => this.ask())
    this.untheme = onThemeChange(() => {
      this.tokens = null
      this.ask()
    })
    this.load()
  }

  look() {
    this.tokens ??= this.colours()
    const {reference, selected, head} = this.model
    return {...this.tokens, reference, selected, head, hovered: this.hovered, focus: this.hovered >= 0 ? this.hovered : selected}
  }

  colours() {
    const token = tokenReader(this.el)
    return {
      line: token("line"), ink2: token("ink-2"), ink3: token("ink-3"), accent: token("accent"), cursor: token("cursor"), warning: token("warning"),
      good: token("series-4"), polished: token("series-5"), teacher: token("series-3"), font: token("font"), ground: token("surface"),
    }
  }

  load() {
    const scene = readPayload(this.model.scene)
    if (!scene) return
    this.scene = {...scene, order: heatOrder(scene)}
    this.came = this.asked
    // What is dragged now is already elsewhere than in the answer that has just come.
    if (this.dragged >= 0 && this.hand && this.hand.length === 2 * scene.n) this.scene.points = Float32Array.from(this.hand)
    if (this.waiting) this.send()
    const at = Math.min(scene.start === null ? this.clock.position : scene.start, scene.n_steps)
    const same = this.clock.position === at && this.clock.length === scene.n_steps && !this.clock.loop
    this.clock.position = at
    if (!same) this.clock.open({length: scene.n_steps, unit: "step", speed: Math.max(2, scene.n_steps / 6)})
    this.heads.card.hidden = !scene.n_layers
    this.describe()
    this.ask()
  }

  describe() {
    const {exact, reference_name: name, n, title} = this.scene
    tell(this.plane.canvas, `${n} points, ${title}. Click to add a point, drag to move, Delete removes the selected one.`, "ariaLabel")
    const reference = `wide ${exact ? "exact" : "best known"}`
    tell(this.plane.legend, this.model.reference ? `thin network, ${reference}` : "thin network")
    tell(this.heat.legend, "dot chosen, square taught")
    tell(this.heat.legend, this.heat.legend.textContent, "title")
    tell(this.plane.legend, `reference: ${name}`, "title")
  }

  listen() {
    const {canvas} = this.plane
    canvas.addEventListener("pointerdown", (event) => this.down(event))
    canvas.addEventListener("pointermove", (event) => this.move(event))
    canvas.addEventListener("pointerup", () => this.up())
    canvas.addEventListener("pointercancel", () => this.up())
    canvas.addEventListener("dblclick", () => this.remove())
    canvas.addEventListener("keydown", (event) => this.key(event))
    canvas.addEventListener("pointerleave", () => this.hover(-1))
    this.heat.canvas.addEventListener("pointermove", (event) => {
      const cell = this.cellAt(event)
      this.hover(cell && this.scene.order[cell.column] < this.scene.n ? this.scene.order[cell.column] : -1)
    })
    for (const {canvas: other} of [this.heat, this.heads]) other.addEventListener("pointerleave", () => this.hover(-1))
    this.heads.canvas.addEventListener("pointermove", (event) => this.hover(this.underHeads(event)?.point ?? -1))
    this.heads.canvas.addEventListener("click", (event) => {
      const found = this.underHeads(event)
      if (found) this.model.head = found.head === this.model.head ? -1 : found.head
    })
    this.heat.canvas.addEventListener("click", (event) => {
      const cell = this.cellAt(event)
      if (!cell) return
      this.clock.pause()
      this.clock.seek(cell.row, "rest")
    })
  }

  cellAt(event) {
    const {canvas} = this.heat
    if (!this.scene) return null
    return heatCell(heatFrame(canvas.clientWidth, canvas.clientHeight, this.scene), this.scene, event.offsetX, event.offsetY)
  }

  underHeads(event) {
    return this.scene?.n_layers ? headAt(headsFrame(this.heads.canvas.clientWidth, this.scene), this.scene, event.offsetX, event.offsetY) : null
  }

  nearest(event) {
    const frame = this.frame()
    let found = -1
    let least = 14
    for (let i = 0; i < this.scene.n; i++) {
      const [x, y] = toPixel(frame, this.scene.points[2 * i], this.scene.points[2 * i + 1])
      const far = Math.hypot(x - event.offsetX, y - event.offsetY)
      if (far < least) [found, least] = [i, far]
    }
    return found
  }

  frame() {
    return planeFrame(this.plane.canvas.clientWidth, this.plane.canvas.clientHeight)
  }

  down(event) {
    if (!this.scene || event.button !== 0) return
    const {canvas} = this.plane
    canvas.focus({preventScroll: true})
    const point = this.nearest(event)
    this.hand = Array.from(this.scene.points)
    if (point < 0) {
      this.hand.push(...toUnit(this.frame(), event.offsetX, event.offsetY))
      this.change()
      return
    }
    canvas.setPointerCapture(event.pointerId)
    this.dragged = point
    this.select(point)
  }

  move(event) {
    if (!this.scene) return
    if (this.dragged < 0) {
      this.hover(this.nearest(event))
      return
    }
    const [x, y] = toUnit(this.frame(), event.offsetX, event.offsetY)
    this.hand[2 * this.dragged] = x
    this.hand[2 * this.dragged + 1] = y
    this.scene.points = Float32Array.from(this.hand)
    this.change()
    this.ask(false)
  }

  up() {
    if (this.dragged < 0) return
    this.dragged = -1
    this.select(this.model.selected)
  }

  key(event) {
    const point = this.model.selected
    if (!this.scene || point < 0 || point >= this.scene.n) return
    const way = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key]
    if (event.key === "Delete" || event.key === "Backspace") this.remove()
    else if (way && event.shiftKey) {
      this.hand = Array.from(this.scene.points)
      way.forEach((by, axis) => { this.hand[2 * point + axis] = Math.max(0, Math.min(1, this.hand[2 * point + axis] + 0.01 * by)) })
      this.change()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }

  remove() {
    const point = this.model.selected
    if (!this.scene || point < 0 || point >= this.scene.n || this.scene.n < 2) return
    this.hand = Array.from(this.scene.points)
    this.hand.splice(2 * point, 2)
    this.select(-1)
    this.change()
  }

  select(point) {
    this.model.send_msg({kind: "select", point})
    this.model.selected = point
    this.ask()
  }

  hover(point) {
    if (point === this.hovered) return
    this.hovered = point
    this.ask()
  }

  // One question at a time: while its answer is on the way, only the newest place is kept.
  change() {
    this.waiting = true
    if (this.asked === this.came || performance.now() - this.sentAt > 1000) this.send()
  }

  send() {
    this.waiting = false
    this.asked += 1
    this.sentAt = performance.now()
    // Four places are finer than a pixel and keep addresses short.
    const short = this.hand.map((v) => Math.round(1e4 * v) / 1e4)
    const rows = Array.from({length: short.length / 2}, (_, i) => [short[2 * i], short[2 * i + 1]])
    this.model.send_msg({kind: "points", points: rows, held: this.dragged >= 0})
  }

  step() {
    return Math.min(Math.floor(this.clock.position), this.scene.n_steps)
  }

  addExports() {
    const drawings = [[this.plane, "plane", drawPlane], [this.heat, "heat-map", drawHeat], [this.heads, "heads", drawHeads]]
    for (const [picture, name, draw] of drawings) {
      offerPicture(picture.canvas, `pointer ${name}`, () => this.look().ground, (pen, w, h) => this.scene && draw(pen, w, h, this.scene, this.step(), this.look()))
      for (const kind of ["svg", "png"]) {
        picture.menu.append(element("button", {type: "button", title: `Save this picture as ${kind.toUpperCase()}`,
          "aria-label": `Save ${name} as ${kind.toUpperCase()}`,
          onclick: () => {
            if (!this.scene) return
            const look = this.look()
            exportPicture(kind, `pointer-${name}`, picture.canvas.clientWidth, picture.canvas.clientHeight, look.ground, (pen, w, h) => draw(pen, w, h, this.scene, this.step(), look))
          }}, kind))
      }
    }
  }

  ask(heat = true) {
    this.heatToo ||= heat
    if (this.pending) return
    this.pending = true
    requestAnimationFrame(() => {
      this.pending = false
      this.paint()
    })
  }

  paint() {
    if (!this.scene || !this.plane.canvas.isConnected) return
    const look = this.look()
    drawPlane(...sizedPen(this.plane.canvas), this.scene, this.step(), look)
    if (this.heatToo) drawHeat(...sizedPen(this.heat.canvas), this.scene, this.step(), look)
    if (this.heatToo && this.scene.n_layers) this.paintHeads(look)
    this.heatToo = false
    this.say()
    ;(globalThis.__nxPointerPaints ??= []).push({at: performance.now(), came: this.came})
    if (globalThis.__nxPointerPaints.length > 2000) globalThis.__nxPointerPaints.shift()
  }

  paintHeads(look) {
    const {canvas, value} = this.heads
    const {height} = headsFrame(canvas.clientWidth, this.scene)
    if (canvas.style.height !== `${height}px`) {
      canvas.style.height = `${height}px`
      delete canvas.size
    }
    drawHeads(...sizedPen(canvas), this.scene, this.step(), look)
    tell(value, headInWords(this.scene, look))
  }

  say() {
    tell(this.words, this.sentence())
    this.words.classList.toggle("nx-bad", this.step() >= this.scene.n_steps && this.scene.violated.length > 0)
  }

  sentence() {
    const {n, n_steps, probability, choices, entropy, targets, violated} = this.scene
    const step = this.step()
    if (!n_steps) return "There is nothing to ask the network here; the reference is drawn."
    if (step >= n_steps) return violated.length ? `The answer is not valid: ${violated.join("; ")}.` : "The whole answer. Go back a step to see where the network looked."
    const name = (i) => (i === n ? "stopping" : `point ${i}`)
    const share = probability[step * (n + 1) + choices[step]]
    const taught = targets[step] === undefined || targets[step] < 0 ? "" : targets[step] === choices[step] ? ", as taught" : `; taught: ${name(targets[step])}`
    return `Step ${step}: ${name(choices[step])} with probability ${share.toFixed(3)}, entropy ${entropy[step].toFixed(2)} bits${taught}.`
  }

  close() {
    this.unlisten()
    this.untheme()
    this.resized.disconnect()
  }
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const stage = new PointerPlane(model, el)
  model.on("scene", () => queueMicrotask(() => stage.load()))
  for (const name of ["reference", "selected", "head"]) model.on(name, () => { if (stage.scene) stage.describe(); stage.ask() })
  model.on("remove", () => stage.close())
}
