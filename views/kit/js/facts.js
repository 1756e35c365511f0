// What is selected, its numbers, and why: sections of plain text, never HTML.

function factsCell(value, tag, model, more = {}) {
  if (value !== null && typeof value === "object") {
    const press = () => model.send_msg({kind: "action", id: value.action})
    const content = value.action ? element("button", {type: "button", class: "nx-go", "aria-label": value.title, onclick: press}, String(value.text)) : String(value.text)
    const cell = element(tag, {class: value.tone ? `nx-${value.tone}` : "", ...more}, content)
    if (value.series !== undefined) cell.prepend(element("i", {class: "nx-dot", style: `background:var(--nx-series-${value.series})`}))
    if (value.title) cell.title = value.title
    return cell
  }
  return element(tag, more, String(value))
}

function factsAction(model, {id, label, title, on}) {
  return element("button", {type: "button", title, "aria-pressed": on === undefined ? null : String(on), onclick: () => model.send_msg({kind: "action", id})}, label)
}

function factsSection(section, model) {
  const body = element("section", {})
  if (section.title) body.append(element("h3", {}, section.title))
  if (section.rows) {
    const table = element("table", {})
    if (section.columns) table.append(element("thead", {}, element("tr", {}, ...section.columns.map((name) => factsCell(name, "th", model, {scope: "col"})))))
    table.append(element("tbody", {}, ...section.rows.map(([label, ...values]) =>
      element("tr", {"aria-current": label?.current ? "step" : null}, factsCell(label, "th", model), ...values.map((value) => factsCell(value, "td", model))))))
    // A wide table is scrolled where it stands, by keyboard too.
    const wide = (section.columns?.length ?? 0) > 3
    const named = section.rows.some(([label]) => String(label?.text ?? label).length > 8)
    body.append(wide ? element("div", {class: named ? "nx-wide nx-named" : "nx-wide", tabindex: "0", role: "group", "aria-label": section.title}, table) : table)
  }
  if (section.links) {
    body.append(element("ul", {}, ...section.links.map(([text, href]) => element("li", {}, element("a", {href}, text)))))
  }
  if (section.sentence) body.append(element("p", {class: section.tone ? `nx-why nx-${section.tone}` : "nx-why"}, section.sentence))
  if (section.actions) {
    body.append(element("div", {class: "nx-actions"}, ...section.actions.map((action) => factsAction(model, action))))
  }
  if (section.note) body.append(element("p", {class: "nx-note"}, section.note))
  return body
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const root = element("div", {class: "nx-facts"})
  el.append(root)
  // What had the focus has it again, so that a button can be pressed time after time.
  const show = () => {
    const focused = root.getRootNode().activeElement
    const words = root.contains(focused) ? focused.textContent : null
    root.replaceChildren(...model.sections.map((section) => factsSection(section, model)))
    if (words) [...root.querySelectorAll("button")].find((button) => button.textContent === words)?.focus()
  }
  model.on("sections", show)
  show()
}
