// A small code editor: a text area over its own coloured copy, mistakes underlined and listed.

const WORDS = /(#.*)|("[^"]*")|\b(def|word|block|scan|size|group|note|return|over|collect|in)\b|([^\W\d][\w\u0300-\u036f'′]*)(?=\+?[[(])|(\d+(?:\.\d+)?)|([^\W\d][\w\u0300-\u036f'′]*)/gu
const SORTS = ["comment", "string", "keyword", "call", "number", "name"]

function colouredLine(line, mistakes, axis) {
  const row = element("div", {class: "nx-row"})
  const under = new Array(line.length + 1).fill(null)
  for (const m of mistakes) {
    for (let k = m.col - 1; k < Math.min(line.length, m.col - 1 + Math.max(1, m.length)); k++) under[k] = m
    if (m.col - 1 >= line.length) under[line.length] = m
  }
  const sort = new Array(line.length).fill("")
  for (const match of line.matchAll(WORDS)) {
    const k = match.slice(1).findIndex((group) => group !== undefined)
    const word = match[0]
    sort.fill(axis && word === axis ? "lit" : SORTS[k], match.index, match.index + word.length)
  }
  let k = 0
  while (k < line.length) {
    let end = k
    while (end < line.length && sort[end] === sort[k] && under[end] === under[k]) end++
    const span = element("span", {class: `${sort[k]}${under[k] ? " nx-wrong" : ""}`}, line.slice(k, end))
    row.append(span)
    k = end
  }
  if (under[line.length]) row.append(element("span", {class: "nx-wrong"}, "\u00a0"))
  if (!line.length) row.append("\u200b")
  return row
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const area = element("textarea", {spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off", "aria-label": "Text of the diagram"})
  const copy = element("div", {class: "nx-copy", "aria-hidden": "true"})
  const gutter = element("div", {class: "nx-gutter", "aria-hidden": "true"})
  const list = element("ul", {class: "nx-mistakes", role: "status", "aria-label": "Mistakes"})
  const box = element("div", {class: "nx-editor"}, gutter, element("div", {class: "nx-code"}, copy, area))
  el.append(box, list)
  let axis = "", timer = null

  function show() {
    const lines = area.value.split("\n")
    const byLine = new Map()
    for (const m of model.mistakes) byLine.set(m.line, [...(byLine.get(m.line) ?? []), m])
    copy.replaceChildren(...lines.map((line, k) => colouredLine(line, byLine.get(k + 1) ?? [], axis)))
    gutter.replaceChildren(...lines.map((_, k) => element("div", {class: byLine.has(k + 1) ? "nx-bad" : ""}, String(k + 1))))
    area.style.height = copy.style.minHeight = `${Math.max(8, lines.length + 1) * 18}px`
    const widest = Math.max(...lines.map((line) => line.length))
    area.style.width = `max(100%, ${widest + 4}ch)`
    list.replaceChildren(...model.mistakes.map((m) => element("li", {},
      element("button", {type: "button", onclick: () => goTo(m.line, m.col)}, `${m.line}:${m.col}`), ` ${m.message}`,
      ...(m.hint ? [element("em", {}, ` ${m.hint}`)] : []), element("code", {}, m.code))))
  }
  function goTo(line, col) {
    const lines = area.value.split("\n")
    const at = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + col - 1
    area.focus()
    area.setSelectionRange(at, at)
    box.scrollTop = Math.max(0, (line - 4) * 18)
  }
  area.addEventListener("input", () => {
    show()
    clearTimeout(timer)
    timer = setTimeout(() => model.send_msg({kind: "text", text: area.value.slice(0, 200000)}), 220)
  })
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { area.blur(); return }
    if (event.key !== "Enter") return
    const before = area.value.slice(0, area.selectionStart).split("\n").at(-1)
    const indent = /^ */.exec(before)[0] + (/^\s*(def|block|scan)\b/.test(before) ? "  " : "")
    event.preventDefault()
    area.setRangeText("\n" + indent, area.selectionStart, area.selectionEnd, "end")
    area.dispatchEvent(new Event("input"))
  })
  const hear = (event) => {
    if (event.detail.from !== model.link_id || event.detail.axis === axis) return
    axis = event.detail.axis
    show()
  }
  const hearLine = (event) => {
    if (event.detail.from !== model.link_id || !event.detail.line) return
    for (const row of copy.children) row.classList.remove("nx-here")
    copy.children[event.detail.line - 1]?.classList.add("nx-here")
    box.scrollTop = Math.max(0, (event.detail.line - 6) * 18)
  }
  document.addEventListener("nx-diagram-axis", hear)
  document.addEventListener("nx-diagram-line", hearLine)
  model.on("text", () => { if (model.text !== area.value) { area.value = model.text; show() } })
  model.on("mistakes", show)
  model.on("remove", () => {
    document.removeEventListener("nx-diagram-axis", hear)
    document.removeEventListener("nx-diagram-line", hearLine)
  })
  area.value = model.text
  show()
}
