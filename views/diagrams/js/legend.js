// The axes of a diagram: what each is, how long it is, and a slider for those that are free.

export function render({model, el}) {
  installTokens(NX_CSS)
  const box = element("div", {class: "nx-legend"})
  el.append(box)
  let timer = null
  const rows = new Map()

  function tell(axis, kind) {
    document.dispatchEvent(new CustomEvent("nx-diagram-legend", {detail: {axis, lock: kind === "lock", from: model.link_id + "-legend"}}))
  }
  function send(axis, size) {
    clearTimeout(timer)
    timer = setTimeout(() => model.send_msg({kind: "size", axis, size}), 60)
  }
  function row({axis, said, size, free}) {
    const name = element("button", {type: "button", class: "nx-name", title: "Light this axis", onclick: () => tell(axis, "lock")}, axis)
    const made = element("div", {class: "nx-axis", onmouseenter: () => tell(axis, "over"), onmouseleave: () => tell(null, "out")}, name)
    if (!free) {
      made.append(element("span", {class: "nx-said"}, said ? `= ${said}` : ""), element("span", {class: "nx-size"}, thousands(size)))
      return made
    }
    const exponent = Math.log2(Math.max(1, size))
    const slider = element("input", {type: "range", min: 0, max: Math.max(13, Math.ceil(exponent)), step: 0.25, value: exponent, "aria-label": `size of ${axis}`})
    const exact = element("input", {type: "number", min: 1, value: size, "aria-label": `exact size of ${axis}`})
    slider.addEventListener("input", () => { exact.value = Math.round(2 ** slider.value); send(axis, Number(exact.value)) })
    exact.addEventListener("change", () => {
      const wanted = Math.max(1, Math.round(Number(exact.value)) || 1)
      exact.value = wanted
      slider.value = Math.log2(wanted)
      send(axis, wanted)
    })
    rows.set(axis, {slider, exact})
    made.append(slider, exact)
    return made
  }
  let shape = ""
  function show() {
    const next = JSON.stringify(model.rows.map(({axis, free}) => [axis, free]))
    if (next === shape) {
      // The same axes: only the numbers move, so that a slider in hand is not replaced.
      for (const [k, {size, free, said}] of model.rows.entries()) {
        if (!free) { box.children[k].querySelector(".nx-size").textContent = thousands(size); box.children[k].querySelector(".nx-said").textContent = said ? `= ${said}` : "" }
      }
      return
    }
    shape = next
    rows.clear()
    box.replaceChildren(...model.rows.map(row))
  }
  const hear = (event) => {
    if (event.detail.from !== model.link_id) return
    for (const [k, {axis}] of model.rows.entries()) box.children[k]?.classList.toggle("nx-lit", axis === event.detail.axis)
  }
  document.addEventListener("nx-diagram-axis", hear)
  model.on("rows", show)
  model.on("remove", () => document.removeEventListener("nx-diagram-axis", hear))
  show()
}
