// Worms that swim in a grid of water, and the circuit that makes them: press a cell or a synapse to
// cut it, pull a joint up or down to push it there and then.

const MARGIN = 14

class Swim {
  constructor(model, el) {
    this.model = model
    this.el = el
    this.clock = clockNamed(model.clock_id)
    this.data = null
    this.pull = null
    this.root = element("div", {class: "nx-swim"})
    this.water = this.card("nx-water", "Water", "Worms swimming", "pull a joint to push it")
    this.wiring = this.card("nx-wiring", "Circuit", "The circuit, joint by joint", "press a cell or a line to cut it, again to mend it")
    el.append(this.root)
    this.resized = new ResizeObserver((entries) => {
      for (const {target, contentRect: {width, height}} of entries) target.size = [width, height]
      this.ask()
    })
    for (const {canvas} of [this.water, this.wiring]) this.resized.observe(canvas)
    this.wiring.canvas.addEventListener("pointerdown", (event) => this.cut(event))
    this.water.canvas.addEventListener("pointerdown", (event) => this.grab(event))
    this.water.canvas.addEventListener("pointermove", (event) => { if (this.pull) { this.pull.dy = event.offsetY - this.pull.y; this.ask() } })
    for (const name of ["pointerup", "pointercancel"]) this.water.canvas.addEventListener(name, () => this.letGo())
  }

  card(name, title, label, hint) {
    const canvas = element("canvas", {class: "nx-canvas", role: "img", "aria-label": label})
    const legend = element("span", {class: "nx-legend"}, hint)
    const box = element("section", {class: `nx-card ${name}`, "aria-label": title}, element("div", {class: "nx-head"}, element("b", {}, title), legend), canvas)
    this.root.append(box)
    return {canvas, legend}
  }

  load() {
    const before = this.data
    this.data = readPayload(this.model.film)
    if (!this.data) return
    const stayed = before && before.n_steps === this.data.n_steps
    if (!stayed) this.clock.position = 0
    this.clock.open({length: this.data.n_steps - 1, unit: "step", events: [], speed: stayed ? undefined : 60})
    if (this.model.autoplay && (!stayed || this.clock.position < 1)) this.clock.play()
    this.ask()
  }

  ask() {
    if (this.asked) return
    this.asked = true
    requestAnimationFrame(() => { this.asked = false; this.paint() })
  }

  step() { return Math.max(0, Math.min(this.data.n_steps - 1, Math.floor(this.clock.position))) }

  paint() {
    if (!this.data || !this.water.canvas.clientWidth) return
    const token = tokenReader(this.el)
    const look = {ink: token("ink"), ink2: token("ink-2"), line: token("line"), strong: token("line-strong"), warning: token("warning"), surface: token("surface"),
      cursor: token("cursor"), up: token("series-0"), down: token("series-5"), sense: token("series-2"), font: token("font") || "sans-serif"}
    this.paintWater(...sizedPen(this.water.canvas), look)
    this.paintCircuit(...sizedPen(this.wiring.canvas), look)
  }

  // Every worm has a lane of water and is followed by a camera of its own; the grid shows its way.
  paintWater(pen, width, height, look) {
    const {n_worms, n_ends, n_steps, points, worms, speeds} = this.data
    const t = this.step()
    const lane = height / n_worms
    const scale = Math.min((width - 2 * MARGIN) / (2.2 * n_ends), (lane - 8) / (0.75 * n_ends))
    this.ends = []
    for (let w = 0; w < n_worms; w++) {
      const at = (i) => { const k = 2 * ((w * n_steps + t) * n_ends + i); return [points[k], points[k + 1]] }
      let cx = 0, cy = 0
      for (let i = 0; i < n_ends; i++) { cx += at(i)[0] / n_ends; cy += at(i)[1] / n_ends }
      const to = ([x, y]) => [width / 2 + scale * (cx - x), lane * (w + 0.5) + scale * (y - cy)]
      pen.save()
      pen.beginPath()
      pen.rect(0, lane * w, width, lane)
      pen.clip()
      this.grid(pen, to, cx, cy, width, lane, scale, look)
      this.trail(pen, to, w, t, look)
      this.worm(pen, to, at, w, t, scale, look)
      pen.fillStyle = look.ink2
      pen.font = `600 12px ${look.font}`
      pen.fillText(`${worms[w]}: ${speeds[w]} body lengths per cycle`, 10, lane * w + 18)
      pen.restore()
    }
    pen.fillStyle = look.strong
    for (let w = 1; w < n_worms; w++) pen.fillRect(0, lane * w, width, 1)
    if (this.pull) this.arrow(pen, look)
  }

