// Every experiment: found by words and by workbench, family and claim; the address keeps the search.

function chip({sentence, source, says, tone}) {
  return element("li", {class: "nx-chip", "data-tone": tone ?? "plain", title: source || null},
    element("b", {}, says ?? "claim"), ` ${sentence}`)
}

// "same paper: this, that; same data: those"
function relatedLine(related) {
  const line = element("p", {class: "nx-quiet"})
  let said = ""
  for (const {title, why, href} of related) {
    line.append(why === said ? ", " : `${said ? "; " : "Related, "}${why}: `, element("a", {href}, title))
    said = why
  }
  return line
}

function atlasCard(entry) {
  const paper = entry.link ? element("a", {href: entry.link, target: "_blank", rel: "noreferrer"}, entry.paper || entry.link) : entry.paper
  const card = element("li", {class: "nx-entry"},
    element("p", {class: "nx-familyname", title: entry.about}, entry.family),
    element("h3", {}, element("a", {href: entry.href}, entry.title)),
    element("p", {}, entry.claim),
    entry.paper || entry.link ? element("p", {class: "nx-quiet nx-paper"}, paper) : "",
    element("p", {class: "nx-quiet"}, entry.seconds))
  if (entry.claims.length) card.append(element("ul", {class: "nx-chips", "aria-label": "Claims"}, ...entry.claims.map(chip)))
  if (entry.related.length) card.append(relatedLine(entry.related))
  return card
}

// One grid of cards for each workbench; which cards are hidden is told from outside.
function atlasGroups(entries) {
  const groups = new Map()
  for (const entry of entries) {
    if (!groups.has(entry.workbench)) groups.set(entry.workbench, [])
    // Made plain when first searched: opening the page need not wait for it.
    const said = [entry.title, entry.claim, entry.paper, entry.family, entry.workbench, entry.words, ...entry.claims.map(({sentence}) => sentence)]
    const member = {entry, card: atlasCard(entry), get text() { return (this.said ??= plain(said.join(" "))) }}
    groups.get(entry.workbench).push(member)
  }
  return [...groups].map(([workbench, members]) => {
    const section = element("section", {"aria-label": workbench}, element("h2", {}, workbench),
      element("ul", {class: "nx-entries"}, ...members.map(({card}) => card)))
    return {workbench, members, section}
  })
}

function choice(label, options) {
  const select = element("select", {"aria-label": label}, element("option", {value: ""}, label))
  for (const [text, inside] of options) {
    const made = inside.map((value) => element("option", {value: `${text}/${value}`}, value))
    select.append(inside.length ? element("optgroup", {label: text}, ...made) : element("option", {value: text}, text))
  }
  return select
}

function atlasBar(groups) {
  const families = groups.map(({workbench, members}) => [workbench, [...new Set(members.map(({entry}) => entry.family))]])
  const search = element("input", {type: "search", placeholder: "Title, claim, paper, knob …", "aria-label": "Search the experiments", spellcheck: "false", autocomplete: "off"})
  const workbench = choice("Every workbench", groups.map(({workbench}) => [workbench, []]))
  const family = choice("Every family", families)
  const claimed = element("input", {type: "checkbox"})
  const count = element("p", {class: "nx-count", role: "status"})
  const bar = element("form", {role: "search", "aria-label": "Atlas", class: "nx-bar"}, search, workbench, family, element("label", {}, claimed, "with a claim that is tested"), count)
  bar.addEventListener("submit", (event) => event.preventDefault())
  return {bar, search, workbench, family, claimed, count}
}

function nothingFound(parts, restore) {
  const words = parts.search.value.trim()
  const tries = ["lesion", "attention", "sorting", "permutation", "training"]
  const button = (text, press) => element("button", {type: "button", onclick: press}, text)
  return [
    element("h3", {}, words ? `No experiment has all of “${words}”` : "No experiment is left by these filters"),
    element("p", {}, "A search looks in titles, claims, papers, families, knobs and descriptions, and wants every word of yours. Use fewer words or parts of them, such as:"),
    element("p", {class: "nx-tries"}, ...tries.map((word) => button(word, () => restore(word))), button("show everything", () => restore("")))]
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const groups = atlasGroups(model.entries)
  const parts = atlasBar(groups)
  const {search, workbench, family, claimed, count} = parts
  const empty = element("div", {class: "nx-empty", hidden: true})
  const all = element("div", {}, ...groups.map(({section}) => section))
  el.append(element("div", {class: "nx-atlasbox"}, element("h1", {}, "Atlas"),
    element("p", {class: "nx-lead"}, "Every experiment, what it claims, where it was published and how long it takes here. Ctrl-K finds them from any page, with neurons and architectures."),
    parts.bar, empty, all))

  const passes = (member, words) =>
    (!workbench.value || member.entry.workbench === workbench.value) &&
    (!family.value || `${member.entry.workbench}/${member.entry.family}` === family.value) &&
    (!claimed.checked || member.entry.claims.length > 0) && words.every((word) => member.text.includes(word))

  const show = () => {
    const words = wordsOf(search.value)
    let n = 0
    for (const {members, section} of groups) {
      let inside = 0
      for (const member of members) {
        member.card.hidden = !passes(member, words)
        inside += !member.card.hidden
      }
      section.hidden = !inside
      n += inside
    }
    const total = model.entries.length
    count.textContent = n === total ? `${total} experiments` : `${n} of ${total} experiments`
    empty.hidden = n > 0
    if (!n) empty.replaceChildren(...nothingFound(parts, restore))
    const kept = new URLSearchParams()
    for (const [name, value] of [["q", search.value.trim()], ["workbench", workbench.value], ["family", family.value], ["claimed", claimed.checked ? "1" : ""]]) if (value) kept.set(name, value)
    history.replaceState(history.state, "", `${location.pathname}${kept.size ? "?" : ""}${kept}`)
  }

  function restore(words) {
    search.value = words
    workbench.value = family.value = ""
    claimed.checked = false
    show()
    search.focus()
  }

  const asked = new URLSearchParams(location.search)
  search.value = asked.get("q") ?? ""
  workbench.value = asked.get("workbench") ?? ""
  family.value = asked.get("family") ?? ""
  for (const select of [workbench, family]) if (select.selectedIndex < 0) select.value = ""
  claimed.checked = asked.has("claimed")
  for (const part of [search, workbench, family, claimed]) part.addEventListener("input", show)
  workbench.addEventListener("input", () => { if (!family.value.startsWith(workbench.value)) { family.value = ""; show() } })
  // From the search down into what was found, and up again.
  el.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return
    const stops = [search, ...all.querySelectorAll("h3 a")].filter((stop) => stop === search || stop.offsetParent)
    const at = stops.indexOf(event.target)
    const to = stops[at + (event.key === "ArrowDown" ? 1 : -1)]
    if (at < 0 || !to) return
    event.preventDefault()
    to.focus()
  })
  show()
}
