// A diagram that shows where each of its axes goes, one after the other.

const LIT_MS = 1400

export function render({model, el}) {
  installTokens(NX_CSS)
  installDiagramColours(NX_DIAGRAM_CSS)
  const box = element("div", {class: "nx-mini", role: "img", "aria-label": "The diagram of multi-head attention"})
  el.append(box)
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
  let turn = 0
  const light = () => {
    const svg = box.querySelector("svg")
    if (!svg) return
    const axes = [...new Set([...svg.querySelectorAll("[data-axis]")].map((node) => node.dataset.axis))].filter(Boolean)
    const axis = axes[turn++ % axes.length]
    svg.classList.add("dim")
    svg.querySelectorAll("[data-axis]").forEach((node) => node.classList.toggle("lit", node.dataset.axis === axis))
  }
  const draw = () => {
    box.replaceChildren(...(model.scene ? [drawScene(JSON.parse(model.scene))] : []))
    if (!calm) light()
  }
  model.on("scene", draw)
  draw()
  const timer = calm ? 0 : setInterval(light, LIT_MS)
  model.on("remove", () => clearInterval(timer))
}
