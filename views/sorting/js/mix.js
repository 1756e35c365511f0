// Who is in the array: one row per algotype with its parts and direction, and the bar they make.

const MIX_SERIES = [0, 2, 1] // bubble, insertion, selection -> series colour

export function render({model, el}) {
  installTokens(NX_CSS)
  const bar = element("div", {class: "nx-mixbar", role: "img"})
  const rows = element("div", {class: "nx-mixrows"})
  el.append(element("div", {class: "nx-mix"}, bar, rows))

  function tell(k, change) {
    model.shares = model.shares.map((share, i) => (i === k ? {...share, ...change} : share))
  }

  function show() {
    const total = model.shares.reduce((sum, {parts}) => sum + parts, 0)
    bar.setAttribute("aria-label", model.shares.map(({name, parts}) => `${name} ${Math.round((100 * parts) / Math.max(1, total))} %`).join(", "))
    bar.replaceChildren(...model.shares.map(({parts}, k) => element("i", {style: `flex:${parts};background:var(--nx-series-${MIX_SERIES[k]})`})))
    rows.replaceChildren(...model.shares.map(({name, parts, descending}, k) => {
      const input = element("input", {type: "number", min: 0, max: 1000, step: 1, value: parts, "aria-label": `Parts of ${name}`,
        onchange: () => tell(k, {parts: Math.max(0, Math.min(1000, Math.round(Number(input.value) || 0)))})})
      return element("div", {class: "nx-mixrow"}, element("i", {style: `background:var(--nx-series-${MIX_SERIES[k]})`}), element("span", {}, name), input,
        element("span", {class: "nx-share"}, `${Math.round((100 * parts) / Math.max(1, total))} %`),
        element("button", {type: "button", title: `${name} cells sort ${descending ? "down" : "up"}; click to turn`, "aria-label": `Direction of ${name}: ${descending ? "descending" : "ascending"}`,
          onclick: () => tell(k, {descending: !descending})}, descending ? "↓ down" : "↑ up"))
    }))
  }
  model.on("shares", show)
  show()
}