  grid(pen, to, cx, cy, width, lane, scale, look) {
    pen.strokeStyle = look.line
    pen.lineWidth = 1
    pen.beginPath()
    const [reach, tall] = [width / (2 * scale) + 1, lane / (2 * scale) + 1]
    for (let x = Math.floor(cx - reach); x <= cx + reach; x++) { pen.moveTo(...to([x, cy - tall])); pen.lineTo(...to([x, cy + tall])) }
    for (let y = Math.floor(cy - tall); y <= cy + tall; y++) { pen.moveTo(...to([cx - reach, y])); pen.lineTo(...to([cx + reach, y])) }
    pen.stroke()
  }

  trail(pen, to, w, t, look) {
    const {n_steps, n_ends, points} = this.data
    pen.strokeStyle = look.cursor
    pen.globalAlpha = 0.5
    pen.lineWidth = 1
    pen.beginPath()
    for (let s = 0; s <= t; s += 3) {
      const k = 2 * (w * n_steps + s) * n_ends
      const place = to([points[k], points[k + 1]])
      if (s) pen.lineTo(...place)
      else pen.moveTo(...place)
    }
    pen.stroke()
    pen.globalAlpha = 1
  }

  worm(pen, to, at, w, t, scale, look) {
    const {n_ends, n_joints} = this.data
    const thick = Math.max(5, 0.42 * scale)
    pen.lineCap = "round"
    pen.lineJoin = "round"
    pen.strokeStyle = look.strong
    pen.lineWidth = thick
    pen.beginPath()
    for (let i = 0; i < n_ends; i++) i ? pen.lineTo(...to(at(i))) : pen.moveTo(...to(at(i)))
    pen.stroke()
    for (let joint = 0; joint < n_joints; joint++) {
      const [x, y] = to(at(joint + 1))
      const [ax, ay] = to(at(joint))
      const [bx, by] = to(at(joint + 2))
      const long = Math.hypot(bx - ax, by - ay) || 1
      const across = [-(by - ay) / long, (bx - ax) / long]
      for (let side = 0; side < 2; side++) {
        const pulls = this.value(w, t, joint, side, 1)
        const turn = (side ? 1 : -1) * 0.5 * thick
        pen.globalAlpha = 0.15 + 0.85 * pulls
        pen.fillStyle = side ? look.down : look.up
        pen.beginPath()
        pen.arc(x + across[0] * turn, y + across[1] * turn, 2 + 0.16 * thick + 3 * pulls, 0, 2 * Math.PI)
        pen.fill()
      }
      pen.globalAlpha = 1
      if (w === 0) this.ends.push([joint, x, y])
    }
    const [hx, hy] = to(at(0))
    pen.fillStyle = look.ink
    pen.beginPath()
    pen.arc(hx, hy, Math.max(3, 0.14 * thick + 2), 0, 2 * Math.PI)
    pen.fill()
  }

  value(w, t, joint, side, kind) {
    const {n_steps, n_joints, cells} = this.data
    return cells[(((w * (n_steps - 1) + Math.min(t, n_steps - 2)) * n_joints + joint) * 2 + side) * 2 + kind] / 255
  }

  // Left to right are joints; from the middle outwards B neurons, muscles; between joints stretch.
  paintCircuit(pen, width, height, look) {
    const {n_joints, left, period, angles} = this.data
    const t = this.step()
    const wide = (width - 70) / n_joints
    this.cells = []
    this.lines = []
    const sides = ["D", "V"]
    const y = (side, rank) => height / 2 + (side ? 1 : -1) * (0.1 + 0.3 * rank) * height
    const x = (joint) => 56 + wide * (joint + 0.3)
    const stretch = (joint, side) => {
      const a = angles[t * n_joints + joint] * (side ? -1 : 1)
      return Math.max(0, Math.min(1, a))
    }
    for (let joint = 0; joint < n_joints; joint++) {
      for (let side = 0; side < 2; side++) {
        const b = `${sides[side]}B${joint + 1}`
        const other = 1 - side
        const alive = (k) => left[(joint * 2 + side) * 3 + k]
        const from = joint ? [x(joint - 1) + wide * 0.5, y(side, 0.42), `S${sides[side]}${joint}`] : [24, y(side, 0), `AVB-${sides[side]}`]
        const clock = (t % period < Math.floor(period / 2)) === (side === 0) ? 1 : 0
        const heard = joint ? stretch(joint - 1, side) : clock
        this.line(pen, look, from, [x(joint), y(side, 0), b], alive(0), heard, look.sense)
        this.line(pen, look, [x(joint), y(side, 0), b], [x(joint), y(side, 1), `M${sides[side]}${joint + 1}`], alive(1), this.value(0, t, joint, side, 0), side ? look.down : look.up)
        this.line(pen, look, [x(joint) + 5, y(side, 0), b], [x(joint) + 13, y(other, 1), `M${sides[other]}${joint + 1}`], alive(2), this.value(0, t, joint, side, 0), look.ink2, true)
        this.cell(pen, look, from, heard, look.sense)
        this.cell(pen, look, [x(joint), y(side, 0), b], this.value(0, t, joint, side, 0), side ? look.down : look.up)
        this.cell(pen, look, [x(joint), y(side, 1), `M${sides[side]}${joint + 1}`], this.value(0, t, joint, side, 1), side ? look.down : look.up, true)
      }
    }
  }

