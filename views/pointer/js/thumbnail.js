// One answer, step after step, again and again.

export function render({model, el}) {
  installTokens(NX_CSS)
  const canvas = element("canvas", {style: "width:100%;height:100%;display:block"})
  el.append(canvas)
  let scene = null
  let start = performance.now()
  let alive = true
  let shown = ""

  function paint(step) {
    const ratio = devicePixelRatio
    const {clientWidth: width, clientHeight: height} = canvas
    canvas.width = width * ratio
    canvas.height = height * ratio
    const pen = canvas.getContext("2d")
    pen.scale(ratio, ratio)
    const token = tokenReader(el)
    drawPlane(pen, width, height, {...scene, n: scene.n}, step, {
      line: "transparent", ink2: "transparent", ink3: token("ink-3"), accent: token("accent"), cursor: token("cursor"), warning: token("warning"),
      good: token("series-4"), polished: token("series-5"), font: token("font"), reference: false, selected: -1, hovered: -1,
    })
  }

  function frame(now) {
    if (!alive) return
    if (scene && canvas.isConnected && !document.hidden) {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches
      const step = still ? scene.n_steps : Math.floor((now - start) / 500) % (scene.n_steps + 4)
      const key = `${step} ${canvas.clientWidth} ${document.documentElement.dataset.theme}`
      if (key !== shown) paint(Math.min(step, scene.n_steps))
      shown = key
    }
    requestAnimationFrame(frame)
  }
  const load = () => {
    scene = readPayload(model.scene)
    start = performance.now()
    shown = ""
  }
  model.on("scene", load)
  model.on("remove", () => { alive = false })
  load()
  requestAnimationFrame(frame)
}
