// The name of what is on stage, its setting in a few words, and the ways to the other experiments.

function relatedStop(related) {
  if (!related.length) return []
  const list = element("div", {class: "nx-list", role: "group", "aria-label": "Related experiments"},
    element("p", {}, "What goes with this experiment."),
    element("ul", {}, ...related.map(({title, why, href}) => experimentItem({title, claim: why, href}))))
  return [opensList(`Related ${related.length}`, list, {class: "nx-related"}), list]
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const title = element("h1", {})
  const detail = element("span", {class: "nx-detail"})
  const beside = element("div", {class: "nx-beside"})
  const root = element("div", {class: "nx-title"}, title, detail, beside)
  el.append(root)
  let row = null
  let draw = () => {}
  const show = () => {
    title.textContent = model.title
    detail.textContent = model.detail
    detail.title = model.detail
  }
  const families = () => {
    row?.remove()
    draw = () => {}
    const n = model.families.reduce((sum, {members}) => sum + members.length, 0)
    if (n > 1) {
      [row, draw] = familyRow(model.families)
      root.prepend(row)
      draw()
    }
  }
  // By itself: it comes after the page, when a list of families may be open already.
  const related = () => beside.replaceChildren(...relatedStop(model.related))
  for (const name of ["title", "detail"]) model.on(name, show)
  model.on("families", families)
  model.on("related", related)
  let width = 0
  const watched = new ResizeObserver(() => {
    if (root.clientWidth === width) return
    width = root.clientWidth
    draw()
  })
  watched.observe(root)
  model.on("remove", () => watched.disconnect())
  show()
  families()
  related()
}
