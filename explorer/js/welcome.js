// What this is, in one sentence, and what to do first.

export function render({el}) {
  installTokens(NX_CSS)
  el.append(element("div", {class: "nx-welcome"}, element("h1", {}, "How does computation arise in networks?"),
    element("p", {}, "Each workbench puts a compute engine behind a picture you can stop, break and measure. Open one, take a tour, or look through the ", element("a", {href: "./atlas"}, "Atlas of all experiments"), ".")))
}
