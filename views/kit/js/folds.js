// Folds the columns beside the stage, by a press at their edge or by [ and ]; remembered.

const SIDES = {left: {key: "[", what: "controls", open: "‹", shut: "›"}, right: {key: "]", what: "inspector", open: "›", shut: "‹"}}

export function render({model, el}) {
  installTokens(NX_CSS)
  const host = () => closestAbove(el, ".nx-middle")?.getRootNode().host
  const buttons = {}
  const show = (side, folded) => {
    const {key, what, open, shut} = SIDES[side]
    host()?.toggleAttribute(`data-folded-${side}`, folded)
    const said = `${folded ? "Show" : "Hide"} the ${what} (${key})`
    Object.assign(buttons[side], {title: said, textContent: folded ? shut : open})
    buttons[side].setAttribute("aria-label", said)
    buttons[side].setAttribute("aria-expanded", !folded)
  }
  const turn = (side) => {
    const folded = !host()?.hasAttribute(`data-folded-${side}`)
    localStorage.setItem(`nx-folded-${side}`, folded ? "1" : "")
    show(side, folded)
  }
  for (const side of Object.keys(SIDES)) {
    buttons[side] = element("button", {type: "button", class: `nx-fold nx-${side}`, onclick: () => turn(side)})
    el.append(buttons[side])
  }
  requestAnimationFrame(() => { for (const side of Object.keys(SIDES)) show(side, localStorage.getItem(`nx-folded-${side}`) === "1") })
  const hear = (event) => {
    if (!el.isConnected) return document.removeEventListener("keydown", hear)
    const side = Object.keys(SIDES).find((name) => SIDES[name].key === event.key)
    if (side && !isTyping(event) && !event.ctrlKey && !event.metaKey && !event.altKey) turn(side)
  }
  document.addEventListener("keydown", hear)
}
