// The table of neurons: sorted by any column, filtered by the search, only visible rows exist.

const ROW = 23

class NeuronTable {
  constructor(stage) {
    this.stage = stage
    this.sort = {key: "name", up: true}
    this.head = element("div", {class: "nx-row nx-headrow", role: "row"})
    this.body = element("div", {class: "nx-rows", role: "rowgroup"})
    this.scroll = element("div", {class: "nx-tablescroll", tabindex: "0", role: "table", "aria-label": "Neurons", onscroll: () => this.paint()}, this.head, this.body)
    this.rows = []
  }

  columns() {
    const {data} = this.stage
    const texts = ["class", "role", "side", "label", "transmitter"].filter((name) => data.columns[name]?.some(Boolean))
    const numbers = ["in-degree", "out-degree", "in-weight", "out-weight", ...Object.keys(data.extra)]
    return [{key: "name", values: data.neurons}, ...texts.map((key) => ({key, values: data.columns[key]})),
      ...numbers.map((key) => ({key, values: data.numbers(key), number: true}))]
  }

  refresh() {
    const {data, found} = this.stage
    this.all = this.columns()
    const {key, up} = this.sort
    const {values, number} = this.all.find((column) => column.key === key) ?? this.all[0]
    const places = found ?? Array.from({length: data.n}, (_, k) => k)
    const compare = number ? (a, b) => (Number.isFinite(values[a]) ? values[a] : -1) - (Number.isFinite(values[b]) ? values[b] : -1) : (a, b) => values[a].localeCompare(values[b], "en", {numeric: true})
    this.rows = [...places].sort((a, b) => (up ? 1 : -1) * compare(a, b) || a - b)
    // Every row is a grid of its own, so widths must not depend on what is in it.
    const widths = this.all.map((c) => (c.number ? 78 : c.key === "name" ? 84 : 100))
    this.scroll.style.setProperty("--template", widths.map((w) => `minmax(${w}px, ${w}fr)`).join(" "))
    this.scroll.style.setProperty("--least", `${widths.reduce((sum, w) => sum + w + 8, 0)}px`)
    this.head.replaceChildren(...this.all.map((column) => this.header(column)))
    this.body.style.height = `${this.rows.length * ROW}px`
    this.paint()
  }

  header({key, number}) {
    const mark = this.sort.key === key ? (this.sort.up ? " ▲" : " ▼") : ""
    return element("button", {type: "button", role: "columnheader", class: number ? "nx-num" : "", title: `Sort by ${key}`,
      "aria-sort": this.sort.key === key ? (this.sort.up ? "ascending" : "descending") : "none",
      onclick: () => { this.sort = {key, up: this.sort.key === key ? !this.sort.up : !number}; this.scroll.scrollTop = 0; this.refresh() }}, key + mark)
  }

  paint() {
    const first = Math.max(0, Math.floor(this.scroll.scrollTop / ROW) - 4)
    const last = Math.min(this.rows.length, first + Math.ceil(this.scroll.clientHeight / ROW) + 10)
    const chosen = this.stage.selectedSet()
    this.body.replaceChildren(...this.rows.slice(first, last).map((k, i) => this.row(k, first + i, chosen)))
  }

  row(k, place, chosen) {
    const {data} = this.stage
    const cells = this.all.map(({values, number}) => element("span", {role: "cell", class: number ? "nx-num" : ""}, number ? shortNumber(values[k]) : String(values[k])))
    const state = `${chosen.has(k) ? " nx-chosen" : ""}${data.lesioned[k] ? " nx-lesioned" : ""}`
    return element("div", {class: `nx-row${state}`, role: "row", style: `top:${place * ROW}px`, onclick: (event) => this.stage.choose(k, event.shiftKey || event.ctrlKey || event.metaKey)}, ...cells)
  }

  // The row of a neuron comes into view.
  show(k) {
    const place = this.rows.indexOf(k)
    if (place < 0) return
    const top = place * ROW
    if (top < this.scroll.scrollTop || top > this.scroll.scrollTop + this.scroll.clientHeight - 2 * ROW) this.scroll.scrollTop = Math.max(0, top - 3 * ROW)
  }
}

function shortNumber(value) {
  if (!Number.isFinite(value)) return ""
  if (Number.isInteger(value)) return value.toLocaleString("en-US")
  return Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toPrecision(3)
}
