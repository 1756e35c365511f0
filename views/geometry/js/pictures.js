// The linked pictures, each a function of (pen, width, height, film, ..., look): data in, drawing out.

const VIRIDIS = [[68, 1, 84], [72, 35, 116], [64, 67, 135], [52, 94, 141], [41, 120, 142], [32, 144, 140],
  [34, 167, 132], [68, 190, 112], [121, 209, 81], [189, 222, 38], [253, 231, 37]]

function viridis(share) {
  const x = Math.max(0, Math.min(1, share)) * (VIRIDIS.length - 1)
  const low = Math.min(VIRIDIS.length - 2, Math.floor(x))
  return VIRIDIS[low].map((channel, i) => Math.round(channel + (x - low) * (VIRIDIS[low + 1][i] - channel)))
}

const VIRIDIS_256 = Array.from({length: 256}, (_, i) => viridis(i / 255))

function polygon(pen, points) {
  pen.beginPath()
  points.forEach(([x, y], k) => (k ? pen.lineTo(x, y) : pen.moveTo(x, y)))
  pen.lineTo(...points[0])
  pen.fill()
}

// Shape as well as colour tells kinds apart.
function drawMark(pen, kind, x, y, r) {
  const shape = kind % 4
  if (shape === 0) {
    pen.beginPath()
    pen.arc(x, y, r, 0, 2 * Math.PI)
    pen.fill()
  } else if (shape === 1) pen.fillRect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r)
  else if (shape === 2) polygon(pen, [[x, y - 1.3 * r], [x + 1.3 * r, y], [x, y + 1.3 * r], [x - 1.3 * r, y]])
  else polygon(pen, [[x, y - 1.2 * r], [x + 1.15 * r, y + 0.9 * r], [x - 1.15 * r, y + 0.9 * r]])
}

// Places in the plane of a card, [x, y, depth] per stimulus; three dimensions are turned first.
function projected(coords, n, film, track, look, width, height) {
  const {centre, half} = film.bounds[track]
  const scale = (Math.min(width, height) / 2 - 16) / (half * (look.dims === 3 ? 1.25 : 1.05))
  const [cy, sy, cx, sx] = [Math.cos(look.yaw), Math.sin(look.yaw), Math.cos(look.pitch), Math.sin(look.pitch)]
  return Array.from({length: n}, (_, k) => {
    let [x, y, z] = [0, 1, 2].map((axis) => coords[3 * k + axis] - centre[axis])
    if (look.dims === 3) {
      ;[x, z] = [cy * x + sy * z, -sy * x + cy * z]
      ;[y, z] = [cx * y - sx * z, sx * y + cx * z]
    } else z = 0
    return [width / 2 + scale * x, height / 2 - scale * y, z / half]
  })
}

function drawTrails(pen, width, height, film, track, position, look) {
  const first = Math.max(0, Math.floor(position) - look.trail)
  for (let moment = first; moment < position; moment++) {
    const from = projected(film.coordsAt(track, moment), film.n, film, track, look, width, height)
    const to = projected(film.coordsAt(track, Math.min(position, moment + 1)), film.n, film, track, look, width, height)
    pen.globalAlpha = 0.08 + 0.4 * ((moment - first + 1) / (position - first + 1))
    pen.lineWidth = 1.2
    for (let k = 0; k < film.n; k++) {
      pen.strokeStyle = look.colourOf(k)
      pen.beginPath()
      pen.moveTo(from[k][0], from[k][1])
      pen.lineTo(to[k][0], to[k][1])
      pen.stroke()
    }
  }
  pen.globalAlpha = 1
}

