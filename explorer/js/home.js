// A card: live picture, name, one sentence, tours.

export function render({model, el}) {
  installTokens(NX_CSS)
  const picture = element("a", {class: "nx-picture", href: model.href, tabindex: "-1", "aria-hidden": "true"})
  const body = element("div", {class: "nx-cardbody"}, element("h2", {}, element("a", {href: model.href}, model.title)), element("p", {}, model.sentence))
  if (model.tours.length) {
    body.append(element("h3", {}, "Tours"), element("ul", {}, ...model.tours.map(({title, href, sentence}) =>
      element("li", {}, element("a", {href, title: sentence}, title)))))
  }
  el.append(element("article", {class: "nx-homecard"}, picture, body))
  const fill = () => picture.replaceChildren(...model.get_child("objects"))
  model.on("objects", fill)
  fill()
}
