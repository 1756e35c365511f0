// One chip per claim: a verdict in a word and, opened, the figures it rests on in one picture.

const CLAIM_MARKS = {holds: "✓", differs: "≠", unseen: "~", untested: "○"}
let claimPanels = 0

function claimPlot({low, at, high, name}) {
  const plot = element("td", {class: "nx-plot", "aria-hidden": "true"})
  if (at === undefined) return plot
  const line = element("i", {class: "nx-whisker", style: `left:${100 * low}%;width:${100 * (high - low)}%`})
  plot.append(element("div", {}, line, element("i", {class: `nx-point nx-is-${name}`, style: `left:${100 * at}%`})))
  return plot
}

function claimPanel(chip, id) {
  const rows = chip.figures.map((figure) => element("tr", {},
    element("th", {scope: "row"}, figure.name),
    claimPlot(figure),
    element("td", {}, element("b", {}, figure.text), figure.how ? element("small", {}, figure.how) : "")))
  const panel = element("section", {id, class: "nx-panel", "aria-label": chip.sentence},
    element("p", {class: "nx-sentence"}, chip.sentence))
  if (rows.length) panel.append(element("table", {}, element("tbody", {}, ...rows)))
  panel.append(element("p", {class: "nx-rule"}, chip.source ? `${chip.source}. ${chip.rule}` : chip.rule))
  return panel
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const root = element("div", {class: "nx-claims"})
  el.append(root)
  let opened = -1
  const show = () => {
    const focused = root.getRootNode().activeElement
    const held = focused && root.contains(focused) ? focused.dataset.place : null
    const id = `nx-claim-${claimPanels++}`
    const chips = model.chips.map((chip, k) => element("button", {
      type: "button", class: `nx-chip nx-${chip.mark}`, "data-place": String(k), title: chip.sentence,
      "aria-expanded": String(k === opened), "aria-controls": k === opened ? id : null,
      onclick: () => { opened = k === opened ? -1 : k; show() },
    }, element("span", {class: "nx-mark", "aria-hidden": "true"}, CLAIM_MARKS[chip.mark]),
    element("b", {}, chip.says), element("span", {class: "nx-short"}, chip.sentence)))
    root.replaceChildren(element("div", {class: "nx-row", role: "group", "aria-label": "Claims"}, ...chips))
    if (model.chips[opened]) root.append(claimPanel(model.chips[opened], id))
    if (held !== null) root.querySelector(`[data-place="${held}"]`)?.focus()
  }
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || opened < 0) return
    event.stopPropagation()
    const place = opened
    opened = -1
    show()
    root.querySelector(`[data-place="${place}"]`)?.focus()
  })
  model.on("chips", show)
  show()
}
