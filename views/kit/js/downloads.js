// A row of "save as" buttons; the bytes come from Python when one is pressed.

export function render({model, el}) {
  installTokens(NX_CSS)
  const row = element("div", {class: "nx-saves", role: "group", "aria-label": "Save"}, element("span", {}, "Save"),
    ...model.items.map(({id, label, title}) => element("button", {type: "button", title, "aria-label": title, onclick: () => model.send_msg({kind: "save", id})}, label)))
  el.append(row)
  model.on("filename", () => {}); model.on("content", () => {
    if (!model.filename || !model.content.byteLength) return
    const url = URL.createObjectURL(new Blob([model.content]))
    element("a", {href: url, download: model.filename}).click()
    setTimeout(() => URL.revokeObjectURL(url), 10000)
  })
}
