// The diagram on stage: hover lights an axis, a click locks it or asks about an operation,
// a double click folds a block; zoom, fit and search.

export function render({model, el}) {
  installTokens(NX_CSS)
  installDiagramColours(NX_DIAGRAM_CSS)
  const paper = element("div", {class: "nx-paper", tabindex: "0", "aria-label": "diagram"})
  const zoomText = element("span", {class: "nx-zoom"}, "100 %")
  const search = element("input", {type: "search", placeholder: "Find an axis, value or operation", "aria-label": "Find in the diagram", spellcheck: "false"})
  const button = (label, title, act) => element("button", {type: "button", title, "aria-label": title, onclick: act}, label)
  const tools = element("div", {class: "nx-tools"},
    button("−", "Zoom out", () => setZoom(zoom / 1.2)), zoomText, button("+", "Zoom in", () => setZoom(zoom * 1.2)),
    button("Fit", "Fit the width", () => fit()), button("1:1", "Natural size", () => setZoom(1)),
    button("PNG", "Save the picture in pixels", () => savePng()),
    ...(model.foldable ? [button("Fold all", "Fold every block", () => model.send_msg({kind: "fold", all: true})),
      button("Open all", "Open every block", () => model.send_msg({kind: "fold", all: false}))] : []), search)
  const card = element("div", {class: "nx-card", hidden: true, role: "status"})
  const empty = element("p", {class: "nx-empty"}, "")
  const stage = element("div", {class: "nx-stage"}, tools, element("div", {class: "nx-frame"}, paper, card), empty)
  tools.append(largeButton(stage, () => "the diagram").button)
  el.append(stage)

  let scene = null, svg = null, zoom = 1, chosen = false, locked = null, hovered = null, drawn = false, keeping = 0, byAxis = new Map(), byPath = new Map()

  function setZoom(value, byHand = true) {
    zoom = Math.min(6, Math.max(0.05, value))
    chosen = byHand
    zoomText.textContent = `${Math.round(100 * zoom)} %`
    if (svg) { svg.setAttribute("width", scene.width * zoom); svg.setAttribute("height", scene.height * zoom) }
    if (byHand) keepCamera()
  }
  function fit() {
    if (scene) setZoom(Math.min(1.6, (paper.clientWidth - 4) / scene.width), false)
    keepCamera()
  }
  // Zoom and corner of a picture that was sized by hand; nothing of one that fits the width.
  function seen() {
    if (!chosen) return {}
    return {paper: [zoom, paper.scrollLeft / zoom, paper.scrollTop / zoom, 0].map((v) => Number(v.toFixed(3)))}
  }
  function keepCamera() {
    clearTimeout(keeping)
    keeping = setTimeout(() => { if (scene) model.camera = seen() }, 400)
  }
  function lookFrom() {
    if (!scene || JSON.stringify(model.camera) === JSON.stringify(seen())) return
    const asked = model.camera.paper
    if (!asked) { if (chosen) fit(); return }
    setZoom(asked[0])
    paper.scrollTo(asked[1] * zoom, asked[2] * zoom)
  }
  // Styles come from this page, so they are written into the copy before it becomes pixels.
  function savePng() {
    if (!svg) return
    const copy = svg.cloneNode(true)
    const from = svg.querySelectorAll("*"), to = copy.querySelectorAll("*")
    for (let k = 0; k < from.length; k++) {
      const look = getComputedStyle(from[k])
      for (const name of ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-style", "font-weight"]) to[k].style.setProperty(name, look.getPropertyValue(name))
    }
    copy.setAttribute("width", scene.width); copy.setAttribute("height", scene.height)
    const image = new Image()
    image.onload = () => {
      const canvas = element("canvas")
      canvas.width = 2 * scene.width; canvas.height = 2 * scene.height
      const pen = canvas.getContext("2d")
      pen.scale(2, 2)
      pen.fillStyle = tokenReader(paper)("surface")
      pen.fillRect(0, 0, scene.width, scene.height)
      pen.drawImage(image, 0, 0)
      canvas.toBlob((blob) => {
        const link = element("a", {href: URL.createObjectURL(blob), download: "diagram.png"})
        link.click()
        setTimeout(() => URL.revokeObjectURL(link.href), 10000)
      })
    }
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(copy))
  }
  function index() {
    byAxis = new Map(); byPath = new Map()
    for (const node of svg.children) {
      for (const [map, key] of [[byAxis, node.dataset.axis], [byPath, node.dataset.path]]) {
        if (!key) continue
        if (!map.has(key)) map.set(key, [])
        map.get(key).push(node)
      }
    }
  }
  function draw() {
    if (!model.scene) {
      paper.classList.toggle("nx-stale", svg !== null)
      empty.textContent = svg ? "" : model.note
      return
    }
    const start = performance.now()
    scene = JSON.parse(model.scene)
    svg = drawScene(scene)
    svg.setAttribute("aria-label", model.alt)
    paper.replaceChildren(svg)
    paper.classList.remove("nx-stale")
    empty.textContent = model.note
    index()
    card.hidden = true
    if (!drawn) lookFrom()
    drawn = true
    if (!chosen) fit()
    else setZoom(zoom)
    light(locked ?? hovered)
    globalThis.__nxDiagram = {drawn: (globalThis.__nxDiagram?.drawn ?? 0) + 1, ms: performance.now() - start, marks: scene.marks.length}
  }
  function light(axis) {
    if (!svg) return
    svg.querySelectorAll(".lit").forEach((node) => node.classList.remove("lit"))
    svg.classList.toggle("dim", Boolean(axis))
    for (const node of byAxis.get(axis) ?? []) node.classList.add("lit")
    document.dispatchEvent(new CustomEvent("nx-diagram-axis", {detail: {axis: axis ?? "", from: model.link_id}}))
  }
  // What the pointer rests on stays lit when the picture is drawn anew under it.
  function hover(axis) {
    hovered = axis ?? null
    if (!locked) light(hovered)
  }
  const cards = () => JSON.parse(model.cards || "{}")
  function tell(path, x, y) {
    const about = cards()[path]
    if (!about) { card.hidden = true; return }
    const rows = [...about.costs.map(([name, poly, value]) => [name, `${poly} = ${thousands(value)}`])]
    card.replaceChildren(
      element("h4", {}, about.title),
      element("p", {class: "nx-types"}, `${about.takes.join(", ") || "nothing"} → ${about.gives.join(", ")}`),
      ...rows.map(([name, text]) => element("p", {}, element("b", {}, name + " "), text)),
      ...(about.torch ? [element("pre", {}, about.torch)] : []),
      ...(about.gradient ? [element("p", {}, element("b", {}, "gradient "), about.gradient)] : []),
      ...(about.origin ? [element("p", {class: "nx-quiet"}, about.origin)] : []),
      ...(about.line ? [element("p", {class: "nx-quiet"}, `line ${about.line} of the text`)] : []))
    card.hidden = false
    const frame = card.parentElement.getBoundingClientRect()
    card.style.left = `${Math.max(4, Math.min(x - frame.left + 12, frame.width - card.offsetWidth - 8))}px`
    card.style.top = `${Math.max(4, Math.min(y - frame.top + 12, frame.height - card.offsetHeight - 8))}px`
    document.dispatchEvent(new CustomEvent("nx-diagram-line", {detail: {line: about.line, from: model.link_id}}))
  }
  const owner = (event, key) => event.target instanceof Element ? event.target.closest(`[data-${key}]`)?.dataset[key] : undefined

  paper.addEventListener("pointerover", (event) => hover(owner(event, "axis")))
  paper.addEventListener("pointerleave", () => hover(null))
  paper.addEventListener("click", (event) => {
    const axis = owner(event, "axis"), path = owner(event, "path")
    if (path) {
      tell(path, event.clientX, event.clientY)
      model.send_msg({kind: "pick", path})
      return
    }
    card.hidden = true
    locked = axis && axis !== locked ? axis : null
    light(locked)
  })
  paper.addEventListener("dblclick", (event) => {
    const path = owner(event, "path")
    const blocks = cards()
    let found = path
    while (found && !blocks[found]?.block) found = found.includes("/") ? found.slice(0, found.lastIndexOf("/")) : ""
    if (found && model.foldable) model.send_msg({kind: "toggle", path: found})
    event.preventDefault()
  })
  paper.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    setZoom(zoom * Math.exp(-event.deltaY / 400))
  }, {passive: false})
  search.addEventListener("input", () => {
    const word = search.value.trim().toLowerCase()
    svg?.querySelectorAll(".found").forEach((node) => node.classList.remove("found"))
    if (!word || !svg) return
    const hits = [...svg.children].filter((node) => [node.dataset.axis, node.dataset.path, node.dataset.value, node.textContent]
      .some((text) => (text ?? "").toLowerCase().includes(word)))
    hits.forEach((node) => node.classList.add("found"))
    hits[0]?.scrollIntoView({block: "nearest", inline: "center"})
  })
  paper.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { locked = null; light(null); card.hidden = true }
  })
  const hearLegend = (event) => {
    if (event.detail.from !== model.link_id + "-legend") return
    if (event.detail.lock) locked = event.detail.axis === locked ? null : event.detail.axis
    light(locked ?? event.detail.axis)
  }
  document.addEventListener("nx-diagram-legend", hearLegend)
  const watch = new ResizeObserver(() => { if (!chosen) fit() })
  watch.observe(paper)
  paper.addEventListener("scroll", keepCamera)
  model.on("camera", lookFrom)
  model.on("scene", draw)
  model.on("note", () => { empty.textContent = model.note })
  model.on("remove", () => { clearTimeout(keeping); watch.disconnect(); document.removeEventListener("nx-diagram-legend", hearLegend) })
  draw()
}
