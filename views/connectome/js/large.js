// A wiring too large for the browser: pixels from the engine, panned and zoomed at once, redrawn after.

const SETTLE_MS = 60

class LargePicture {
  constructor(model, el) {
    this.model = model
    this.el = el
    this.canvas = element("canvas", {class: "nx-large", role: "img", tabindex: "0", "aria-label": "Edges of a large wiring as pixels; drag pans, wheel zooms"})
    this.status = element("p", {class: "nx-largestatus", role: "status"})
    const zoom = (factor, label) => element("button", {type: "button", class: "nx-small", "aria-label": label, onclick: () => this.zoomBy(factor, 0.5, 0.5)}, factor < 1 ? "+" : "−")
    const all = element("button", {type: "button", class: "nx-small", onclick: () => this.look([0, 0, 1, 1])}, "whole wiring")
    const save = element("button", {type: "button", class: "nx-small", onclick: () => this.canvas.toBlob((blob) => download("connectome-large.png", blob, "image/png"))}, "png")
    el.append(element("div", {class: "nx-stage"}, element("div", {class: "nx-searchbar"}, zoom(0.6, "Zoom in"), zoom(1.6, "Zoom out"), all, save, this.status), this.canvas))
    this.window = [...model.window]
    this.hands()
  }

  hands() {
    let start = null
    this.canvas.addEventListener("pointerdown", (event) => {
      start = {x: event.offsetX, y: event.offsetY, at: [...this.window], moved: false}
      this.canvas.setPointerCapture(event.pointerId)
    })
    this.canvas.addEventListener("pointermove", (event) => {
      if (!start) return
      const dx = (event.offsetX - start.x) / this.canvas.clientWidth
      const dy = (event.offsetY - start.y) / this.canvas.clientHeight
      if (Math.hypot(event.offsetX - start.x, event.offsetY - start.y) > 3) start.moved = true
      if (start.moved) this.look([start.at[0] - dx * start.at[2], start.at[1] + dy * start.at[3], start.at[2], start.at[3]])
    })
    this.canvas.addEventListener("pointerup", (event) => {
      if (start && !start.moved) {
        const [left, bottom, width, height] = this.window
        this.model.send_msg({kind: "pick", x: left + (event.offsetX / this.canvas.clientWidth) * width, y: bottom + (1 - event.offsetY / this.canvas.clientHeight) * height})
      }
      start = null
    })
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault()
      this.zoomBy(Math.exp(event.deltaY * 0.0015), event.offsetX / this.canvas.clientWidth, 1 - event.offsetY / this.canvas.clientHeight)
    }, {passive: false})
  }

  zoomBy(factor, ax, ay) {
    const [left, bottom, width, height] = this.window
    const scale = Math.max(0.002, Math.min(2, width * factor)) / width
    this.look([left + ax * width * (1 - scale), bottom + ay * height * (1 - scale), width * scale, height * scale])
  }

  // What is there moves at once; the engine is asked when the hand rests.
  look(window) {
    this.window = window
    this.paint()
    clearTimeout(this.timer)
    this.timer = setTimeout(() => { this.asked = performance.now(); this.model.window = window }, SETTLE_MS)
  }

  take() {
    const data = readPayload(this.model.raster)
    if (!data) return
    this.data = data
    this.status.textContent = data.status
    this.render()
    if (this.asked) {
      ;(globalThis.__nxRasterMs ??= []).push(performance.now() - this.asked)
      if (data.share >= 1) this.asked = null
    }
  }

  // Edges as ink from pale to dark, neurons and the selected neuron's edges on top.
  render() {
    const {data} = this
    if (!data) return
    const look = lookOf(this.el)
    const [paper, ink, dot, mark] = [look.surface, look.series[0], look.ink, look.cursor].map(rgbOf)
    const image = this.image ??= document.createElement("canvas")
    image.width = data.columns
    image.height = data.rows
    const pen = image.getContext("2d")
    const pixels = pen.createImageData(data.columns, data.rows)
    const few = data.n_inside < 4000
    for (let k = 0; k < data.columns * data.rows; k++) {
      const share = data.edges[k] / 255
      const dots = data.neurons[k] ? (few ? 1 : 0.35) : 0
      const lit = data.focus.length ? data.focus[k] / 255 : 0
      for (let c = 0; c < 3; c++) {
        let value = paper[c] + share * (ink[c] - paper[c])
        value += dots * (dot[c] - value)
        value += lit * (mark[c] - value)
        pixels.data[4 * k + c] = value
      }
      pixels.data[4 * k + 3] = 255
    }
    pen.putImageData(pixels, 0, 0)
    this.paint()
  }

  paint() {
    const [pen, width, height] = sizedPen(this.canvas)
    if (!this.data) return
    const [left, bottom, w, h] = this.window
    const [dl, db, dw, dh] = this.data.window
    pen.imageSmoothingEnabled = true
    pen.drawImage(this.image, ((dl - left) / w) * width, (1 - (db + dh - bottom) / h) * height, (dw / w) * width, (dh / h) * height)
  }
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const picture = new LargePicture(model, el)
  const untheme = onThemeChange(() => picture.render())
  const resized = new ResizeObserver(() => picture.paint())
  resized.observe(picture.canvas)
  model.on("raster", () => picture.take())
  model.on("remove", () => { untheme(); resized.disconnect(); clearTimeout(picture.timer) })
  picture.take()
}
