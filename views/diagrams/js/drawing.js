// A scene of marks as SVG elements, made one by one: text stays text.

const SVG_NS = "http://www.w3.org/2000/svg"
const SHAPES = new Set(["path", "rect", "circle", "polygon"])

function installDiagramColours(css) {
  if (document.getElementById("nx-diagram-colours")) return
  const style = document.createElement("style")
  style.id = "nx-diagram-colours"
  style.textContent = css
  document.head.append(style)
}

function svgElement(tag, attributes = {}) {
  const made = document.createElementNS(SVG_NS, tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}

function textRuns(node, runs) {
  const shift = {sub: 0.28, sup: -0.38}
  let at = 0
  for (const [text, where] of runs) {
    if (!text) continue
    const wanted = shift[where] ?? 0
    if (wanted === at && !where) { node.append(text); continue }
    const span = svgElement("tspan", where ? {dy: `${((wanted - at) / 0.68).toFixed(2)}em`, "font-size": "68%"} : {dy: `${(wanted - at).toFixed(2)}em`})
    span.textContent = text
    node.append(span)
    at = wanted
  }
}

// marks are [tag, role, shape, runs, axis, value, path]
function markElement([tag, role, shape, runs, axis, value, path]) {
  let made
  if (tag === "text") {
    made = svgElement("text", {class: role, x: shape.x, y: shape.y, "text-anchor": shape.anchor})
    textRuns(made, runs)
  } else if (SHAPES.has(tag)) {
    made = svgElement(tag, {...shape, class: role})
  } else return null
  if (axis) made.dataset.axis = axis
  if (value) made.dataset.value = value
  if (path) made.dataset.path = path
  return made
}

function drawScene(scene) {
  const svg = svgElement("svg", {viewBox: `0 0 ${scene.width} ${scene.height}`, width: scene.width, height: scene.height, role: "img"})
  const made = document.createDocumentFragment()
  for (const mark of scene.marks) {
    const node = markElement(mark)
    if (node) made.append(node)
  }
  svg.append(made)
  return svg
}
