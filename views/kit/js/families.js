// Families of experiments on one line: each opens its experiments, the one at hand shows them.

function opensList(label, list, attributes = {}) {
  const button = element("button", {type: "button", "aria-expanded": "false", ...attributes}, label)
  // The browser closes it on Escape and on a press elsewhere, and hands the focus back.
  list.popover = "auto"
  button.popoverTargetElement = list
  list.addEventListener("toggle", (event) => {
    const open = event.newState === "open"
    button.setAttribute("aria-expanded", String(open))
    if (!open) return
    const below = button.getBoundingClientRect()
    list.style.top = `${below.bottom + 4}px`
    list.style.left = `${Math.max(8, Math.min(below.left, innerWidth - list.offsetWidth - 8))}px`
    list.style.maxHeight = `${innerHeight - below.bottom - 16}px`
  })
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return
    event.preventDefault()
    list.showPopover()
    list.querySelector("a")?.focus()
  })
  list.addEventListener("keydown", (event) => {
    if (["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) stepThrough([...list.querySelectorAll("a")], event)
    if (event.key === "Escape") button.focus()
  })
  return button
}

function stepThrough(stops, event) {
  const at = stops.indexOf(event.target)
  const last = stops.length - 1
  const to = {ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: last}[event.key]
  if (to === undefined || at < 0) return
  event.preventDefault()
  stops[Math.max(0, Math.min(to, last))].focus()
}

function experimentItem({title, claim, href, active}) {
  return element("li", {}, element("a", {href, "aria-current": active ? "page" : null}, element("b", {}, title), element("span", {}, claim)))
}

function familyList(families, label) {
  const list = element("div", {class: "nx-list", role: "group", "aria-label": label})
  for (const {title, sentence, members} of families) {
    if (families.length > 1) list.append(element("h2", {}, title))
    list.append(element("p", {}, sentence), element("ul", {}, ...members.map(experimentItem)))
  }
  return list
}

// One family: a name that opens its experiments, and beside it those of the family at hand.
function familyStop(family) {
  const list = familyList([family], family.title)
  const count = element("small", {"aria-hidden": "true"}, family.members.length > 1 ? String(family.members.length) : "")
  const label = element("span", {}, family.title, count)
  const button = opensList(label, list, {class: family.active ? "nx-active" : "", "aria-current": family.active ? "true" : null})
  const stop = element("div", {class: "nx-family"}, button, list)
  if (family.active && family.members.length > 1) {
    stop.append(element("span", {class: "nx-members"}, ...family.members.map(({title, href, active}) =>
      element("a", {href, "aria-current": active ? "page" : null}, title))))
  }
  return stop
}

// Everything on one line: what does not fit is first folded, then found under "More".
function familyRow(families) {
  const row = element("nav", {"aria-label": "Experiments"})
  row.addEventListener("keydown", (event) => {
    if (event.target.closest(".nx-list")) return
    const stops = [...row.querySelectorAll(".nx-family > button, .nx-members a, .nx-more > button")]
    stepThrough(stops.filter((stop) => stop.offsetParent), event.key === "ArrowDown" || event.key === "ArrowUp" ? {} : event)
  })
  const more = element("div", {class: "nx-more"})
  const draw = () => {
    more.replaceChildren()
    const stops = families.map(familyStop)
    row.replaceChildren(...stops, more)
    row.classList.remove("nx-folded")
    if (fits(row)) return
    row.classList.add("nx-folded")
    const under = []
    for (let k = families.length - 1; k >= 0 && !fits(row); k--) {
      if (families[k].active) continue
      stops[k].remove()
      under.unshift(families[k])
      const list = familyList(under, "More families")
      more.replaceChildren(opensList(`More ${under.length}`, list), list)
    }
  }
  return [row, draw]
}

const fits = (row) => row.scrollWidth <= row.clientWidth + 1
