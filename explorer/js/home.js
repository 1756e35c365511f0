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
  const still = element("img", {class: "nx-still", alt: "", hidden: !model.still.light})
  const paint = () => {
    if (model.still.light) still.src = model.still[document.documentElement.dataset.theme === "dark" ? "dark" : "light"]
  }
  const fill = () => picture.replaceChildren(still, ...model.get_child("objects"))
  const show = () => picture.classList.toggle("nx-live", model.live)
  model.on("objects", fill)
  model.on("live", show)
  model.on("remove", onThemeChange(paint))
  paint()
  fill()
  show()
}
