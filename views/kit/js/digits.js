// A whole number with more digits than a browser's numbers hold: it stays text from end to end.

export function render({model, el}) {
  installTokens(NX_CSS)
  const id = `nx-${model.label.replace(/\W+/g, "-")}`
  const box = element("input", {type: "text", inputmode: "numeric", autocomplete: "off", spellcheck: "false", id,
    class: "nx-number nx-digits", title: model.help, onchange: () => take(box.value.trim()),
    onkeydown: (event) => { if (event.key === "Enter") box.blur() }})
  el.append(element("div", {class: "nx-knob"}, element("div", {class: "nx-line"},
    element("label", {for: id, title: model.help}, model.label), box,
    element("span", {class: "nx-unit"}, model.unit))))

  function take(typed) {
    // Python says why when digits do not fit; anything else is no attempt at a number.
    if (/^-?[0-9]+$/.test(typed)) model.digits = typed
    else show()
  }
  function show() {
    box.value = model.digits
    // As wide as its digits, so that a long one can be read whole.
    box.style.width = `max(84px, calc(${model.digits.length + 1}ch + 10px))`
  }
  model.on("digits", show)
  show()
}
