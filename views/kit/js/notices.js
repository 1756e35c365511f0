// Sentences for people, with a next step; text only, newest last, gone on click or after a while.

export function render({model, el}) {
  installTokens(NX_CSS)
  const box = element("div", {class: "nx-notices", role: "status", "aria-live": "polite"})
  el.append(box)
  const seen = new Set()
  function show() {
    for (const {id, text, tone} of model.notices) {
      if (seen.has(id)) continue
      seen.add(id)
      const close = element("button", {type: "button", "aria-label": "Dismiss"}, "×")
      const card = element("div", {class: `nx-notice nx-${tone}`}, element("span", {}, text), close)
      close.addEventListener("click", () => card.remove())
      box.append(card)
      if (tone !== "bad") setTimeout(() => card.remove(), 8000)
      while (box.children.length > 4) box.firstChild.remove()
    }
  }
  model.on("notices", show)
  show()
}
