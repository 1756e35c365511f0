// The pictures of one lane, each a function of (pen, size, lane, step, look): data in, drawing out.

const VIRIDIS = [[68, 1, 84], [72, 35, 116], [64, 67, 135], [52, 94, 141], [41, 120, 142], [32, 144, 140],
  [34, 167, 132], [68, 190, 112], [121, 209, 81], [189, 222, 38], [253, 231, 37]]
const DIVERGING = [[33, 102, 172], [103, 169, 207], [209, 229, 240], [247, 247, 247], [253, 219, 199], [239, 138, 98], [178, 24, 43]]

function colourFrom(map, share) {
  const x = Math.max(0, Math.min(1, share)) * (map.length - 1)
  const low = Math.min(map.length - 2, Math.floor(x))
  return map[low].map((channel, i) => Math.round(channel + (x - low) * (map[low + 1][i] - channel)))
}

const VIRIDIS_256 = Array.from({length: 256}, (_, i) => colourFrom(VIRIDIS, i / 255))
const DIVERGING_256 = Array.from({length: 256}, (_, i) => colourFrom(DIVERGING, i / 255))
const hex = ([r, g, b]) => `#${((1 << 24) | (r << 16) | (g << 8) | b).toString(16).slice(1)}`
const VIRIDIS_HEX = VIRIDIS_256.map(hex)
const DIVERGING_HEX = DIVERGING_256.map(hex)

