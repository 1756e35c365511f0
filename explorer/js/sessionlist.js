// The sessions on this machine, one row each; text only.

export function render({model, el}) {
  installTokens(NX_CSS)
  const rows = element("ul", {})
  const said = element("p", {class: "nx-said", role: "status"})
  const box = element("section", {class: "nx-sessions", "aria-label": "Sessions"}, element("h2", {}, "Where you were"), rows, said)
  el.append(box)

  function row({id, here, title, detail, saved}) {
    const tell = (kind, more = {}) => model.send_msg({kind, id, ...more})
    const name = element("span", {class: "nx-name"}, element("b", {}, title), element("span", {}, detail))
    const act = (text, what, press) => element("button", {type: "button", "aria-label": `${what}: ${title}`, onclick: press}, text)
    const rename = () => {
      const input = element("input", {value: title, maxlength: 100, "aria-label": "Name of the session"})
      const done = () => { if (input.isConnected) tell("name", {title: input.value}) }
      input.addEventListener("keydown", (event) => {
        if (event.key === "Enter") done()
        if (event.key === "Escape") show()
      })
      name.replaceChildren(input)
      input.select()
    }
    return element("li", {class: here ? "nx-here" : ""}, name, element("time", {}, here ? `saved by itself, ${saved}` : saved),
      act(here ? "Go on" : "Open", "Open", () => tell("open")), act("Name", "Name", rename),
      act("Duplicate", "Duplicate", () => tell("duplicate")), act("Delete", "Delete", () => tell("delete")))
  }

  function show() {
    box.hidden = model.rows.length === 0
    rows.replaceChildren(...model.rows.map(row))
    said.textContent = model.said
  }
  model.on("rows", show)
  model.on("said", show)
  model.on("go", () => { if (model.go) location.href = model.go })
  show()
}
