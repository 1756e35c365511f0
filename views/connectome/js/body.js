// The animal: somata and neurites in micrometres, turned by dragging, seen from far away.

class BodyPicture {
  constructor(stage) {
    this.stage = stage
    this.camera = {x: 0, y: 0, zoom: 1, yaw: 0, pitch: 0.35}
  }

  get known() {
    const {data} = this.stage
    return data.position && data.position.some(Number.isFinite)
  }

  // Body axis (y) runs from left to right; yaw turns about it, pitch tips it.
  project(width, height) {
    const {data} = this.stage
    const bounds = this.bounds ??= this.measure()
    const {x, y, zoom, yaw, pitch} = this.camera
    const scale = zoom * Math.min((width - 40) / bounds.long, (height - 16) / 132)
    const [cy, sy] = [Math.cos(yaw + pitch), Math.sin(yaw + pitch)]
    const cx = x + (width / 2) * zoom
    const cyy = y + (height / 2) * zoom
    return (px, py, pz) => [cx + scale * (py - bounds.middle), cyy - scale * (cy * pz + sy * px)]
  }

  measure() {
    const {position} = this.stage.data
    let low = Infinity, high = -Infinity
    for (let i = 1; i < position.length; i += 3) if (Number.isFinite(position[i])) { low = Math.min(low, position[i]); high = Math.max(high, position[i]) }
    return {long: Math.max(1, high - low), middle: (low + high) / 2}
  }

  draw(pen, width, height, look) {
    const {data} = this.stage
    if (!this.known) {
      pen.fillStyle = look.ink2
      pen.font = `12px ${look.font}`
      pen.textAlign = "center"
      pen.fillText("Nobody's positions are known in this connectome.", width / 2, height / 2)
      pen.textAlign = "left"
      return
    }
    const to = this.project(width, height)
    const chosen = this.stage.selectedSet()
    const {colours} = this.stage.paints(look)
    this.neurites(pen, to, look, chosen, colours)
    this.at = []
    for (let k = 0; k < data.n; k++) {
      const [px, py, pz] = [data.position[3 * k], data.position[3 * k + 1], data.position[3 * k + 2]]
      if (!Number.isFinite(px)) continue
      const [sx, sy] = to(px, py, pz)
      this.at.push([k, sx, sy])
      const strong = chosen.has(k)
      pen.globalAlpha = chosen.size && !strong ? 0.45 : 1
      pen.fillStyle = data.lesioned[k] ? look.warning : colours[k]
      pen.beginPath()
      const size = strong ? 5 : 2.2
      pen.moveTo(sx + size, sy)
      pen.arc(sx, sy, size, 0, 2 * Math.PI)
      pen.fill()
      if (strong) {
        pen.fillStyle = look.ink
        pen.font = `600 11px ${look.font}`
        if (chosen.size <= 12) pen.fillText(data.neurons[k], sx + 7, sy - 5)
      }
    }
    pen.globalAlpha = 1
    this.bar(pen, width, height, look)
  }

  neurites(pen, to, look, chosen, colours) {
    const {segments, segment_neuron: owner} = this.stage.data.drawing ?? {}
    if (!owner?.length) return
    const draw = (wanted, colour, alpha, wide) => {
      pen.strokeStyle = colour
      pen.globalAlpha = alpha
      pen.lineWidth = wide
      pen.beginPath()
      for (let s = 0; s < owner.length; s++) {
        if (!wanted(owner[s])) continue
        const i = 6 * s
        const [x1, y1] = to(segments[i], segments[i + 1], segments[i + 2])
        const [x2, y2] = to(segments[i + 3], segments[i + 4], segments[i + 5])
        pen.moveTo(x1, y1)
        pen.lineTo(x2, y2)
      }
      pen.stroke()
    }
    draw((k) => !chosen.has(k), look.ink3, chosen.size ? 0.1 : 0.3, 0.5)
    for (const k of [...chosen].slice(0, 24)) draw((owned) => owned === k, colours[k], 1, 1.6)
    pen.globalAlpha = 1
  }

  bar(pen, width, height, look) {
    const to = this.project(width, height)
    const [x1] = to(0, 0, 0)
    const [x2] = to(0, 50, 0)
    pen.fillStyle = look.ink2
    pen.fillRect(12, height - 10, Math.abs(x2 - x1), 2)
    pen.font = `10.5px ${look.font}`
    pen.fillText("50 µm", 12, height - 15)
  }

  pick(x, y) {
    let best = -1
    let nearest = 12 * 12
    for (const [k, sx, sy] of this.at ?? []) {
      const d = (sx - x) ** 2 + (sy - y) ** 2
      if (d < nearest) { nearest = d; best = k }
    }
    return best
  }
}
