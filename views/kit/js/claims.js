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

// What this run does not test: a line for each, with the preset that does.
function elsewherePanel(chips, id) {
  return element("section", {id, class: "nx-panel", "aria-label": "Claims that this run does not test"},
    element("ul", {class: "nx-elsewhere"}, ...chips.map((chip) => element("li", {},
      element("span", {class: "nx-sentence"}, chip.sentence),
      element("small", {}, chip.source ? `${chip.source}. ${chip.rule}` : chip.rule)))))
}

const ELSEWHERE = "elsewhere"
const CLAIMS_ROOMY = 3

function claimButton(place, mark, says, sentence, opened, id, press) {
  return element("button", {
    type: "button", class: `nx-chip nx-${mark}`, "data-place": place, title: sentence,
    "aria-expanded": String(opened), "aria-controls": opened ? id : null, onclick: press,
  }, element("span", {class: "nx-mark", "aria-hidden": "true"}, CLAIM_MARKS[mark]),
  element("b", {}, says), element("span", {class: "nx-short"}, sentence))
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const root = element("div", {class: "nx-claims"})
  el.append(root)
  let opened = null
  const show = () => {
    const focused = root.getRootNode().activeElement
    const held = focused && root.contains(focused) ? focused.dataset.place : null
    const id = `nx-claim-${claimPanels++}`
    const press = (place) => () => { opened = opened === place ? null : place; show() }
    const here = [...model.chips.entries()].filter(([, chip]) => !chip.elsewhere)
    const rest = model.chips.filter((chip) => chip.elsewhere)
    const chips = here.map(([k, chip]) =>
      claimButton(String(k), chip.mark, chip.says, chip.sentence, opened === String(k), id, press(String(k))))
    if (rest.length) {
      const says = `${rest.length} ${here.length ? "more" : rest.length > 1 ? "claims" : "claim"}`
      chips.push(claimButton(ELSEWHERE, "untested", says, "tested by other settings", opened === ELSEWHERE, id, press(ELSEWHERE)))
    }
    root.classList.toggle("nx-narrow", chips.length > CLAIMS_ROOMY)
    root.replaceChildren(element("div", {class: "nx-row", role: "group", "aria-label": "Claims"}, ...chips))
    if (opened === ELSEWHERE && rest.length) root.append(elsewherePanel(rest, id))
    else if (model.chips[opened]) root.append(claimPanel(model.chips[opened], id))
    if (held !== null) root.querySelector(`[data-place="${held}"]`)?.focus()
  }
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || opened === null) return
    event.stopPropagation()
    const place = opened
    opened = null
    show()
    root.querySelector(`[data-place="${place}"]`)?.focus()
  })
  model.on("chips", show)
  show()
}
