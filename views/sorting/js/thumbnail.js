// One array that sorts itself, waits, and begins again.

export function render({model, el}) {
  installTokens(NX_CSS)
  const canvas = element("canvas", {style: "width:100%;height:100%;display:block"})
  el.append(canvas)
  let lane = null
  let start = performance.now()
  let alive = true

  function frame(now) {
    if (!alive) return
    if (lane && canvas.isConnected && !document.hidden) {
      const ratio = devicePixelRatio
      const {clientWidth: width, clientHeight: height} = canvas
      canvas.width = width * ratio
      canvas.height = height * ratio
      const pen = canvas.getContext("2d")
      pen.scale(ratio, ratio)
      const token = tokenReader(el)
      const series = Array.from({length: 8}, (_, i) => token(`series-${i}`))
      const share = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0.5 : ((now - start) / 9000) % 1.25
      const step = Math.floor(Math.min(1, share) * lane.n_swaps)
      pen.translate(16, 12)
      drawArray(pen, width - 32, height - 12, lane, step, {colour: "algotype", series, selected: -1, partner: -1, ink2: token("ink-2"), faint: token("line-strong"), cursor: token("cursor")})
    }
    requestAnimationFrame(frame)
  }
  const load = () => {
    const data = readPayload(model.lane)
    lane = data && new Lane(data)
    start = performance.now()
  }
  model.on("lane", load)
  model.on("remove", () => { alive = false })
  load()
  requestAnimationFrame(frame)
}
