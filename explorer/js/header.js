// The top bar: name, workbenches, the engine's state, share, theme, help.

const MARK = "M3 5h4c5 0 5 7 10 7h4M3 12h5M3 19h4c5 0 5-7 10-7M14 5h3c2 0 2 2 4 2M14 19h3c2 0 2-2 4-2"
const ICONS = {
  undo: "M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6",
  redo: "M15 7l5 5l-5 5M20 12H10a6 6 0 0 0-6 6",
  find: "M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14M16.5 16.5L21 21",
  share: "M8 9l4-4 4 4M12 5v10M5 13v5h14v-5",
  theme: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  help: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1-1.5 2.4M12 18v.01",
}

const BROUGHT_MAX_BYTES = 16777216

function icon(path, size = 18) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  svg.setAttribute("viewBox", "0 0 24 24")
  svg.setAttribute("width", size)
  svg.setAttribute("height", size)
  svg.setAttribute("aria-hidden", "true")
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path")
  line.setAttribute("d", path)
  svg.append(line)
  return svg
}

function toggleTheme() {
  const root = document.documentElement
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark"
  localStorage.setItem("nx-theme", root.dataset.theme)
}

function saveFile(name, content, type) {
  const url = URL.createObjectURL(new Blob([content], {type}))
  element("a", {href: url, download: name}).click()
  setTimeout(() => URL.revokeObjectURL(url), 10000)
}

