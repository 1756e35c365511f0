// Ways of single cells and the span of a livelock, drawn over position through time.

const FROZEN_PATHS_MAX = 24

// Steps and positions of one cell: where it is from each step on, the start included.
function cellPath(lane, id) {
  lane.paths ??= new Map()
  if (lane.paths.has(id)) return lane.paths.get(id)
  const steps = [0]
  const positions = [id]
  const note = (step, position) => {
    steps.push(step)
    positions.push(position)
  }
  if (lane.sampled) {
    for (let frame = 0; frame < lane.frame_swaps.length; frame++) {
      note(lane.frame_swaps[frame], lane.frames.subarray(frame * lane.n, (frame + 1) * lane.n).indexOf(id))
    }
  } else {
    let position = id
    for (let k = 0; k < lane.left.length; k++) {
      const right = lane.rightOf(k)
      if (position === lane.left[k]) note(k + 1, (position = right))
      else if (position === right) note(k + 1, (position = lane.left[k]))
    }
  }
  lane.paths.set(id, {steps, positions})
  return lane.paths.get(id)
}

// [cell, first step, last step] of every stretch of time in which a cell is frozen.
function frozenStretches(lane) {
  const since = new Map()
  const stretches = []
  lane.frozen.forEach((frozen, id) => { if (frozen) since.set(id, 0) })
  for (const edit of lane.edits ?? []) {
    if (edit.frozen === undefined) continue
    if (edit.frozen && !since.has(edit.cell)) since.set(edit.cell, edit.at_swap)
    if (edit.frozen || !since.has(edit.cell)) continue
    stretches.push([edit.cell, since.get(edit.cell), edit.at_swap])
    since.delete(edit.cell)
  }
  for (const [id, from] of since) stretches.push([id, from, lane.n_swaps])
  return stretches.slice(0, FROZEN_PATHS_MAX)
}

// Points of a way in pixels; within one pixel column only the ends and the extremes are kept.
function pathPoints(path, [from, to], xOf, yOf) {
  const points = []
  const first = Math.max(0, upperBound(path.steps, from) - 1)
  const last = upperBound(path.steps, to)
  let column = null
  const flush = () => {
    if (!column) return
    for (const y of [column.low, column.high, column.last]) points.push([column.x, y])
    column = null
  }
  points.push([xOf(from), yOf(path.positions[first])])
  for (let i = first + 1; i < last; i++) {
    const x = xOf(path.steps[i])
    const y = yOf(path.positions[i])
    if (column && x - column.x < 0.5) {
      column.low = Math.min(column.low, y)
      column.high = Math.max(column.high, y)
      column.last = y
      continue
    }
    const before = column ? column.last : points.at(-1)[1]
    flush()
    points.push([x, before])
    column = {x, low: y, high: y, last: y}
  }
  flush()
  points.push([xOf(to), points.at(-1)[1]])
  return points
}

function strokePoints(pen, points, strokes) {
  for (const [colour, width] of strokes) {
    pen.beginPath()
    points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)))
    pen.strokeStyle = colour
    pen.lineWidth = width
    pen.stroke()
  }
}

// The ways of frozen cells, of the selected cell, and under them where a livelock goes round.
function drawPaths(pen, width, height, lane, clock, look) {
  if (!lane.n || lane.live) return
  const xOf = (step) => (lane.positionOf(step, clock.unit, clock.length) / Math.max(1, clock.length)) * width
  const yOf = (position) => ((position + 0.5) / lane.n) * height
  for (const [id, from, to] of frozenStretches(lane)) {
    strokePoints(pen, pathPoints(cellPath(lane, id), [from, to], xOf, yOf), [[look.ground, 3], [look.ink2, 1.25]])
  }
  if (look.selected >= 0 && look.selected < lane.n) {
    strokePoints(pen, pathPoints(cellPath(lane, look.selected), [0, lane.n_swaps], xOf, yOf), [[look.ground, 4], [look.cursor, 2]])
  }
  if (lane.cycle) {
    const [since, , end] = lane.cycle
    const left = Math.min(xOf(since), width - 4)
    pen.fillStyle = look.ground
    pen.fillRect(left - 1, height - 6, width, 6)
    pen.fillStyle = look.warning
    pen.fillRect(left, height - 5, Math.max(4, xOf(end) - left), 5)
  }
}

function pathLegend(lane, selected) {
  const parts = []
  if (selected >= 0 && selected < lane.n) parts.push(`line = cell ${selected}`)
  if (frozenStretches(lane).length) parts.push("thin lines = frozen cells")
  if (lane.cycle) parts.push("bar below = livelock")
  return parts.map((part) => `, ${part}`).join("")
}
