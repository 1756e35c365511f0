// The matrix: row = sender, column = receiver, one pixel or square per pair, totals at the edges.

const STRIP = 7
const TOTALS = 26

class MatrixPicture {
  constructor(stage) {
    this.stage = stage
    this.camera = {x: 0, y: 0, zoom: 1}
  }

  frame(width, height) {
    const size = Math.max(20, Math.min(width, height) - STRIP - TOTALS)
    const order = this.stage.order()
    const place = new Int32Array(order.length)
    order.forEach((k, i) => { place[k] = i })
    const cell = (size * this.camera.zoom) / Math.max(1, order.length)
    return {size, order, place, cell, left: STRIP, top: STRIP, x: this.camera.x, y: this.camera.y}
  }

  draw(pen, width, height, look) {
    const {data} = this.stage
    const frame = this.frame(width, height)
    this.last = frame
    const {size, place, cell, left, top, x, y} = frame
    pen.fillStyle = look.sunken
    pen.fillRect(left, top, size, size)
    pen.save()
    if (pen.rect && pen.clip) { pen.beginPath(); pen.rect(left, top, size, size); pen.clip?.() }
    const swap = this.stage.model.swap_axes
    const tint = [look.series[0], look.series[1], look.series[3], look.series[2]]
    const side = Math.max(cell, data.n > 600 ? 0.6 : 1)
    data.layer_names.forEach((name, l) => {
      pen.fillStyle = tint[["chemical", "electrical", "monoamine", "neuropeptide"].indexOf(name)] ?? look.series[0]
      for (const [low, high, alpha] of [[0, 0.06, 0.45], [0.06, 0.25, 0.7], [0.25, 2, 1]]) {
        pen.globalAlpha = alpha
        for (const e of data.shown) {
          if (data.layer[e] !== l) continue
          const share = Math.abs(data.weight[e]) / data.weightMax
          if (share < low || share >= high) continue
          const row = place[swap ? data.post[e] : data.pre[e]]
          const column = place[swap ? data.pre[e] : data.post[e]]
          const px = left + x + column * cell
          const py = top + y + row * cell
          if (px > left + size || py > top + size || px + side < left || py + side < top) continue
          pen.fillRect(px, py, side, side)
        }
      }
    })
    pen.globalAlpha = 1
    this.crosshair(pen, frame, look)
    pen.restore()
    this.strips(pen, frame, look)
    this.totals(pen, frame, look, swap)
  }

  crosshair(pen, {size, place, cell, left, top, x, y}, look) {
    pen.fillStyle = look.cursor
    const chosen = this.stage.selectedSet()
    const marked = chosen.size > 12 ? [] : chosen
    const thin = Math.max(1, Math.min(cell, 3))
    for (const k of marked) {
      pen.globalAlpha = 0.55
      pen.fillRect(left, top + y + place[k] * cell, size, thin)
      pen.fillRect(left + x + place[k] * cell, top, thin, size)
    }
    pen.globalAlpha = 1
  }

  // Colours of the neurons along both edges.
  strips(pen, {size, order, cell, left, top, x, y}, look) {
    const {colours} = this.stage.paints(look)
    order.forEach((k, i) => {
      const at = i * cell
      pen.fillStyle = colours[k]
      if (at + y >= 0 && at + y < size) pen.fillRect(0, top + at + y, STRIP - 2, Math.max(1, cell))
      if (at + x >= 0 && at + x < size) pen.fillRect(left + at + x, 0, Math.max(1, cell), STRIP - 2)
    })
  }

  totals(pen, {size, order, cell, left, top, x, y}, look, swap) {
    const {data} = this.stage
    const [rows, columns] = swap ? [data.in_strength, data.out_strength] : [data.out_strength, data.in_strength]
    const most = (values) => { let top = 1; for (const v of values) top = Math.max(top, v); return top }
    const [rowMax, columnMax] = [most(rows), most(columns)]
    pen.fillStyle = look.ink3
    order.forEach((k, i) => {
      const at = i * cell
      const wide = (TOTALS - 4) * Math.max(0, rows[k] / rowMax)
      const tall = (TOTALS - 4) * Math.max(0, columns[k] / columnMax)
      if (at + y >= 0 && at + y < size) pen.fillRect(left + size + 2, top + at + y, wide, Math.max(0.8, cell * 0.8))
      if (at + x >= 0 && at + x < size) pen.fillRect(left + at + x, top + size + 2, Math.max(0.8, cell * 0.8), tall)
    })
  }

  // {row, column} as neurons, or null outside.
  under(px, py) {
    const frame = this.last
    if (!frame) return null
    const column = Math.floor((px - frame.left - frame.x) / frame.cell)
    const row = Math.floor((py - frame.top - frame.y) / frame.cell)
    if (row < 0 || column < 0 || row >= frame.order.length || column >= frame.order.length) return null
    const [sender, receiver] = this.stage.model.swap_axes ? [column, row] : [row, column]
    return {pre: frame.order[sender], post: frame.order[receiver]}
  }
}