function drawAxes(pen, width, height, film, track, look) {
  pen.strokeStyle = look.line
  pen.lineWidth = 1
  const ends = look.dims === 3 ? [[0.9, 0, 0], [0, 0.9, 0], [0, 0, 0.9]] : [[1, 0, 0], [0, 1, 0]]
  const {centre, half} = film.bounds[track]
  pen.fillStyle = look.ink3
  pen.font = `11px ${look.font}`
  ends.forEach((end, axis) => {
    const both = [-1, 1].map((side) => end.map((value, k) => centre[k] + side * value * half))
    const [from, to] = projected(both.flat(), 2, film, track, look, width, height)
    pen.beginPath()
    pen.moveTo(from[0], from[1])
    pen.lineTo(to[0], to[1])
    pen.stroke()
    const share = film.share[3 * track + axis]
    const words = `${film.layout.startsWith("PCA") ? "PC" : film.layout} ${axis + 1}${share > 0 ? ` ${Math.round(100 * share)} %` : ""}`
    if (look.dims === 3) {
      pen.textAlign = axis === 0 ? "right" : "left"
      pen.fillText(words, axis === 0 ? to[0] : to[0] + 5, axis === 0 ? to[1] - 5 : to[1] + 9)
    } else { // at the edges of the card, out of the way of the points
      pen.textAlign = axis === 0 ? "right" : "left"
      pen.fillText(words, axis === 0 ? width - 8 : 8, axis === 0 ? height - 8 : 14)
    }
  })
}

// A loop that topology found: its stimuli joined.
function drawLoop(pen, places, loop, look) {
  pen.strokeStyle = look.accent
  pen.lineWidth = 2
  for (const [a, b] of loop) {
    if (!places[a] || !places[b]) continue
    pen.beginPath()
    pen.moveTo(places[a][0], places[a][1])
    pen.lineTo(places[b][0], places[b][1])
    pen.stroke()
  }
}

function drawScatter(pen, width, height, film, track, position, loop, look) {
  drawAxes(pen, width, height, film, track, look)
  if (look.trail) drawTrails(pen, width, height, film, track, position, look)
  const places = projected(film.coordsAt(track, position), film.n, film, track, look, width, height)
  if (loop?.length) drawLoop(pen, places, loop, look)
  const order = places.map((_, k) => k).sort((a, b) => places[a][2] - places[b][2])
  const r = film.n > 400 ? 2.5 : film.n > 100 ? 3.5 : 5.5
  for (const k of order) {
    const [x, y, depth] = places[k]
    const size = look.dims === 3 ? r * (1 + 0.3 * depth) : r
    const dim = look.chosen.size && !look.chosen.has(k)
    pen.globalAlpha = dim ? 0.28 : 1
    pen.fillStyle = look.colourOf(k)
    drawMark(pen, look.kindOf(k), x, y, size)
    pen.globalAlpha = 1
    if (look.chosen.has(k)) {
      pen.strokeStyle = look.cursor
      pen.lineWidth = 1.8
      pen.beginPath()
      pen.arc(x, y, size + 3.5, 0, 2 * Math.PI)
      pen.stroke()
    }
  }
  drawNames(pen, places, order, film, r, look)
}

// Names beside their points: right, left, above or below, where no other name or point is.
function drawNames(pen, places, order, film, r, look) {
  const named = order.filter((k) => film.n <= 32 || look.chosen.has(k))
  const taken = film.n <= 32 ? places.map(([x, y]) => [x - r, y - r, x + r, y + r]) : []
  const isFree = (box, k) => taken.every(([left, top, right, bottom], other) =>
    other === k || box[2] < left || box[0] > right || box[3] < top || box[1] > bottom)
  pen.fillStyle = look.ink2
  pen.font = `11px ${look.font}`
  pen.textAlign = "left"
  for (const k of named) {
    const name = film.stimuli[k].slice(0, 24)
    const [x, y] = places[k]
    const [wide, gap] = [pen.measureText(name).width, r + 4]
    const boxes = [[x + gap, y - 5], [x - gap - wide, y - 5], [x - wide / 2, y - gap - 10], [x - wide / 2, y + gap]]
      .map(([left, top]) => [left, top, left + wide, top + 10])
    const box = boxes.find((each) => isFree(each, k)) ?? boxes[0]
    taken.push(box)
    pen.globalAlpha = look.chosen.size && !look.chosen.has(k) ? 0.4 : 1
    pen.fillText(name, box[0], box[1] + 9)
  }
  pen.globalAlpha = 1
}

const BOTH = "left below, right above"

// The square in which the RDM lies within its card.
function rdmFrame(width, height) {
  const side = Math.max(40, Math.min(width - 62, height - 14))
  return {left: 10, top: 8, side}
}

