// Ctrl-K: a combobox over everything that has a name, with a list that arrows walk through.

const SHOWN = 250 // every experiment, before anything is typed
const FIRST = {experiment: 30, tour: 8, preset: 5, architecture: 6, connectome: 5, recording: 4, paper: 4}
let index = null

// Fetched once for a page: first what is known, then what engines read from bundled data.
async function load(heard) {
  if (index) return
  index = {rows: [], complete: false}
  for (const part of ["known", "read"]) {
    const answer = await fetch(`./find/${part}.json`).catch(() => null)
    if (!answer?.ok) {
      index.failed = true
      break
    }
    index.rows.push(...(await answer.json()).map(([kind, title, about, href], k) =>
      ({kind, title, about, href, plain: plain(title), said: plain(about), k: index.rows.length + k})))
    index.complete = part === "read"
    heard()
  }
  heard()
}

function found(typed) {
  const query = plain(typed.trim())
  const words = wordsOf(query)
  if (!words.length) return index.rows.filter(({kind}) => kind === "experiment")
  const seen = new Set()
  return index.rows
    .map((row) => ({row, score: match(query, words, row.plain, row.said)}))
    .filter(({score}) => score)
    .map(({row, score}) => ({row, score: score + (FIRST[row.kind] ?? 0) - row.title.length / 100}))
    .sort((a, b) => b.score - a.score || a.row.k - b.row.k)
    .map(({row}) => row)
    .filter(({href, title}) => !seen.has(href + title) && seen.add(href + title))
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const list = element("ul", {id: "nx-found", role: "listbox", "aria-label": "What was found"})
  const input = element("input", {type: "text", role: "combobox", "aria-label": "Find anything by name", "aria-controls": "nx-found", "aria-expanded": "false",
    "aria-autocomplete": "list", placeholder: "An experiment, a tour, a paper, a neuron, an architecture …", spellcheck: "false", autocomplete: "off"})
  const count = element("p", {role: "status"})
  const dialog = element("dialog", {"aria-label": "Find"}, input, list,
    element("div", {class: "nx-foot"}, count, element("p", {"aria-hidden": "true"}, "↑ ↓ choose · Enter opens · Esc closes")))
  el.append(dialog)
  let rows = []
  let at = 0

  const mark = (to) => {
    at = Math.max(0, Math.min(to, list.children.length - 1))
    ;[...list.children].forEach((option, k) => option.setAttribute("aria-selected", String(k === at)))
    const chosen = list.children[at]
    chosen?.scrollIntoView({block: "nearest"})
    if (chosen) input.setAttribute("aria-activedescendant", chosen.id)
    else input.removeAttribute("aria-activedescendant")
  }

  const show = () => {
    if (!dialog.open) return
    rows = found(input.value)
    list.replaceChildren(...rows.slice(0, SHOWN).map(({kind, title, about}, k) =>
      element("li", {id: `nx-found-${k}`, role: "option", "aria-selected": "false", onclick: (event) => go(k, event), onpointermove: () => at !== k && mark(k)},
        element("b", {}, title), element("i", {}, kind), element("span", {}, about))))
    input.setAttribute("aria-expanded", String(rows.length > 0))
    mark(0)
    const many = rows.length > SHOWN ? `${SHOWN} of ${rows.length} found` : `${rows.length} found`
    const waits = index.failed ? "; the index could not be read, reload the page" : index.complete ? "" : "; reading names in bundled data …"
    count.textContent = rows.length || !index.complete ? many + waits : "nothing has this name; type fewer letters, or look through the Atlas"
  }

  const go = (k, event) => {
    const row = rows[k]
    if (!row) return
    if (event.ctrlKey || event.metaKey) window.open(row.href, "_blank", "noopener")
    else location.assign(row.href)
    dialog.close()
  }

  const open = () => {
    if (dialog.open) return
    dialog.showModal()
    input.value = ""
    load(show)
    show()
    input.focus()
  }

  input.addEventListener("input", show)
  dialog.addEventListener("keydown", (event) => {
    const to = {ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8}[event.key]
    if (to !== undefined) {
      event.preventDefault()
      mark(to)
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault()
      go(at, event)
    }
    // Keys typed here are no keys of the page below.
    if (!(event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) event.stopPropagation()
  })
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close() })
  const onKey = (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    event.preventDefault()
    if (dialog.open) dialog.close()
    else open()
  }
  // While it comes down from the window, before an editor below takes the key for itself.
  window.addEventListener("keydown", onKey, true)
  document.addEventListener("nx-find", open)
  model.on("remove", () => {
    window.removeEventListener("keydown", onKey, true)
    document.removeEventListener("nx-find", open)
  })
}
