// Takes the still away when the stage has drawn something, or says why nothing will come.
{
  const loader = document.getElementById("loader")
  const begun = performance.now()
  const EMPTY_MS = 1500 // a stage that has nothing to draw says so itself
  let idle = 0
  const drawn = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (/^(canvas|svg|table)$/i.test(each.tagName) && each.clientHeight > 40) return true
      if (each.shadowRoot && drawn(each.shadowRoot)) return true
    }
    return false
  }
  const find = (root, wanted) => {
    for (const each of root.querySelectorAll("*")) {
      if (each.classList.contains(wanted)) return each
      const found = each.shadowRoot && find(each.shadowRoot, wanted)
      if (found) return found
    }
    return null
  }
  const ready = () => {
    if (loader.classList.contains("nx-home")) return find(document, "nx-homecard") !== null
    const stage = find(document, "nx-middle")
    return stage !== null && (drawn(stage) || (stage.shadowRoot !== null && drawn(stage.shadowRoot)))
  }
  // Before it is idle a page has not said that it is there, and answers to it would be dropped.
  const isIdle = () => globalThis.Bokeh?.index?.roots?.every((root) => root.is_idle) ?? false
  const away = () => loader.remove()
  const look = () => {
    const passed = performance.now() - begun
    if (typeof Bokeh === "undefined" && passed > 20000) return say("The page's scripts could not be loaded; is the app still running?")
    if (_wsError) return say("The app does not answer; is it still running? Start it and reload this page.")
    if (passed > 30000) return away()
    if (isIdle()) {
      idle ||= passed
      if (ready() || passed - idle > EMPTY_MS) return away()
    }
    setTimeout(look, 60)
  }
  const say = (sentence) => { loader.querySelector("[role=status]").textContent = sentence }
  setTimeout(look, 60)
}