// ``above`` are the values above the diagonal, where those of another track are shown there.
function rdmImage(film, values, above, order, low, high, look) {
  const n = film.n_rdm
  const canvas = element("canvas")
  canvas.width = canvas.height = Math.max(1, n)
  const pen = canvas.getContext("2d")
  const image = pen.createImageData(canvas.width, canvas.height)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const value = i === j ? low : (i < j ? above : values)[pairIndex(n, order[i], order[j])]
      const colour = Number.isFinite(value) ? VIRIDIS_256[Math.round(255 * Math.max(0, Math.min(1, (value - low) / (high - low || 1))))] : look.nullRgb
      image.data.set([...colour, 255], 4 * (i * n + j))
    }
  }
  pen.putImageData(image, 0, 0)
  return canvas
}

function hatchUndefined(pen, film, values, order, frame, look) {
  const cell = frame.side / film.n_rdm
  pen.strokeStyle = look.ink3
  pen.lineWidth = 0.8
  for (let i = 0; i < film.n_rdm; i++) {
    for (let j = 0; j < film.n_rdm; j++) {
      if (i === j || Number.isFinite(values[pairIndex(film.n_rdm, order[i], order[j])])) continue
      const [x, y] = [frame.left + j * cell, frame.top + i * cell]
      pen.beginPath()
      pen.moveTo(x, y + cell)
      pen.lineTo(x + cell, y)
      pen.stroke()
    }
  }
}

function rdmRange(film, track, look) {
  if (look.form === BOTH) {
    const ends = look.both.map((each) => rdmRange(film, each, {form: "dissimilarity"})[1])
    return [0, Math.max(...ends)]
  }
  if (look.form !== "dissimilarity") return [0, 1]
  const key = `${track}`
  film.ranges ??= {}
  if (film.ranges[key] && !film.moments) return film.ranges[key]
  let high = 0
  for (let moment = 0; moment < film.length; moment++) {
    for (const value of film.pairsAt(track, moment)) if (value > high) high = value
  }
  return (film.ranges[key] = [0, high || 1])
}

function drawRdm(pen, width, height, film, track, moment, look) {
  const frame = rdmFrame(width, height)
  const values = transformed(film.pairsAt(look.form === BOTH ? look.both[0] : track, moment), look)
  const above = look.form === BOTH ? film.pairsAt(look.both[1], moment) : values
  const order = film.order(look.order, look.column)
  const [low, high] = rdmRange(film, track, look)
  const image = rdmImage(film, values, above, order, low, high, look)
  pen.imageSmoothingEnabled = false
  pen.drawImage(image, frame.left, frame.top, frame.side, frame.side)
  if (film.n_rdm <= 80 && values.some(Number.isNaN)) hatchUndefined(pen, film, values, order, frame, look)
  const cell = frame.side / film.n_rdm
  order.forEach((k, row) => {
    const at = row * cell
    pen.fillStyle = look.colourOf(film.in_rdm[k])
    pen.fillRect(frame.left - 7, frame.top + at, 4, Math.max(1, cell - 0.5))
    pen.fillRect(frame.left + at, frame.top - 6, Math.max(1, cell - 0.5), 3)
    if (look.chosen.has(film.in_rdm[k])) {
      pen.strokeStyle = look.cursor
      pen.lineWidth = 1.5
      pen.strokeRect(frame.left, frame.top + at, frame.side, cell)
      pen.strokeRect(frame.left + at, frame.top, cell, frame.side)
    }
  })
  drawScale(pen, frame, low, high, look)
}

function drawScale(pen, frame, low, high, look) {
  const x = frame.left + frame.side + 10
  for (let k = 0; k < 32; k++) {
    const [r, g, b] = VIRIDIS_256[Math.round(255 * (1 - k / 31))]
    pen.fillStyle = `#${((1 << 24) | (r << 16) | (g << 8) | b).toString(16).slice(1)}`
    pen.fillRect(x, frame.top + (k * frame.side) / 32, 8, frame.side / 32 + 0.6)
  }
  pen.fillStyle = look.ink3
  pen.font = `10.5px ${look.font}`
  pen.textAlign = "left"
  pen.fillText(high.toPrecision(2), x + 11, frame.top + 8)
  pen.fillText(low.toPrecision(2), x + 11, frame.top + frame.side)
}