export function render({model, el}) {
  installTokens(NX_CSS)
  document.documentElement.dataset.theme ||= matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"
  const nav = element("nav", {"aria-label": "Workbenches"}, ...model.links.map(({title, href, active}) =>
    element("a", {href, class: active ? "nx-active" : "", "aria-current": active ? "page" : null}, title)))
  const dot = element("i", {})
  const engineText = element("span", {})
  const pill = element("div", {class: "nx-pill", role: "status", "aria-label": "Engine", hidden: model.in_atlas}, dot, engineText)

  const bring = async (brought) => {
    const name = brought.name.slice(0, 200)
    if (brought.size > BROUGHT_MAX_BYTES || !brought.size) model.send_msg({kind: "too-large", size: brought.size, name})
    else {
      model.dropped_name = name
      model.dropped = await brought.arrayBuffer()
    }
  }
  const file = element("input", {type: "file", accept: ".json,.zip", hidden: true, onchange: async () => {
    const chosen = file.files[0]
    if (!chosen) return
    if (chosen.name.toLowerCase().endsWith(".zip")) await bring(chosen)
    else if (chosen.size > 4000000) model.send_msg({kind: "too-large", size: chosen.size, name: chosen.name.slice(0, 200)})
    else model.send_msg({kind: "open", text: await chosen.text(), name: chosen.name.slice(0, 200)})
    file.value = ""
    menu.hidden = true
  }})
  const copied = element("span", {class: "nx-copied", role: "status"})
  const name = element("input", {type: "text", maxlength: 100, placeholder: "Name this session", "aria-label": "Name this session"})
  const menu = element("div", {class: "nx-menu", role: "menu", hidden: true},
    element("button", {type: "button", role: "menuitem", onclick: async () => {
      await navigator.clipboard.writeText(location.href)
      copied.textContent = " copied"
      setTimeout(() => { copied.textContent = ""; menu.hidden = true }, 1200)
    }}, "Copy link to this view", copied),
    element("button", {type: "button", role: "menuitem", onclick: () => { menu.hidden = true; model.send_msg({kind: "save"}) }}, "Save session file"),
    element("button", {type: "button", role: "menuitem", title: "One ZIP: session, data, figures, tables, numbers, versions and a script that makes them again", onclick: async () => {
      menu.hidden = true
      model.send_msg({kind: "bundle", drawn: [...offeredPictures(), ...await drawnFigures()]})
    }}, "Save bundle"),
    element("button", {type: "button", role: "menuitem", onclick: () => file.click()}, "Open session file or bundle…"), file,
    element("form", {class: "nx-keep", onsubmit: (event) => {
      event.preventDefault()
      model.send_msg({kind: "keep", title: name.value})
      name.value = ""
      menu.hidden = true
    }}, name, element("button", {type: "submit"}, "Keep")))
  const shareButton = element("button", {type: "button", title: "Share", "aria-label": "Share", "aria-haspopup": "menu",
    onclick: () => { menu.hidden = !menu.hidden }}, icon(ICONS.share))
  const share = element("div", {class: "nx-sharebox", hidden: !model.can_share || !model.may_save}, shareButton, menu)
  // A page without a session has nobody to ask; the manual says what there is.
  const help = model.manual
    ? element("a", {class: "nx-manual", href: model.manual, title: "Manual (?)", "aria-label": "Manual"}, icon(ICONS.help))
    : element("button", {type: "button", hidden: model.in_atlas, title: "Help (?)", "aria-label": "Help", onclick: () => model.send_msg({kind: "help"})}, icon(ICONS.help))
  el.append(element("header", {class: "nx-header", role: "none"},
    element("a", {class: "nx-brand", href: "./", "aria-label": "Neural Explorer, home"}, icon(MARK, 22), element("b", {}, "Neural Explorer")),
    nav, pill,
    // The palette listens; it is a component of its own on every page.
    element("button", {type: "button", class: "nx-find", title: "Find anything by name (Ctrl-K)", "aria-keyshortcuts": "Control+K", onclick: () => document.dispatchEvent(new Event("nx-find"))}, icon(ICONS.find, 16), element("span", {}, "Find")),
    element("a", {class: `nx-atlas ${model.in_atlas ? "nx-active" : ""}`, href: "./atlas", title: "Every experiment on one page", "aria-current": model.in_atlas ? "page" : null}, "Atlas"),
    ...["undo", "redo"].map((kind) => element("button", {type: "button", class: "nx-step", hidden: !model.can_share,
      title: kind === "undo" ? "Undo (Ctrl-Z)" : "Redo (Ctrl-Y)", "aria-label": kind === "undo" ? "Undo" : "Redo",
      onclick: () => model.send_msg({kind})}, icon(ICONS[kind]))),
    share,
    element("button", {type: "button", title: "Light or dark", "aria-label": "Switch between light and dark", onclick: toggleTheme}, icon(ICONS.theme)),
    help))

  const show = () => {
    pill.dataset.tone = model.engine.tone
    engineText.textContent = model.engine.text
    pill.title = model.engine.detail
  }
  const onKey = (event) => {
    if (event.key === "Escape") menu.hidden = true
    const letter = event.key.toLowerCase()
    if (model.can_share && (event.ctrlKey || event.metaKey) && !event.altKey && "zy".includes(letter) && !isTyping(event)) {
      event.preventDefault()
      model.send_msg({kind: letter === "y" || event.shiftKey ? "redo" : "undo"})
    }
    if (event.key === "?" && !isTyping(event)) help.click()
  }
  // Where a file is wanted already, its box takes it.
  const isFile = (event) => event.dataTransfer?.types.includes("Files") && !event.defaultPrevented
  const onOver = (event) => { if (isFile(event)) event.preventDefault() }
  const onDrop = async (event) => {
    const dropped = isFile(event) ? event.dataTransfer.files[0] : null
    if (!dropped) return
    event.preventDefault()
    await bring(dropped)
  }
  document.addEventListener("dragover", onOver)
  document.addEventListener("drop", onDrop)
  const onClick = (event) => { if (!event.composedPath().includes(share)) menu.hidden = true }
  document.addEventListener("keydown", onKey)
  document.addEventListener("click", onClick)
  model.on("engine", show)
  model.on("go", () => { if (model.go) location.href = model.go })
  model.on("file", () => { if (model.file.name) saveFile(model.file.name, model.file.text, "application/json") })
  model.on("bundle_name", () => {})
  model.on("bundle", () => { if (model.bundle.byteLength) saveFile(model.bundle_name, model.bundle, "application/zip") })
  model.on("remove", () => {
    document.removeEventListener("keydown", onKey)
    document.removeEventListener("click", onClick)
    document.removeEventListener("dragover", onOver)
    document.removeEventListener("drop", onDrop)
  })
  show()
}
