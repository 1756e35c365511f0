// The name of what is on stage, its setting in a few words, and the ways to the other experiments.

export function render({model, el}) {
  installTokens(NX_CSS)
  const title = element("h1", {})
  const detail = element("span", {class: "nx-detail"})
  const links = element("nav", {"aria-label": "Experiments"})
  el.append(element("div", {class: "nx-title"}, title, detail, links))
  const show = () => {
    title.textContent = model.title
    detail.textContent = model.detail
    detail.title = model.detail
    links.replaceChildren(...model.links.map((link) =>
      element("a", {href: link.href, class: link.active ? "nx-active" : "", "aria-current": link.active ? "page" : null}, link.title)))
  }
  for (const name of ["title", "detail", "links"]) model.on(name, show)
  show()
}
