// The worm's wiring, turning its attention from neuron to neuron.

export function render({model, el}) {
  installTokens(NX_CSS)
  const canvas = element("canvas", {style: "width:100%;height:100%;display:block", role: "img", "aria-label": "The wiring of the worm"})
  el.append(canvas)
  let data = null
  let shown = 0
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
  const paint = () => {
    const [pen, width, height] = sizedPen(canvas)
    if (!data || !width) return
    const look = lookOf(el)
    const xy = data.drawing.layouts.force
    const at = (k) => [10 + xy[2 * k] * (width - 20), 8 + (1 - xy[2 * k + 1]) * (height - 16)]
    pen.strokeStyle = look.ink2
    pen.lineWidth = 0.5
    pen.globalAlpha = 0.12
    pen.beginPath()
    for (const e of data.drawn) { pen.moveTo(...at(data.pre[e])); pen.lineTo(...at(data.post[e])) }
    pen.stroke()
    const chosen = data.hubs[shown % data.hubs.length]
    pen.globalAlpha = 0.7
    for (const [edges, colour] of [[data.into[chosen], look.series[1]], [data.out[chosen], look.series[0]]]) {
      pen.strokeStyle = colour
      pen.lineWidth = 1
      pen.beginPath()
      for (const e of edges) { pen.moveTo(...at(data.pre[e])); pen.lineTo(...at(data.post[e])) }
      pen.stroke()
    }
    pen.globalAlpha = 1
    const {colours} = data.paints("role", look, null)
    for (let k = 0; k < data.n; k++) {
      pen.fillStyle = colours[k]
      pen.beginPath()
      pen.arc(...at(k), k === chosen ? 4.5 : 1.9, 0, 2 * Math.PI)
      pen.fill()
    }
    pen.fillStyle = look.ink
    pen.font = `600 11px ${look.font}`
    pen.fillText(data.neurons[chosen], at(chosen)[0] + 7, at(chosen)[1] - 5)
  }
  const load = () => {
    const wiring = readPayload(model.wiring)
    const drawing = readPayload(model.drawing)
    if (!wiring || !drawing) return
    data = new WiringData(wiring)
    data.drawing = {layouts: {force: drawing["layout force"]}, orders: {}, community: drawing.community}
    const total = (k) => data.in_degree[k] + data.out_degree[k]
    data.hubs = Array.from({length: data.n}, (_, k) => k).sort((a, b) => total(b) - total(a)).slice(0, 12)
    paint()
  }
  model.on("wiring", load)
  model.on("drawing", load)
  const timer = calm ? null : setInterval(() => { shown += 1; paint() }, 2500)
  const resized = new ResizeObserver(paint)
  resized.observe(canvas)
  const untheme = onThemeChange(paint)
  model.on("remove", () => { clearInterval(timer); resized.disconnect(); untheme() })
  load()
}
