// A row of "save as" buttons; the bytes come from Python when one is pressed.

export function render({model, el}) {
  installTokens(NX_CSS)
  const ask = async ({id, figures}) => model.send_msg({kind: "save", id, drawn: figures ? await drawnFigures() : []})
  const row = element("div", {class: "nx-saves", role: "group", "aria-label": "Save"}, element("span", {}, "Save"),
    ...model.items.map((item) => element("button", {type: "button", title: item.title, "aria-label": item.title, onclick: () => ask(item)}, item.label)))
  el.append(row)
  const stamp = () => { window.nxStamp = model.stamp } // pictures drawn here carry it too
  model.on("stamp", stamp)
  stamp()
  model.on("filename", () => {}); model.on("content", () => {
    if (!model.filename || !model.content.byteLength) return
    const url = URL.createObjectURL(new Blob([model.content]))
    element("a", {href: url, download: model.filename}).click()
    setTimeout(() => URL.revokeObjectURL(url), 10000)
  })
}
