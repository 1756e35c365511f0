// A board as it is believed in at one step: digits, small bars of belief, and how loud peers are.

// The square that holds the board, and the side of a cell.
function boardFrame(width, height, n) {
  const side = Math.max(40, Math.min(width, height) - 4)
  return {left: (width - side) / 2, top: (height - side) / 2, side, cell: side / n}
}

function boardCell(frame, n, x, y) {
  const column = Math.floor((x - frame.left) / frame.cell)
  const row = Math.floor((y - frame.top) / frame.cell)
  return row >= 0 && column >= 0 && row < n && column < n ? row * n + column : -1
}

function believed(scene, step, cell) {
  const {n, belief} = scene
  const from = (step * n * n + cell) * n
  let best = 0
  for (let d = 1; d < n; d++) if (belief[from + d] > belief[from + best]) best = d
  return {digit: best + 1, share: belief[from + best], from}
}

// Peers of a cell with the loudness of their messages, as a share of the loudest on this board.
function peersOf(scene, step, cell) {
  const {n_peers: k, peers, loudness, loudest} = scene
  const from = (step * scene.n * scene.n + cell) * k
  return Array.from({length: k}, (_, j) => ({peer: peers[cell * k + j], loud: loudest > 0 ? loudness[from + j] / loudest : 0}))
}

function cellCentre(frame, n, cell) {
  return [frame.left + (cell % n + 0.5) * frame.cell, frame.top + (Math.floor(cell / n) + 0.5) * frame.cell]
}

function drawLoud(pen, frame, scene, step, look) {
  if (look.focus < 0) return
  for (const {peer, loud} of peersOf(scene, step, look.focus)) {
    const [x, y] = cellCentre(frame, scene.n, peer)
    pen.globalAlpha = 0.08 + 0.42 * loud
    pen.fillStyle = look.cursor
    pen.fillRect(x - frame.cell / 2, y - frame.cell / 2, frame.cell, frame.cell)
  }
  pen.globalAlpha = 1
}

function drawBars(pen, frame, scene, from, x, y, look) {
  const {n, belief} = scene
  const {cell} = frame
  const width = 0.84 * cell / n
  const floor = y + 0.95 * cell
  pen.fillStyle = look.line
  pen.fillRect(x + 0.08 * cell, floor, 0.84 * cell, 0.8)
  pen.fillStyle = look.bar
  for (let d = 0; d < n; d++) {
    const high = 0.27 * cell * belief[from + d]
    pen.fillRect(x + 0.08 * cell + d * width + 0.12 * width, floor - high, 0.76 * width, high)
  }
}

function drawDigit(pen, frame, scene, step, cell, x, y, look) {
  const {givens, answer, right_from: since, faults} = scene
  const size = frame.cell
  if (givens[cell]) {
    pen.fillStyle = faults.includes(cell) ? look.warning : look.ink
    pen.font = `600 ${0.5 * size}px ${look.font}`
    pen.fillText(String(givens[cell]), x + size / 2, y + 0.62 * size)
    return
  }
  const {digit, share, from} = believed(scene, step, cell)
  drawBars(pen, frame, scene, from, x, y, look)
  if (!step) return
  const wrong = answer[cell] > 0 && digit !== answer[cell]
  pen.globalAlpha = 0.25 + 0.75 * share
  pen.fillStyle = wrong ? look.warning : look.accent
  pen.font = `${0.42 * size}px ${look.font}`
  pen.fillText(String(digit), x + size / 2, y + 0.53 * size)
  pen.globalAlpha = 1
  if (wrong) {
    pen.strokeStyle = look.warning
    pen.lineWidth = 1.5
    pen.beginPath()
    pen.moveTo(x + 0.32 * size, y + 0.56 * size)
    pen.lineTo(x + 0.68 * size, y + 0.22 * size)
    pen.stroke()
  }
  if (since[cell] >= 0 && since[cell] <= step && size >= 30) {
    pen.fillStyle = look.ink3
    pen.font = `${Math.max(8, 0.15 * size)}px ${look.font}`
    pen.textAlign = "right"
    pen.fillText(String(since[cell]), x + 0.93 * size, y + 0.2 * size)
    pen.textAlign = "center"
  }
}