// The share of a component's variance that the selected stimuli carry.
function chosenShare(carried, component, n, look) {
  let sum = 0
  for (const stimulus of look.chosen) sum += carried[component * n + stimulus] ?? 0
  return Math.min(1, sum)
}

// The part of a bar that selected stimuli carry is full, the rest pale.
function drawSpectrum(pen, width, height, film, tracks, moment, carriedBy, look) {
  const [left, bottom] = [30, 22]
  const shares = tracks.map((track) => {
    const values = film.spectrumAt(track, moment)
    const total = values.reduce((sum, value) => sum + value, 0) || 1
    return Array.from(values, (value) => value / total)
  })
  const n = Math.max(2, Math.min(12, film.n - 1, film.n_eigenvalues))
  const high = Math.max(0.05, ...shares.flat())
  const slot = (width - left - 6) / n
  const bar = (slot * 0.8) / tracks.length
  shares.forEach((values, t) => {
    pen.fillStyle = look.trackColour(tracks[t])
    const carried = look.chosen.size ? carriedBy(tracks[t]) : null
    for (let k = 0; k < n; k++) {
      const tall = (values[k] / high) * (height - bottom - 8)
      const [x, wide] = [left + k * slot + t * bar, Math.max(1, bar - 0.5)]
      pen.globalAlpha = carried ? 0.28 : 1
      pen.fillRect(x, height - bottom - tall, wide, tall)
      pen.globalAlpha = 1
      if (!carried) continue
      const part = tall * chosenShare(carried, k, film.n, look)
      pen.fillRect(x, height - bottom - part, wide, part)
    }
  })
  pen.fillStyle = look.ink3
  pen.font = `11px ${look.font}`
  pen.textAlign = "right"
  pen.fillText(`${Math.round(100 * high)} %`, left - 4, 16)
  pen.fillText("0", left - 4, height - bottom)
  pen.textAlign = "left"
  pen.fillText("variance per component, 1 first", left, height - 6)
}

function drawCurves(pen, width, height, film, name, position, look) {
  const [left, bottom, right] = [34, 20, 6]
  let [low, high] = [Infinity, -Infinity]
  for (let net = 0; net < film.nets.length; net++) {
    for (let moment = 0; moment < film.length; moment++) {
      const value = film.measureAt(name, net, moment)
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  if (high <= 1 && low >= 0 && !name.includes("loss")) [low, high] = [0, 1]
  if (!(high > low)) high = low + 1
  const last = Math.max(1, film.length - 1)
  const x = (moment) => left + (moment / last) * (width - left - right)
  const y = (value) => 6 + (1 - (value - low) / (high - low)) * (height - bottom - 8)
  pen.strokeStyle = look.line
  pen.lineWidth = 1
  for (const share of [0, 0.5, 1]) {
    const value = low + share * (high - low)
    pen.beginPath()
    pen.moveTo(left, y(value))
    pen.lineTo(width - right, y(value))
    pen.stroke()
    pen.fillStyle = look.ink3
    pen.font = `10.5px ${look.font}`
    pen.textAlign = "right"
    pen.fillText(Number(value.toPrecision(2)).toString(), left - 4, y(value) + 4)
  }
  film.nets.forEach((_, net) => {
    pen.strokeStyle = look.netColour(net)
    const shown = look.shownNets.has(net)
    pen.lineWidth = shown ? 2 : 1
    pen.globalAlpha = shown ? 1 : 0.4
    pen.beginPath()
    for (let moment = 0; moment < film.length; moment++) {
      const value = film.measureAt(name, net, moment)
      if (Number.isFinite(value)) moment ? pen.lineTo(x(moment), y(value)) : pen.moveTo(x(moment), y(value))
    }
    pen.stroke()
  })
  pen.globalAlpha = 1
  pen.strokeStyle = look.cursor
  pen.lineWidth = 1.2
  pen.beginPath()
  pen.moveTo(x(position), 2)
  pen.lineTo(x(position), height - bottom + 2)
  pen.stroke()
  pen.fillStyle = look.ink3
  pen.textAlign = "left"
  pen.fillText(film.momentName(0), left, height - 5)
  pen.textAlign = "right"
  pen.fillText(film.momentName(film.length - 1), width - right, height - 5)
  pen.textAlign = "left"
}
