// A line over the stage: an earlier answer is shown, or what is done while there is none.

export function render({model, el}) {
  installTokens(NX_CSS)
  const text = element("p", {role: "status"})
  const meter = element("div", {class: "nx-meter", "aria-hidden": "true"}, element("i"))
  const box = element("div", {class: "nx-standing"}, text, meter)
  el.append(box)

  function show() {
    box.hidden = model.kind === ""
    box.dataset.kind = model.kind
    text.textContent = model.sentence
    const known = model.fraction >= 0
    meter.hidden = model.kind === "first" && !known
    meter.classList.toggle("nx-unknown", !known)
    meter.firstChild.style.width = `${100 * Math.max(0, model.fraction)}%`
  }
  for (const name of ["kind", "sentence", "fraction"]) model.on(name, show)
  show()
}
