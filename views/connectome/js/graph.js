// The node-link picture: edges under neurons, the selection's edges on top with heads.

const MARGIN = 18

class GraphPicture {
  constructor(stage) {
    this.stage = stage
    this.camera = {x: 0, y: 0, zoom: 1}
  }

  // Pixel places of all neurons under the layout and camera.
  places(width, height) {
    const {data, model} = this.stage
    const xy = data.drawing?.layouts[model.layout] ?? data.drawing?.layouts.force
    if (!xy) return null
    const {x, y, zoom} = this.camera
    const px = new Float32Array(data.n)
    const py = new Float32Array(data.n)
    for (let k = 0; k < data.n; k++) {
      px[k] = x + zoom * (MARGIN + xy[2 * k] * (width - 2 * MARGIN))
      py[k] = y + zoom * (MARGIN + (1 - xy[2 * k + 1]) * (height - 2 * MARGIN))
    }
    return {px, py}
  }

  draw(pen, width, height, look) {
    const {data} = this.stage
    const at = this.places(width, height)
    this.at = at
    if (!at) return
    const chosen = this.stage.selectedSet()
    const lit = this.stage.litEdges()
    this.edges(pen, at, look, chosen.size > 0 || lit !== null)
    if (lit) this.some(pen, at, lit, look.cursor, look)
    else if (chosen.size) {
      const pairOnly = chosen.size > 1
      const keep = (e) => !pairOnly || (chosen.has(data.pre[e]) && chosen.has(data.post[e]))
      for (const k of chosen) {
        this.some(pen, at, data.into[k].filter(keep), look.series[1], look)
        this.some(pen, at, data.out[k].filter(keep), look.series[0], look)
      }
    }
    this.neurons(pen, at, look, chosen, width)
  }

  edges(pen, {px, py}, look, faded) {
    const {data} = this.stage
    pen.strokeStyle = look.ink2
    const crowd = Math.min(1, 900 / Math.max(1, data.drawn.length))
    for (const [low, high, alpha, wide] of [[0, 0.12, 0.3, 0.6], [0.12, 0.4, 0.6, 1], [0.4, 2, 0.9, 1.8]]) {
      pen.globalAlpha = Math.max(0.05, alpha * Math.sqrt(crowd)) * (faded ? 0.35 : 1)
      pen.lineWidth = wide
      pen.beginPath()
      for (const e of data.drawn) {
        const share = Math.abs(data.weight[e]) / data.weightMax
        if (share < low || share >= high) continue
        pen.moveTo(px[data.pre[e]], py[data.pre[e]])
        pen.lineTo(px[data.post[e]], py[data.post[e]])
      }
      pen.stroke()
    }
    pen.globalAlpha = 1
  }

  some(pen, {px, py}, edges, colour, look) {
    const {data} = this.stage
    pen.strokeStyle = pen.fillStyle = colour
    for (const electrical of [false, true]) {
      pen.setLineDash?.(electrical ? [4, 3] : [])
      pen.globalAlpha = edges.length > 150 ? 0.55 : 0.85
      for (const e of edges) {
        if ((data.layer_names[data.layer[e]] === "electrical") !== electrical) continue
        pen.lineWidth = 0.8 + 2.4 * Math.sqrt(Math.abs(data.weight[e]) / data.weightMax)
        pen.beginPath()
        pen.moveTo(px[data.pre[e]], py[data.pre[e]])
        pen.lineTo(px[data.post[e]], py[data.post[e]])
        pen.stroke()
      }
    }
    pen.setLineDash?.([])
    pen.globalAlpha = 0.9
    for (const e of edges) if (data.layer_names[data.layer[e]] !== "electrical") arrowHead(pen, px[data.pre[e]], py[data.pre[e]], px[data.post[e]], py[data.post[e]], 7)
    pen.globalAlpha = 1
  }

  neurons(pen, {px, py}, look, chosen, width) {
    const {data} = this.stage
    const {colours} = this.stage.paints(look)
    const dimmed = chosen.size > 0 || this.stage.litNeurons() !== null
    const near = this.stage.nearby()
    const base = Math.max(1.6, Math.min(4.2, 70 / Math.sqrt(Math.max(1, data.n)))) * Math.min(2.2, Math.sqrt(this.camera.zoom))
    const degree = data.degreeScale ??= Float32Array.from(data.in_degree, (d, k) => Math.sqrt((d + data.out_degree[k]) / Math.max(1, ...data.in_degree)))
    for (let k = 0; k < data.n; k++) {
      const size = base * (0.75 + 0.7 * degree[k])
      pen.globalAlpha = dimmed && !near.has(k) ? 0.28 : 1
      pen.beginPath()
      pen.moveTo(px[k] + size, py[k])
      pen.arc(px[k], py[k], size, 0, 2 * Math.PI)
      if (data.lesioned[k]) {
        pen.strokeStyle = look.warning
        pen.lineWidth = 1.3
        pen.stroke()
        pen.beginPath()
        pen.moveTo(px[k] - size, py[k] - size); pen.lineTo(px[k] + size, py[k] + size)
        pen.moveTo(px[k] - size, py[k] + size); pen.lineTo(px[k] + size, py[k] - size)
        pen.stroke()
        continue
      }
      pen.fillStyle = colours[k]
      pen.fill()
    }
    pen.globalAlpha = 1
    this.names(pen, {px, py}, look, chosen, near, width, base)
  }

