// A number with its name, unit and help; a slider under it when it has a range worth sliding over.

export function render({model, el}) {
  installTokens(NX_CSS)
  const ranged = model.high > model.low
  const id = `nx-${model.label.replace(/\W+/g, "-")}`
  const box = element("input", {type: "number", id, class: "nx-number", step: "any", title: model.help,
    onchange: () => take(Number(box.value), true), onkeydown: (event) => { if (event.key === "Enter") box.blur() }})
  const head = element("div", {class: "nx-line"}, element("label", {for: id, title: model.help}, model.label), box,
    element("span", {class: "nx-unit"}, model.unit))
  const root = element("div", {class: "nx-knob"}, head)
  const slider = element("input", {type: "range", min: 0, max: 1, step: "any", "aria-label": model.label, title: model.help,
    oninput: () => take(fromShare(Number(slider.value)), false), onchange: () => take(fromShare(Number(slider.value)), true),
    onkeydown: (event) => {
      const by = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1}[event.key]
      if (!by) return
      event.preventDefault()
      take(model.value + by * model.step, true)
    }})
  if (ranged) {
    root.append(slider)
    const marks = Object.entries(model.marks).map(([at, text]) => [Number(at), text]).filter(([at]) => at >= model.low && at <= model.high)
    if (marks.length) {
      root.append(element("div", {class: "nx-marks"}, ...marks.map(([at, text]) =>
        element("button", {type: "button", style: `--at:${toShare(at)}`, title: `Set to ${at}`, onclick: () => take(at, true)}, `${at} ${text}`))))
    }
  }
  el.append(root)

  function toShare(value) {
    const {low, high} = model
    if (model.log) return Math.log(Math.max(value, low) / low) / Math.log(high / low)
    return (value - low) / (high - low)
  }
  function fromShare(share) {
    const {low, high, step} = model
    const value = model.log ? low * (high / low) ** share : low + share * (high - low)
    return Math.round(value / step) * step
  }
  let timer = null
  function take(value, now) {
    if (!Number.isFinite(value)) { show(model.value); return }
    let wanted = model.whole ? Math.round(value) : Number(value.toPrecision(10))
    if (model.least !== null) wanted = Math.max(model.least, wanted)
    if (model.most !== null) wanted = Math.min(model.most, wanted)
    show(wanted)
    clearTimeout(timer)
    if (now) model.value = wanted
    else timer = setTimeout(() => { model.value = wanted }, 40)
  }
  function show(value) {
    box.value = value
    if (!ranged) return
    const share = Math.max(0, Math.min(1, toShare(value)))
    slider.value = share
    slider.style.setProperty("--filled", `${100 * share}%`)
    slider.setAttribute("aria-valuetext", `${value} ${model.unit}`)
  }
  model.on("value", () => show(model.value))
  show(model.value)
}
