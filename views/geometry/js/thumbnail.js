// One representation that forms, waits, and begins again.

export function render({model, el}) {
  installTokens(NX_CSS)
  const canvas = element("canvas", {style: "width:100%;height:100%;display:block"})
  el.append(canvas)
  let film = null
  let start = performance.now()
  let alive = true

  function frame(now) {
    if (!alive) return
    if (film && canvas.isConnected && !document.hidden) {
      const ratio = devicePixelRatio
      const {clientWidth: width, clientHeight: height} = canvas
      canvas.width = width * ratio
      canvas.height = height * ratio
      const pen = canvas.getContext("2d")
      pen.scale(ratio, ratio)
      const token = tokenReader(el)
      const series = Array.from({length: 8}, (_, i) => token(`series-${i}`))
      const classes = film.labels.class
      const kindOf = (k) => Number(classes[k] !== classes[0])
      const share = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0.9 : ((now - start) / 9000) % 1.25
      const position = Math.min(1, share) * (film.length - 1)
      drawScatter(pen, width, height, film, 0, position, [], {
        dims: 3, yaw: now / 6000, pitch: 0.4, trail: 10, chosen: new Set(), kindOf, colourOf: (k) => series[kindOf(k)],
        line: token("line"), ink2: token("ink-2"), ink3: token("ink-3"), cursor: token("cursor"), accent: token("accent"), font: token("font"),
      })
    }
    requestAnimationFrame(frame)
  }
  const load = () => {
    const data = readPayload(model.film)
    film = data && new Film(data)
    start = performance.now()
  }
  model.on("film", load)
  model.on("remove", () => { alive = false })
  load()
  requestAnimationFrame(frame)
}
