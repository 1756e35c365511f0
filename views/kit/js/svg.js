// A drawing surface with the canvas methods our pictures use that writes SVG instead of pixels.

class SvgPen {
  constructor(width, height) {
    this.size = [width, height]
    this.out = []
    this.path = ""
    this.shift = [0, 0]
    this.saved = []
    Object.assign(this, {fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, globalAlpha: 1, font: "12px sans-serif", textAlign: "left"})
  }

  static escape(text) {
    return String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
  }

  at(x, y) { return [(x + this.shift[0]).toFixed(2), (y + this.shift[1]).toFixed(2)] }
  alpha() { return this.globalAlpha < 1 ? ` opacity="${this.globalAlpha}"` : "" }
  save() { this.saved.push([this.shift, this.fillStyle, this.strokeStyle, this.lineWidth, this.globalAlpha, this.font, this.textAlign]) }
  restore() { [this.shift, this.fillStyle, this.strokeStyle, this.lineWidth, this.globalAlpha, this.font, this.textAlign] = this.saved.pop() }
  translate(x, y) { this.shift = [this.shift[0] + x, this.shift[1] + y] }
  beginPath() { this.path = "" }
  moveTo(x, y) { this.path += `M${this.at(x, y).join(" ")}` }
  lineTo(x, y) { this.path += `L${this.at(x, y).join(" ")}` }
  arc(x, y, r) {
    const [cx, cy] = this.at(x, y).map(Number)
    this.path += `M${cx - r} ${cy}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`
  }
  stroke() { this.out.push(`<path d="${this.path}" fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}" stroke-linejoin="round"${this.alpha()}/>`) }
  fill() { this.out.push(`<path d="${this.path}" fill="${this.fillStyle}"${this.alpha()}/>`) }
  rect(x, y, width, height, paint) {
    const [left, top] = this.at(x, y)
    this.out.push(`<rect x="${left}" y="${top}" width="${Math.max(0, width).toFixed(2)}" height="${Math.max(0, height).toFixed(2)}" ${paint}${this.alpha()}/>`)
  }
  fillRect(x, y, width, height) { this.rect(x, y, width, height, `fill="${this.fillStyle}"`) }
  strokeRect(x, y, width, height) { this.rect(x, y, width, height, `fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}"`) }
  fillText(text, x, y) {
    const [left, top] = this.at(x, y)
    const anchor = {left: "start", center: "middle", right: "end"}[this.textAlign]
    const [, size, family] = /(\d+(?:\.\d+)?)px\s+(.*)/.exec(this.font) ?? [null, 12, "sans-serif"]
    this.out.push(`<text x="${left}" y="${top}" fill="${this.fillStyle}" font-size="${size}" font-family="${SvgPen.escape(family)}" text-anchor="${anchor}">${SvgPen.escape(text)}</text>`)
  }
  measureText(text) {
    SvgPen.ruler ??= element("canvas").getContext("2d")
    SvgPen.ruler.font = this.font
    return SvgPen.ruler.measureText(text)
  }
  drawImage(image, x, y, width, height) {
    const [left, top] = this.at(x, y)
    this.out.push(`<image x="${left}" y="${top}" width="${width}" height="${height}" preserveAspectRatio="none" image-rendering="pixelated" href="${image.toDataURL("image/png")}"/>`)
  }
  document(ground) {
    const [width, height] = this.size
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">` +
      `<rect width="100%" height="100%" fill="${ground}"/>${this.out.join("")}</svg>`
  }
}

function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let k = 0; k < 8; k += 1) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1))
  }
  return ~crc >>> 0
}

// The text in a PNG, after its first chunk, which always has 13 bytes.
async function stampedPng(blob, text) {
  const body = new TextEncoder().encode(`tEXtneural-explorer\0${text}`)
  const chunk = new DataView(new ArrayBuffer(body.length + 8))
  chunk.setUint32(0, body.length - 4)
  new Uint8Array(chunk.buffer).set(body, 4)
  chunk.setUint32(body.length + 4, crc32(body))
  return new Blob([blob.slice(0, 33), chunk.buffer, blob.slice(33)], {type: blob.type})
}

// What made it is written into every file that can carry it, as engines/boundary/stamps.py does.
async function stamped(name, blob) {
  const text = window.nxStamp
  if (!text) return blob
  if (name.endsWith(".csv")) return new Blob([`# neural-explorer: ${text}\n`, blob], {type: blob.type})
  if (name.endsWith(".png")) return stampedPng(blob, text)
  if (!name.endsWith(".svg")) return blob
  const source = await blob.text()
  const end = source.indexOf(">", source.indexOf("<svg")) + 1
  const safe = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")
  return new Blob([source.slice(0, end), `<metadata id="neural-explorer">${safe}</metadata>`, source.slice(end)], {type: blob.type})
}

async function download(name, content, type) {
  const blob = await stamped(name, content instanceof Blob ? content : new Blob([content], {type}))
  const url = URL.createObjectURL(blob)
  const link = element("a", {href: url, download: name})
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10000)
}

// draw(pen, width, height) once on SVG or on a canvas of three times the size.
function exportPicture(kind, name, width, height, ground, draw) {
  if (kind === "svg") {
    const pen = new SvgPen(width, height)
    draw(pen, width, height)
    download(`${name}.svg`, pen.document(ground), "image/svg+xml")
    return
  }
  const canvas = element("canvas")
  canvas.width = 3 * width
  canvas.height = 3 * height
  const pen = canvas.getContext("2d")
  pen.scale(3, 3)
  pen.fillStyle = ground
  pen.fillRect(0, 0, width, height)
  draw(pen, width, height)
  canvas.toBlob((blob) => download(`${name}.png`, blob, "image/png"))
}

// Whoever saves all figures of the page asks by an event; ``ground`` is read when it comes.
function offerPicture(canvas, title, ground, draw) {
  document.addEventListener("nx-draw", ({detail}) => {
    const {clientWidth: width, clientHeight: height} = canvas
    if (!canvas.isConnected || !width || !height) return
    const pen = new SvgPen(width, height)
    draw(pen, width, height)
    detail.push({title, svg: pen.document(ground())})
  })
}