  // The chosen ones are ringed and named; partners too while they are few.
  names(pen, {px, py}, look, chosen, near, width, base) {
    const {data} = this.stage
    pen.font = `600 11px ${look.font}`
    const named = near.size <= 40 && near.size ? near : chosen
    const every = this.camera.zoom > 3.5 ? Array.from({length: data.n}, (_, k) => k) : named
    for (const k of every) {
      const right = px[k] < width - 50
      const strong = chosen.has(k)
      if (strong) {
        pen.strokeStyle = look.cursor
        pen.lineWidth = 2
        pen.beginPath()
        pen.moveTo(px[k] + base + 5, py[k])
        pen.arc(px[k], py[k], base + 5, 0, 2 * Math.PI)
        pen.stroke()
      }
      pen.font = `${strong ? 600 : 400} ${strong ? 12 : 10.5}px ${look.font}`
      pen.textAlign = right ? "left" : "right"
      pen.fillStyle = strong ? look.ink : look.ink2
      pen.fillText(data.neurons[k], px[k] + (right ? 1 : -1) * (base + 7), py[k] + 4)
    }
    pen.textAlign = "left"
  }

  pick(x, y) {
    if (!this.at) return -1
    let best = -1
    let nearest = 14 * 14
    for (let k = 0; k < this.stage.data.n; k++) {
      const d = (this.at.px[k] - x) ** 2 + (this.at.py[k] - y) ** 2
      if (d < nearest) { nearest = d; best = k }
    }
    return best
  }
}

function arrowHead(pen, x1, y1, x2, y2, size) {
  const length = Math.hypot(x2 - x1, y2 - y1)
  if (length < size * 2) return
  const ux = (x2 - x1) / length, uy = (y2 - y1) / length
  const tx = x2 - ux * 5, ty = y2 - uy * 5
  pen.beginPath()
  pen.moveTo(tx, ty)
  pen.lineTo(tx - ux * size - uy * size * 0.45, ty - uy * size + ux * size * 0.45)
  pen.lineTo(tx - ux * size + uy * size * 0.45, ty - uy * size - ux * size * 0.45)
  pen.fill()
}

// Paths between two neurons, one column per step, synapses written on the edges.
class PathsPicture {
  constructor(stage) {
    this.stage = stage
  }

  draw(pen, width, height, look) {
    const {data} = this.stage
    const {columns, edges} = this.stage.model.paths
    const place = new Map()
    columns.forEach((column, i) => column.forEach((k, j) => place.set(k, {
      x: 46 + (i * (width - 110)) / Math.max(1, columns.length - 1), y: 22 + ((j + 0.5) * (height - 40)) / column.length})))
    this.place = place
    pen.font = `10.5px ${look.font}`
    const most = Math.max(1, ...edges.map(([, , weight]) => Math.abs(weight)))
    for (const [i, j, weight] of edges) {
      const a = place.get(i), b = place.get(j)
      if (!a || !b) continue
      pen.strokeStyle = pen.fillStyle = look.series[0]
      pen.globalAlpha = 0.75
      pen.lineWidth = 0.8 + 3 * Math.sqrt(Math.abs(weight) / most)
      pen.beginPath()
      pen.moveTo(a.x, a.y)
      pen.lineTo(b.x, b.y)
      pen.stroke()
      arrowHead(pen, a.x, a.y, b.x, b.y, 7)
      pen.globalAlpha = 1
      if (edges.length <= 60) {
        pen.fillStyle = look.ink2
        pen.fillText(String(Number(weight.toPrecision(4))), a.x + 0.35 * (b.x - a.x) + 3, a.y + 0.35 * (b.y - a.y) - 3)
      }
    }
    const {colours} = this.stage.paints(look)
    for (const [k, {x, y}] of place) {
      pen.beginPath()
      pen.moveTo(x + 5, y)
      pen.arc(x, y, 5, 0, 2 * Math.PI)
      pen.fillStyle = colours[k]
      pen.fill()
      pen.fillStyle = look.ink
      pen.fillText(data.neurons[k], x + 8, y + 4)
    }
  }

  pick(x, y) {
    for (const [k, at] of this.place ?? []) if (Math.hypot(at.x - x, at.y - y) < 12) return k
    return -1
  }
}
