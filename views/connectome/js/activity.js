// Activity through time: the clock colours every picture, and a raster shows it all at once.

class RasterPicture {
  constructor(stage) {
    this.stage = stage
  }

  draw(pen, width, height, look) {
    const {played, data} = this.stage
    if (!played || !width) return
    const order = this.stage.order()
    const {n_bins, values, low, high} = played
    const key = `${width} ${height} ${this.stage.model.order} ${played.key}`
    if (this.key !== key) {
      const canvas = this.image ?? (this.image = document.createElement("canvas"))
      canvas.width = n_bins
      canvas.height = Math.min(data.n, 2 * Math.round(height))
      const ink = canvas.getContext("2d")
      const pixels = ink.createImageData(canvas.width, canvas.height)
      const span = Math.max(1e-12, high - low)
      for (let row = 0; row < canvas.height; row++) {
        const first = Math.floor((row * data.n) / canvas.height)
        const last = Math.max(first + 1, Math.floor(((row + 1) * data.n) / canvas.height))
        for (let t = 0; t < n_bins; t++) {
          let value = -Infinity
          for (let i = first; i < last; i++) value = Math.max(value, values[t * data.n + order[i]])
          const [r, g, b] = rgbOf(VIRIDIS_HEX[Math.max(0, Math.min(255, Math.round((255 * (value - low)) / span)))])
          pixels.data.set([r, g, b, 255], 4 * (row * n_bins + t))
        }
      }
      ink.putImageData(pixels, 0, 0)
      this.key = key
    }
    pen.imageSmoothingEnabled = false
    pen.drawImage(this.image, 0, 0, width, height)
    const place = new Map([...order].map((k, i) => [k, i]))
    pen.fillStyle = look.cursor
    for (const k of this.stage.selectedSet()) pen.fillRect(0, (place.get(k) * height) / data.n, width, 1.5)
    const x = (this.stage.clock.position * width) / Math.max(1, this.stage.clock.length)
    pen.fillStyle = look.surface
    pen.fillRect(x - 2, 0, 4, height)
    pen.fillStyle = look.cursor
    pen.fillRect(x - 1, 0, 2, height)
  }
}

function followActivity(stage, model) {
  stage.clock = clockNamed(model.clock_id)
  stage.raster = new RasterPicture(stage)
  const pictureOf = stage.picture.bind(stage)
  stage.picture = (name) => (name === "raster" ? stage.raster : pictureOf(name))

  const show = () => {
    const {played, clock} = stage
    if (!played) return
    const t = Math.max(0, Math.min(played.n_bins - 1, Math.floor((clock.position * played.n_bins) / Math.max(1, clock.length))))
    const n = played.n
    stage.activity = {key: `${played.key} ${t}`, values: played.values.subarray(t * n, (t + 1) * n), low: played.low, high: played.high, label: played.label}
    if (stage.rasterCard) stage.rasterCard.legend.textContent = `${played.times[t].toFixed(0)} ms; rows by ${model.order}; press to jump`
    stage.ask()
  }
  const load = () => {
    const found = readPayload(model.activity)
    stage.played = found && found.n_bins ? {...found, key: `${Date.now()}`} : null
    stage.activity = null
    if (stage.played) {
      stage.clock.position = 0
      const length = Math.max(1, Math.round(found.times[found.n_bins - 1]))
      stage.clock.open({length, unit: "millisecond", events: [], speed: Math.max(2, length / 8)})
      if (model.autoplay) stage.clock.play()
    }
    addRaster()
    show()
  }
  const addRaster = () => {
    if (!stage.built || stage.rasterCard?.box.isConnected) return
    const picture = card("Raster")
    picture.canvas = element("canvas", {class: "nx-canvas", role: "img", "aria-label": "Activity of every neuron through time"})
    picture.box.append(picture.canvas)
    picture.box.dataset.name = "raster"
    const jump = (event) => {
      if (!stage.played) return
      stage.clock.pause()
      stage.clock.seek(Math.round((event.offsetX / picture.canvas.clientWidth) * stage.clock.length), "rest")
    }
    picture.canvas.addEventListener("pointerdown", (event) => { jump(event); picture.canvas.setPointerCapture(event.pointerId) })
    picture.canvas.addEventListener("pointermove", (event) => { if (event.buttons) jump(event) })
    stage.rasterCard = picture
    stage.exports(picture, "raster")
    stage.large("raster", picture)
    stage.cards.append(picture.box)
    stage.cards.classList.add("nx-playing")
    stage.extraCards = [["raster", picture]]
    stage.resized.observe(picture.canvas)
  }
  const unlisten = stage.clock.listen(show)
  stage.onBuilt = () => { stage.rasterCard = null; addRaster(); show() }
  model.on("activity", load)
  load()
  return () => { stage.clock.pause(); unlisten() }
}
