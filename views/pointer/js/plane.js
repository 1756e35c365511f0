// The plane: points, the reference, the answer so far, and where the pointer looks.

const VIRIDIS = [[68, 1, 84], [72, 35, 116], [64, 67, 135], [52, 94, 141], [41, 120, 142], [32, 144, 140],
  [34, 167, 132], [68, 190, 112], [121, 209, 81], [189, 222, 38], [253, 231, 36]]
const VIRIDIS_HEX = Array.from({length: 256}, (_, i) => {
  const at = (i / 255) * (VIRIDIS.length - 1)
  const low = Math.min(VIRIDIS.length - 2, Math.floor(at))
  const mixed = VIRIDIS[low].map((v, k) => Math.round(v + (at - low) * (VIRIDIS[low + 1][k] - v)))
  return "#" + mixed.map((v) => v.toString(16).padStart(2, "0")).join("")
})

function viridis(share) {
  return VIRIDIS_HEX[Math.round(255 * Math.max(0, Math.min(1, share)))]
}

// Where the unit square lies in a picture, y upwards.
function planeFrame(width, height) {
  const side = Math.max(10, Math.min(width, height) - 28)
  return {left: (width - side) / 2, top: Math.min(16, (height - side) / 2), side}
}

function toPixel(frame, x, y) {
  return [frame.left + x * frame.side, frame.top + (1 - y) * frame.side]
}

function toUnit(frame, left, top) {
  const clip = (v) => Math.max(0, Math.min(1, v))
  return [clip((left - frame.left) / frame.side), clip(1 - (top - frame.top) / frame.side)]
}

function line(pen, places, {colour, width, dashes = 0}) {
  if (places.length < 2) return
  pen.strokeStyle = colour
  pen.lineWidth = width
  pen.beginPath()
  for (let k = 0; k + 1 < places.length; k++) dashed(pen, places[k], places[k + 1], dashes)
  pen.stroke()
}

// Dashes drawn by hand, so that the saved SVG has them too.
function dashed(pen, [x0, y0], [x1, y1], dash) {
  const length = Math.hypot(x1 - x0, y1 - y0)
  if (!dash || length < dash) {
    pen.moveTo(x0, y0)
    pen.lineTo(x1, y1)
    return
  }
  const n = Math.max(1, Math.round(length / (2 * dash)))
  for (let k = 0; k < n; k++) {
    const at = (share) => [x0 + share * (x1 - x0), y0 + share * (y1 - y0)]
    pen.moveTo(...at(k / n))
    pen.lineTo(...at((k + 0.55) / n))
  }
}

// The lines of an answer: one closed or open line, or triangles.
function answerLines(drawing, answer, {open}) {
  const list = Array.from(answer)
  if (drawing === "triangles") {
    const found = []
    for (let k = 0; k < list.length; k += 3) {
      const corners = list.slice(k, k + 3)
      found.push(corners.length === 3 ? [...corners, corners[0]] : corners)
    }
    return found
  }
  const closed = drawing === "polygon" && !open && list.length > 2
  return [closed ? [...list, list[0]] : list]
}

function drawPlane(pen, width, height, scene, step, look) {
  const frame = planeFrame(width, height)
  const {n, points, n_steps} = scene
  const place = (i) => toPixel(frame, points[2 * i], points[2 * i + 1])
  pen.strokeStyle = look.line
  pen.lineWidth = 1
  pen.strokeRect(frame.left - 8, frame.top - 8, frame.side + 16, frame.side + 16)
  const lines = (answer, open, style) => {
    for (const indices of answerLines(scene.drawing, answer, {open})) line(pen, indices.map(place), style)
  }
  if (look.reference) lines(scene.reference, false, {colour: look.good, width: 5})
  const ended = step >= n_steps
  const made = ended ? scene.answer : scene.choices.subarray(0, step).filter((i) => i < n)
  const colour = scene.wrong.length || scene.violated.length ? look.warning : look.accent
  if (scene.polished.length && ended) lines(scene.polished, false, {colour: look.polished, width: 2, dashes: 5})
  lines(made, !ended, {colour, width: 2})
  drawLooks(pen, place, scene, look)
  const wrong = new Set(scene.wrong)
  const chosen = new Set(made)
  for (let i = 0; i < n; i++) drawPoint(pen, place(i), i, {scene, step, ended, wrong, chosen, look})
  const last = made[made.length - 1]
  if (!ended && last !== undefined) ring(pen, place(last), 11, look.cursor, 2)
  if (look.selected >= 0 && look.selected < n) ring(pen, place(look.selected), 14, look.cursor, 1.5)
  if (look.hovered >= 0 && look.hovered < n) ring(pen, place(look.hovered), 16, look.ink2, 1)
}

// What the point in focus looks at, a line for each point, stronger where it looks more.
function drawLooks(pen, place, scene, look) {
  if (!scene.n_layers || look.head < 0 || look.focus < 0 || look.focus >= scene.n || look.head >= scene.n_layers * scene.n_heads) return
  const shares = Array.from({length: scene.n}, (_, i) => attention(scene, look.head, look.focus, i))
  const most = Math.max(1e-9, ...shares)
  shares.forEach((share, i) => {
    pen.globalAlpha = share / most
    if (i === look.focus) ring(pen, place(i), 9, look.cursor, 4 * Math.sqrt(share))
    else line(pen, [place(look.focus), place(i)], {colour: look.cursor, width: 0.5 + 5 * share})
  })
  pen.globalAlpha = 1
}

function attention(scene, head, looking, looked) {
  return scene.maps[(head * scene.n + looking) * scene.n + looked]
}

function drawPoint(pen, [x, y], i, {scene, step, ended, wrong, chosen, look}) {
  const small = scene.n > 150 ? 0.5 : 1
  if (!ended) {
    const share = scene.probability[step * (scene.n + 1) + i]
    disc(pen, x, y, small * (3.5 + 13 * Math.sqrt(share)), viridis(Math.sqrt(share)))
    ring(pen, [x, y], small * (3.5 + 13 * Math.sqrt(share)), look.ink3, 0.6)
  } else disc(pen, x, y, small * 5, wrong.has(i) ? look.warning : chosen.has(i) ? look.accent : look.ink3)
  if (scene.n <= 30) {
    pen.fillStyle = look.ink2
    pen.font = `10.5px ${look.font}`
    pen.textAlign = "left"
    pen.fillText(String(i), x + 8, y - 7)
  }
}

function disc(pen, x, y, radius, colour) {
  pen.fillStyle = colour
  pen.beginPath()
  pen.arc(x, y, radius, 0, 2 * Math.PI)
  pen.fill()
}

function ring(pen, [x, y], radius, colour, width) {
  pen.strokeStyle = colour
  pen.lineWidth = width
  pen.beginPath()
  pen.arc(x, y, radius, 0, 2 * Math.PI)
  pen.stroke()
}
