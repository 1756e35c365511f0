// A titled group of controls that folds; open at first.

export function render({model, el}) {
  installTokens(NX_CSS)
  const details = element("details", {open: model.opened}, element("summary", {}, model.title))
  const body = element("div", {class: "nx-body"})
  details.append(body)
  el.append(details)
  const fill = () => body.replaceChildren(...model.get_child("objects"))
  model.on("objects", fill)
  fill()
}