function drawLines(pen, frame, scene, look) {
  const {n, box_rows: rows, box_columns: columns} = scene
  const {left, top, side, cell} = frame
  for (let k = 0; k <= n; k++) {
    for (const [every, down] of [[columns, true], [rows, false]]) {
      const thick = k % every === 0
      pen.strokeStyle = thick ? look.ink2 : look.lineStrong
      pen.lineWidth = thick ? 2 : 0.8
      pen.beginPath()
      pen.moveTo(...(down ? [left + k * cell, top] : [left, top + k * cell]))
      pen.lineTo(...(down ? [left + k * cell, top + side] : [left + side, top + k * cell]))
      pen.stroke()
    }
  }
}

function drawBoard(pen, width, height, scene, step, look) {
  const {n, givens, faults} = scene
  const frame = boardFrame(width, height, n)
  const {cell} = frame
  pen.textAlign = "center"
  for (let k = 0; k < n * n; k++) {
    const [x, y] = cellCentre(frame, n, k)
    if (!givens[k] && !faults.includes(k)) continue
    pen.fillStyle = faults.includes(k) ? look.warningGround : look.sunken
    pen.fillRect(x - cell / 2, y - cell / 2, cell, cell)
  }
  drawLoud(pen, frame, scene, step, look)
  for (let k = 0; k < n * n; k++) {
    const [x, y] = cellCentre(frame, n, k)
    drawDigit(pen, frame, scene, step, k, x - cell / 2, y - cell / 2, look)
  }
  drawLines(pen, frame, scene, look)
  if (look.focus >= 0) {
    const [x, y] = cellCentre(frame, n, look.focus)
    pen.strokeStyle = look.cursor
    pen.lineWidth = 2.5
    pen.strokeRect(x - cell / 2 + 1.5, y - cell / 2 + 1.5, cell - 3, cell - 3)
  }
}

// The belief of one cell over all steps, a line per digit.
function drawCourse(pen, width, height, scene, step, look) {
  const {n, belief, n_steps: steps} = scene
  const cell = look.focus
  const [left, right, top, bottom] = [42, 26, 8, 30]
  const x = (s) => left + (width - left - right) * (steps ? s / steps : 0)
  const y = (share) => height - bottom - (height - top - bottom) * share
  pen.font = `11px ${look.font}`
  pen.fillStyle = look.ink3
  pen.strokeStyle = look.line
  pen.lineWidth = 1
  for (const share of [0, 0.5, 1]) {
    pen.beginPath()
    pen.moveTo(left, y(share))
    pen.lineTo(width - right, y(share))
    pen.stroke()
    pen.textAlign = "right"
    pen.fillText(`${100 * share} %`, left - 4, y(share) + 4)
  }
  pen.textAlign = "center"
  for (const s of new Set([0, Math.round(steps / 2), steps])) pen.fillText(String(s), x(s), height - bottom + 14)
  pen.fillText("step", (left + width - right) / 2, height - 3)
  pen.strokeStyle = look.cursor
  pen.beginPath()
  pen.moveTo(x(step), top)
  pen.lineTo(x(step), height - bottom)
  pen.stroke()
  if (cell < 0) return
  const ends = []
  for (let d = 0; d < n; d++) {
    const at = (s) => belief[(s * n * n + cell) * n + d]
    pen.strokeStyle = pen.fillStyle = look.series[d % look.series.length]
    pen.lineWidth = scene.answer[cell] === d + 1 ? 2.6 : 1.3
    pen.beginPath()
    pen.moveTo(x(0), y(at(0)))
    for (let s = 1; s <= steps; s++) pen.lineTo(x(s), y(at(s)))
    pen.stroke()
    if (at(steps) < 0.04) continue
    // Names that would lie on each other stand beside each other.
    const shift = ends.filter((end) => Math.abs(end - y(at(steps))) < 10).length
    ends.push(y(at(steps)))
    pen.textAlign = "left"
    pen.fillText(String(d + 1), width - right + 3 + 8 * Math.min(shift, 2), y(at(steps)) + 4)
  }
}
