// Shared by every component: tokens, theme changes, binary payloads, small DOM helpers.

function installTokens(css) {
  if (document.getElementById("nx-tokens")) return
  const style = document.createElement("style")
  style.id = "nx-tokens"
  style.textContent = css
  document.head.append(style)
  const saved = localStorage.getItem("nx-theme")
  if (saved && document.body.dataset.jpThemeLight === undefined) {
    document.documentElement.dataset.theme = saved
  }
}

function onThemeChange(callback) {
  const observer = new MutationObserver(callback)
  observer.observe(document.documentElement, {attributes: true, attributeFilter: ["data-theme"]})
  observer.observe(document.body, {attributes: true, attributeFilter: ["data-jp-theme-light"]})
  return () => observer.disconnect()
}

function tokenReader(el) {
  const style = getComputedStyle(el)
  return (name) => style.getPropertyValue(`--nx-${name}`).trim()
}

// element("button", {class: "x", title: "y", onclick: f}, ...children)
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value)
    else if (value === true) made.setAttribute(name, "")
    else if (value !== false && value != null) made.setAttribute(name, value)
  }
  made.append(...children)
  return made
}

// A pen on a clean canvas that has as many pixels as the screen shows, and its size in CSS pixels.
function sizedPen(canvas) {
  const ratio = devicePixelRatio
  // Asking an element for its size costs a layout, so who watches its size keeps it there.
  const [width, height] = canvas.size ?? [canvas.clientWidth, canvas.clientHeight]
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(height * ratio)
  }
  const pen = canvas.getContext("2d")
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  pen.clearRect(0, 0, width, height)
  return [pen, width, height]
}

const TYPED = {
  "|u1": Uint8Array, "|i1": Int8Array, "|b1": Uint8Array, "<u2": Uint16Array, "<i2": Int16Array,
  "<u4": Uint32Array, "<i4": Int32Array, "<f4": Float32Array, "<f8": Float64Array,
}

// A payload is: header length (u32), JSON header padded to 8 bytes, arrays each padded to 8 bytes.
function readPayload(data) {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data)
  if (bytes.byteLength < 8) return null
  const buffer = bytes.slice().buffer
  const length = new DataView(buffer).getUint32(0, true)
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)))
  const arrays = {}
  for (const {name, dtype, size, offset} of head.arrays) {
    arrays[name] = new TYPED[dtype](buffer, offset, size)
  }
  return {...head.meta, ...arrays}
}

// Index of the first element greater than value in a sorted array.
function upperBound(sorted, value) {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] <= value) low = middle + 1
    else high = middle
  }
  return low
}

function thousands(number) {
  return Math.round(number).toLocaleString("en-US")
}

function isTyping(event) {
  const target = event.composedPath()[0]
  return target instanceof HTMLElement &&
    (target.matches("input:not([type=range]), textarea, select, [contenteditable], [role=slider]") ||
      target.closest("[role=listbox], [role=menu], [role=dialog]") !== null)
}
