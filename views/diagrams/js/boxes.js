// Boxes in frames and the wires between them; a wire is pressed to cut or mend it.

const BOX_SVG = "http://www.w3.org/2000/svg"

function boxShape(tag, attributes, text) {
  const made = document.createElementNS(BOX_SVG, tag)
  for (const [name, value] of Object.entries(attributes)) if (value != null) made.setAttribute(name, value)
  if (text !== undefined) made.textContent = text
  return made
}

function boxDrawn(box) {
  const {x, y, wide, high, name, frame, ports} = box
  const group = boxShape("g", {class: frame ? "nx-frame" : "nx-box"})
  group.append(boxShape("rect", {x, y, width: wide, height: high, rx: 8}))
  const title = boxShape("text", {x: x + 10, y: y + 17, class: "nx-boxname"}, name)
  if (box.of) title.append(boxShape("tspan", {class: "nx-of", dx: 5}, box.of))
  group.append(title)
  for (const [port, px, py, side] of ports) {
    const anchor = side === "in" ? "start" : "end"
    group.append(boxShape("circle", {cx: px, cy: py, r: 2.5}))
    // In a frame the wire goes on inside, and the name stands over it.
    group.append(boxShape("text", {x: px + (side === "in" ? 7 : -7), y: py + (frame ? -5 : 4), "text-anchor": anchor, class: "nx-port"}, port))
  }
  return group
}

function wireDrawn({key, d, tip: [x, y], kind, cut, said}, press) {
  const label = `${cut ? "Mend" : "Cut"} ${said}`
  const group = boxShape("g", {class: cut ? "nx-wire nx-cut" : "nx-wire", role: "button", tabindex: "0", "aria-pressed": String(cut), "aria-label": label})
  group.style.color = `var(--nx-series-${kind % 8})`
  group.append(boxShape("title", {}, label), boxShape("path", {d, class: "nx-hit"}), boxShape("path", {d, class: "nx-path"}), boxShape("path", {d: `M${x} ${y}l-7 -4v8z`, fill: "currentColor"}))
  group.addEventListener("click", () => press(key))
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return
    event.preventDefault()
    press(key)
  })
  return group
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const paper = element("div", {class: "nx-boxes"})
  const legend = element("p", {class: "nx-kinds"})
  const note = element("p", {class: "nx-note", role: "status"})
  el.append(paper, legend, note)
  const press = (key) => model.send_msg({kind: "press", key})
  const show = () => {
    const {boxes, wires, kinds, width, height} = model.scene
    note.textContent = model.note
    if (!boxes) return
    const focused = paper.getRootNode().activeElement?.getAttribute?.("data-key")
    const svg = boxShape("svg", {viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": model.alt})
    svg.style.maxWidth = `${Math.max(1.25 * width, 320)}px`
    svg.append(...boxes.map(boxDrawn), ...wires.map((wire) => {
      const made = wireDrawn(wire, press)
      made.setAttribute("data-key", wire.key)
      return made
    }))
    paper.replaceChildren(svg)
    legend.replaceChildren(...kinds.map((kind, k) => element("span", {}, element("i", {style: `background:var(--nx-series-${k % 8})`}), kind)))
    if (focused) [...svg.querySelectorAll("[data-key]")].find((one) => one.getAttribute("data-key") === focused)?.focus()
  }
  model.on("scene", show)
  model.on("note", show)
  show()
}
