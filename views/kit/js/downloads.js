// A row of "save as" buttons; the bytes come from Python when one is pressed.

const FIGURES_MAX = 64

function figureViews() {
  const shown = (view) => view.model.type === "Figure" && view.el.getClientRects().length > 0
  return [...(window.Bokeh?.index.query(shown) ?? [])].slice(0, FIGURES_MAX)
}

async function drawnFigures() {
  return Promise.all(figureViews().map(async (view) => {
    const blob = await view.export("svg").to_blob()
    return {title: view.model.title?.text ?? "", svg: await blob.text()}
  }))
}

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