function rgbOf(colour) {
  const value = parseInt(colour.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

// Colour of each cell id under the chosen mode, as a function (id, position) -> css colour.
function cellColour(lane, traits, look) {
  const last = Math.max(1, lane.n_ranks - 1)
  if (look.colour === "algotype") return (id) => look.series[KIND_SERIES[traits.algotype[id]]]
  if (look.colour === "frozen") return (id) => (traits.frozen[id] ? look.series[5] : look.faint)
  if (look.colour === "displacement") {
    return (id, position) => DIVERGING_HEX[Math.round(127.5 * (1 + (position - lane.home[id]) / Math.max(1, lane.n - 1)))]
  }
  return (id) => VIRIDIS_HEX[Math.round((255 * lane.rank[id]) / last)]
}

function drawHatch(pen, x, y, width, height) {
  pen.beginPath()
  for (let offset = -height; offset < width; offset += 4) {
    const from = Math.max(0, offset)
    const to = Math.min(width, offset + height)
    pen.moveTo(x + from, y + height - (from - offset))
    pen.lineTo(x + to, y + height - (to - offset))
  }
  pen.stroke()
}

function drawArray(pen, width, height, lane, step, look) {
  const order = lane.live ?? lane.orderAt(step)
  const traits = lane.traitsAt(step)
  const colour = cellColour(lane, traits, look)
  const stride = width / Math.max(1, lane.n)
  const gap = stride > 4 ? Math.min(2, stride * 0.22) : 0
  const bar = Math.max(stride - gap, 0.6)
  for (let position = 0; position < lane.n; position++) {
    const id = order[position]
    const x = position * stride
    const tall = Math.max(2, lane.height[id] * (height - 6))
    if (traits.frozen[id] && bar >= 3) {
      pen.strokeStyle = look.ink2
      pen.lineWidth = 1
      pen.strokeRect(x + 0.5, height - tall + 0.5, bar - 1, tall - 1)
      drawHatch(pen, x + 1, height - tall + 1, bar - 2, tall - 2)
    } else {
      pen.fillStyle = traits.frozen[id] ? look.ink2 : colour(id, position)
      pen.fillRect(x, height - tall, bar, tall)
    }
    if (id === look.selected || id === look.partner) {
      pen.strokeStyle = look.cursor
      pen.lineWidth = 1.5
      pen.strokeRect(x - 1, 1, bar + 2, height - 1)
    }
  }
}

// Position (rows) against time (columns), as a canvas of device pixels.
function rasterImage(width, height, lane, stepOfColumn, look) {
  const canvas = element("canvas")
  canvas.width = width
  canvas.height = Math.max(1, Math.min(height, lane.n))
  const pen = canvas.getContext("2d")
  const image = pen.createImageData(canvas.width, canvas.height)
  const last = Math.max(1, lane.n_ranks - 1)
  const faint = rgbOf(look.faint)
  for (let column = 0; column < canvas.width; column++) {
    const step = stepOfColumn(column)
    const order = lane.orderAt(step)
    const traits = lane.traitsAt(step)
    for (let row = 0; row < canvas.height; row++) {
      const position = Math.floor((row * lane.n) / canvas.height)
      const id = order[position]
      let rgb
      if (look.history === "algotype") rgb = look.seriesRgb[KIND_SERIES[traits.algotype[id]]]
      else if (look.history === "frozen") rgb = traits.frozen[id] ? look.seriesRgb[5] : faint
      else if (look.history === "displacement") {
        rgb = DIVERGING_256[Math.round(127.5 * (1 + (position - lane.home[id]) / Math.max(1, lane.n - 1)))]
      } else rgb = VIRIDIS_256[Math.round((255 * lane.rank[id]) / last)]
      const at = 4 * (row * canvas.width + column)
      image.data[at] = rgb[0]
      image.data[at + 1] = rgb[1]
      image.data[at + 2] = rgb[2]
      image.data[at + 3] = 255
    }
  }
  pen.putImageData(image, 0, 0)
  return canvas
}

// One small curve with axes ends labelled; lanes share it when arrays stand side by side.
function drawCurve(pen, width, height, curve, look) {
  const {series, low, high, length, unit, band} = curve
  const top = 6
  const bottom = height - 18
  const y = (value) => bottom - ((value - low) / Math.max(1e-9, high - low)) * (bottom - top)
  const x = (position) => (position / Math.max(1, length)) * width
  if (band) {
    pen.fillStyle = look.nullBand
    pen.fillRect(0, y(band[1]), width, y(band[0]) - y(band[1]))
  }
  pen.strokeStyle = look.line
  pen.lineWidth = 1
  for (const value of [low, (low + high) / 2, high]) {
    pen.beginPath()
    pen.moveTo(0, y(value))
    pen.lineTo(width, y(value))
    pen.stroke()
  }
  for (const {points, now, colour} of series) {
    const cut = upperBound(points.x, now)
    for (const [from, to, stroke] of [[Math.max(0, cut - 1), points.x.length, look.faintLine], [0, cut, colour]]) {
      if (to - from < 1) continue
      pen.beginPath()
      for (let i = from; i < to; i++) i === from ? pen.moveTo(x(points.x[i]), y(points.y[i])) : pen.lineTo(x(points.x[i]), y(points.y[i]))
      pen.strokeStyle = stroke
      pen.lineWidth = 1.5
      pen.stroke()
    }
    for (const event of curve.events ?? []) {
      pen.fillStyle = look.warning
      pen.globalAlpha = 0.55
      pen.fillRect(x(event), bottom + 1, 1, 4)
      pen.globalAlpha = 1
    }
    if (cut > 0) {
      pen.fillStyle = look.cursor
      pen.beginPath()
      pen.arc(x(Math.min(now, length)), y(points.y[cut - 1]), 3.5, 0, 2 * Math.PI)
      pen.fill()
    }
  }
  pen.fillStyle = look.ink3
  pen.font = `11px ${look.font}`
  if (band) {
    pen.textAlign = "right"
    pen.fillText("chance ± 2 SD", width - 3, Math.min(bottom - 3, y(band[0]) - 3))
  }
  pen.textAlign = "left"
  pen.fillText("0", 0, height - 4)
  pen.textAlign = "right"
  pen.fillText(`${thousands(length)} ${unit}s`, width, height - 4)
}
