// What the encoder's heads look at: a small map per head, a row of maps per layer.

const HEADS = {left: 52, right: 46, top: 16, gap: 6}

function headsFrame(width, scene) {
  const pitch = Math.max(20, Math.min(120, (width - HEADS.left - HEADS.right) / Math.max(1, scene.n_heads)))
  return {...HEADS, pitch, side: pitch - HEADS.gap, height: HEADS.top + pitch * scene.n_layers + 18}
}

// The head under a place, and the point whose row it is.
function headAt(frame, scene, left, top) {
  const [column, row] = [(left - frame.left) / frame.pitch, (top - frame.top) / frame.pitch]
  const [head, layer] = [Math.floor(column), Math.floor(row)]
  if (head < 0 || head >= scene.n_heads || layer < 0 || layer >= scene.n_layers) return null
  const place = Math.floor(((row - layer) * frame.pitch) / frame.side * scene.n)
  return {head: layer * scene.n_heads + head, point: place < scene.n ? scene.order[place] : -1}
}

// One picture of all maps, in the order of choice; kept, since it changes only with the answer.
function headImages(scene) {
  if (scene.images) return scene.images
  const {n} = scene
  scene.highest = scene.maps.reduce((most, value) => Math.max(most, value), 1e-9)
  scene.images = Array.from({length: scene.n_layers * scene.n_heads}, (_, head) => {
    const canvas = element("canvas")
    canvas.width = canvas.height = n
    const pen = canvas.getContext("2d")
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        pen.fillStyle = viridis(attention(scene, head, scene.order[row], scene.order[column]) / scene.highest)
        pen.fillRect(column, row, 1, 1)
      }
    }
    return canvas
  })
  return scene.images
}

function drawHeads(pen, width, height, scene, _step, look) {
  const frame = headsFrame(width, scene)
  const {side, pitch, left, top} = frame
  pen.imageSmoothingEnabled = false
  pen.font = `10.5px ${look.font}`
  headImages(scene).forEach((image, head) => {
    const [x, y] = [left + (head % scene.n_heads) * pitch, top + Math.floor(head / scene.n_heads) * pitch]
    pen.drawImage(image, x, y, side, side)
    if (head === look.head) outline(pen, x - 1.5, y - 1.5, side + 3, side + 3, look.cursor, 2)
    const place = scene.order.indexOf(look.focus)
    if (look.focus >= 0 && place >= 0) outline(pen, x, y + (place * side) / scene.n, side, side / scene.n, look.cursor, 1)
  })
  pen.fillStyle = look.ink2
  pen.textAlign = "center"
  for (let head = 0; head < scene.n_heads; head++) pen.fillText(`head ${head + 1}`, left + head * pitch + side / 2, top - 5)
  pen.textAlign = "right"
  for (let layer = 0; layer < scene.n_layers; layer++) pen.fillText(`layer ${layer + 1}`, left - 8, top + layer * pitch + side / 2 + 4)
  pen.textAlign = "left"
  pen.fillText("rows look, columns are looked at, both in the order of choice", left, frame.height - 6)
  headsKey(pen, left + scene.n_heads * pitch + 4, top, Math.min(120, side * scene.n_layers), scene.highest, look)
}

function headsKey(pen, left, top, tall, highest, look) {
  for (let k = 0; k < 40; k++) {
    pen.fillStyle = viridis(1 - k / 39)
    pen.fillRect(left, top + (k * tall) / 40, 9, tall / 40 + 0.6)
  }
  pen.fillStyle = look.ink2
  pen.fillText(highest.toFixed(2), left + 12, top + 9)
  pen.fillText("0", left + 12, top + tall)
}

function headInWords(scene, look) {
  if (look.head < 0 || look.head >= scene.n_layers * scene.n_heads) return "click a head to see it on the plane"
  const name = `layer ${Math.floor(look.head / scene.n_heads) + 1}, head ${(look.head % scene.n_heads) + 1}`
  if (look.focus < 0 || look.focus >= scene.n) return `${name}: hover or select a point`
  const most = Array.from({length: scene.n}, (_, i) => [attention(scene, look.head, look.focus, i), i]).sort((a, b) => b[0] - a[0]).slice(0, 3)
  return `${name}: point ${look.focus} looks at ${most.map(([share, i]) => `${i} (${share.toFixed(2)})`).join(", ")}`
}