  line(pen, look, from, to, alive, value, colour, inhibits = false) {
    this.lines.push([`${from[2]}->${to[2]}`, from, to])
    pen.strokeStyle = alive ? colour : look.warning
    pen.globalAlpha = alive ? (inhibits ? 0.18 : 0.3) + 0.6 * value : 0.8
    pen.lineWidth = alive ? 1 + 1.5 * value : 1
    pen.setLineDash(alive ? (inhibits ? [2, 3] : []) : [1, 6])
    pen.beginPath()
    pen.moveTo(from[0], from[1])
    pen.lineTo(to[0], to[1])
    pen.stroke()
    pen.setLineDash([])
    pen.globalAlpha = 1
  }

  cell(pen, look, [x, y, name], value, colour, square = false) {
    this.cells.push([name, x, y])
    const gone = this.data.gone.includes(name)
    pen.fillStyle = look.surface
    pen.strokeStyle = gone ? look.warning : colour
    pen.lineWidth = 1.5
    const shape = () => { pen.beginPath(); if (square) pen.rect(x - 8, y - 5, 16, 10); else pen.arc(x, y, 7, 0, 2 * Math.PI) }
    shape()
    pen.fill()
    pen.globalAlpha = gone ? 0 : value
    pen.fillStyle = colour
    shape()
    pen.fill()
    pen.globalAlpha = 1
    shape()
    pen.stroke()
    pen.fillStyle = gone ? look.warning : look.ink2
    pen.font = `10.5px ${look.font}`
    pen.fillText(gone ? `${name} cut` : name, x + 11, y + (square ? 4 : -5))
  }

  arrow(pen, look) {
    const {x, y, dy} = this.pull
    pen.strokeStyle = look.cursor
    pen.lineWidth = 3
    pen.beginPath()
    pen.moveTo(x, y)
    pen.lineTo(x, y + dy)
    pen.stroke()
  }

  cut(event) {
    const [x, y] = [event.offsetX, event.offsetY]
    const near = (this.cells ?? []).map(([name, cx, cy]) => [Math.hypot(cx - x, cy - y), name]).sort((a, b) => a[0] - b[0])[0]
    if (near && near[0] < 12) return this.model.send_msg({kind: "cut", what: near[1]})
    const gap = ([, [ax, ay], [bx, by]]) => {
      const share = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)))
      return Math.hypot(ax + share * (bx - ax) - x, ay + share * (by - ay) - y)
    }
    const line = (this.lines ?? []).map((each) => [gap(each), each[0]]).sort((a, b) => a[0] - b[0])[0]
    if (line && line[0] < 5) this.model.send_msg({kind: "cut", what: line[1]})
  }

  grab(event) {
    if (!this.data) return
    const near = (this.ends ?? []).map(([joint, x, y]) => [Math.hypot(x - event.offsetX, y - event.offsetY), joint, x, y]).sort((a, b) => a[0] - b[0])[0]
    if (!near || near[0] > 40) return
    this.clock.pause()
    this.pull = {joint: near[1], x: near[2], y: event.offsetY, dy: 0}
    this.water.canvas.setPointerCapture(event.pointerId)
  }

  letGo() {
    if (!this.pull) return
    const {joint, dy} = this.pull
    this.pull = null
    // A joint that is pulled up is bent towards the dorsal side, which is drawn above.
    if (Math.abs(dy) > 4) this.model.send_msg({kind: "push", joint: joint + 1, step: this.step(), torque: Math.max(-3, Math.min(3, -dy / 25))})
    this.clock.play()
    this.ask()
  }
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const swim = new Swim(model, el)
  const unlisten = swim.clock.listen(() => swim.ask())
  const untheme = onThemeChange(() => swim.ask())
  model.on("film", () => swim.load())
  model.on("remove", () => { swim.clock.pause(); unlisten(); untheme(); swim.resized.disconnect() })
  swim.load()
}
