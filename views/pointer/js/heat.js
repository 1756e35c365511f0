// The pointer heat map: a row per step, a column per point and one for stopping.

const HEAT_MARGIN = {left: 34, right: 46, top: 6, bottom: 26}

function heatFrame(width, height, scene) {
  const inner = {width: width - HEAT_MARGIN.left - HEAT_MARGIN.right, height: height - HEAT_MARGIN.top - HEAT_MARGIN.bottom}
  return {...HEAT_MARGIN, ...inner, cell: [inner.width / (scene.n + 1), Math.min(34, inner.height / Math.max(1, scene.n_steps))]}
}

function heatCell(frame, scene, left, top) {
  const column = Math.floor((left - frame.left) / frame.cell[0])
  const row = Math.floor((top - frame.top) / frame.cell[1])
  const inside = column >= 0 && column <= scene.n && row >= 0 && row < scene.n_steps
  return inside ? {column, row} : null
}

// Points are ordered by when they are chosen, so that a sure network draws a diagonal.
function heatOrder(scene) {
  const seen = new Set()
  const order = []
  for (const i of [...scene.choices, ...scene.targets, ...Array(scene.n).keys()]) {
    if (i >= 0 && i < scene.n && !seen.has(i)) {
      seen.add(i)
      order.push(i)
    }
  }
  return [...order, scene.n]
}

function drawHeat(pen, width, height, scene, step, look) {
  const frame = heatFrame(width, height, scene)
  const [w, h] = frame.cell
  const columnOf = new Map(scene.order.map((point, column) => [point, column]))
  for (let row = 0; row < scene.n_steps; row++) {
    scene.order.forEach((point, column) => {
      pen.fillStyle = viridis(scene.probability[row * (scene.n + 1) + point])
      pen.fillRect(frame.left + column * w, frame.top + row * h, w + 0.5, h + 0.5)
    })
  }
  markChoices(pen, frame, scene, columnOf, look)
  if (step < scene.n_steps) outline(pen, frame.left, frame.top + step * h, w * (scene.n + 1), h, look.cursor, 2)
  if (look.hovered >= 0) outline(pen, frame.left + columnOf.get(look.hovered) * w, frame.top, w, h * scene.n_steps, look.ink2, 1)
  heatAxes(pen, frame, scene, look)
  heatKey(pen, frame, width, look)
}

function markChoices(pen, frame, scene, columnOf, look) {
  const [w, h] = frame.cell
  if (Math.min(w, h) < 5) return
  const size = Math.min(w, h) * 0.3
  for (let row = 0; row < scene.n_steps; row++) {
    const middle = frame.top + (row + 0.5) * h
    const at = (point) => frame.left + (columnOf.get(point) + 0.5) * w
    disc(pen, at(scene.choices[row]), middle, Math.max(1.5, size * 0.7), look.cursor)
    const target = scene.targets[row]
    if (target !== undefined && target >= 0) outline(pen, at(target) - size, middle - size, 2 * size, 2 * size, look.teacher, 1.2)
  }
}

function outline(pen, x, y, width, height, colour, thickness) {
  pen.strokeStyle = colour
  pen.lineWidth = thickness
  pen.strokeRect(x, y, width, height)
}

function heatAxes(pen, frame, scene, look) {
  const [w, h] = frame.cell
  pen.fillStyle = look.ink2
  pen.font = `10.5px ${look.font}`
  pen.textAlign = "center"
  const every = Math.ceil(18 / w)
  const bottom = frame.top + h * scene.n_steps + 12
  scene.order.forEach((point, column) => {
    if (point === scene.n) pen.fillText("stop", frame.left + (column + 0.5) * w + (w < 14 ? 10 : 0), bottom)
    else if (column % every === 0 && column < scene.n - (w < 14 ? 2 : 0)) pen.fillText(String(point), frame.left + (column + 0.5) * w, bottom)
  })
  pen.fillText("point, in the order of choice", frame.left + frame.width / 2, bottom + 13)
  pen.textAlign = "right"
  const rows = Math.ceil(16 / h)
  for (let row = 0; row < scene.n_steps; row += rows) pen.fillText(String(row), frame.left - 5, frame.top + (row + 0.5) * h + 4)
}

function heatKey(pen, frame, width, look) {
  const left = width - HEAT_MARGIN.right + 12
  const height = Math.min(120, frame.height)
  for (let k = 0; k < 40; k++) {
    pen.fillStyle = viridis(1 - k / 39)
    pen.fillRect(left, frame.top + (k * height) / 40, 9, height / 40 + 0.6)
  }
  pen.fillStyle = look.ink2
  pen.textAlign = "left"
  pen.fillText("1", left + 12, frame.top + 9)
  pen.fillText("0", left + 12, frame.top + height)
}
