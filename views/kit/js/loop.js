// A canvas that plays what a payload holds, again and again. `make(data)` prepares the payload,
// `moment(made, seconds)` says what is to be seen then, and `draw` is called when that has changed.
// Who asked for no motion sees the moment at `still(made)` seconds.

function playOn({model, el}, field, {make = (data) => data, moment, still, draw}) {
  installTokens(NX_CSS)
  const canvas = element("canvas", {style: "width:100%;height:100%;display:block"})
  el.append(canvas)
  const calm = matchMedia("(prefers-reduced-motion: reduce)")
  let made = null
  let start = performance.now()
  let drawn = ""
  let alive = true

  function frame(now) {
    if (!alive) return
    if (made && canvas.isConnected && !document.hidden) {
      const due = moment(made, calm.matches ? still(made) : (now - start) / 1000)
      const key = [due, canvas.clientWidth, canvas.clientHeight, document.documentElement.dataset.theme].join()
      if (key !== drawn) draw(...sizedPen(canvas), made, due, tokenReader(el))
      drawn = key
    }
    requestAnimationFrame(frame)
  }
  const load = () => {
    const data = readPayload(model[field])
    made = data && make(data)
    start = performance.now()
    drawn = ""
  }
  model.on(field, load)
  model.on("remove", () => { alive = false })
  load()
  requestAnimationFrame(frame)
}
