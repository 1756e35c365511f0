// Runs that go on without their page: how far they are, stop, open. Tells whether this page is seen.

export function render({model, el}) {
  installTokens(NX_CSS)
  const list = element("ul", {})
  const box = element("div", {class: "nx-kept", role: "dialog", "aria-label": "Runs kept going", hidden: true}, element("h2", {}, "Kept running"), list)
  const count = element("button", {type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => open(box.hidden)})
  const root = element("div", {class: "nx-enginemenu"}, count, box)
  el.append(root)

  function open(wanted) {
    box.hidden = !wanted
    count.setAttribute("aria-expanded", String(wanted))
  }
  function row({id, title, sentence, fraction, href, active}) {
    const meter = element("div", {class: "nx-meter", "aria-hidden": "true"}, element("i"))
    meter.firstChild.style.width = `${100 * Math.max(0, fraction)}%`
    const act = (kind, text) => element("button", {type: "button", onclick: () => model.send_msg({kind, id})}, text)
    const acts = model.still ? [] : [active ? act("stop", "Stop") : act("drop", "Dismiss")]
    return element("li", {}, element("b", {}, title), element("span", {}, sentence), meter,
      element("p", {}, element("a", {href, onclick: () => { if (!active) model.send_msg({kind: "drop", id}) }}, "Open"), ...acts))
  }
  function show() {
    const n = model.runs.length
    root.hidden = n === 0
    if (n === 0) open(false)
    const going = model.runs.filter((run) => run.active).length
    count.textContent = going ? `${going} kept` : "done"
    count.setAttribute("aria-label", `${n} ${n === 1 ? "run is" : "runs are"} kept: show them`)
    const focused = el.getRootNode().activeElement
    if (!list.contains(focused) || list.childElementCount !== n) list.replaceChildren(...model.runs.map(row))
  }
  const seen = () => model.send_msg({kind: document.hidden ? "hidden" : "visible"})
  const onKey = (event) => { if (event.key === "Escape" && !box.hidden) { open(false); count.focus() } }
  const onClick = (event) => { if (!event.composedPath().includes(root)) open(false) }
  document.addEventListener("visibilitychange", seen)
  document.addEventListener("keydown", onKey)
  document.addEventListener("click", onClick)
  model.on("runs", show)
  model.on("remove", () => {
    document.removeEventListener("visibilitychange", seen)
    document.removeEventListener("keydown", onKey)
    document.removeEventListener("click", onClick)
  })
  if (document.hidden) seen()
  show()
}
