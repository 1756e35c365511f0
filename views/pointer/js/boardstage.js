// The board on stage: one clock for its steps, a cell under the hand, digits typed where allowed.

function boardCard(title) {
  const canvas = element("canvas", {class: "nx-canvas"})
  const menu = element("span", {class: "nx-export"})
  const head = element("div", {class: "nx-head"}, element("b", {}, title), menu)
  const card = element("section", {class: "nx-card", "aria-label": title}, head, canvas)
  head.append(largeButton(card, () => title).button)
  return {canvas, menu, card}
}

class BoardStage {
  constructor(model, el) {
    Object.assign(this, {model, el, hovered: -1, scene: null})
    this.clock = clockNamed(model.clock_id)
    this.clock.unit = "step"
    this.board = boardCard("The board")
    this.course = boardCard("What the marked cell believes")
    this.course.canvas.setAttribute("role", "img")
    this.board.canvas.tabIndex = 0
    this.board.canvas.setAttribute("role", "application")
    this.words = element("p", {class: "nx-words", "aria-live": "polite"}, "The board comes with the engine's first answer.")
    this.pad = element("div", {class: "nx-pad", role: "group", "aria-label": "Digit of the marked cell"})
    this.pad.hidden = true
    this.key = element("p", {class: "nx-key"})
    this.course.card.append(this.words, this.pad, this.key)
    el.append(element("div", {class: "nx-boards"}, this.board.card, this.course.card))
    this.listen()
    this.addExports()
    this.resized = new ResizeObserver(() => this.ask())
    for (const {canvas} of [this.board, this.course]) this.resized.observe(canvas)
    this.unlisten = this.clock.listen(() => this.ask())
    this.untheme = onThemeChange(() => {
      this.tokens = null
      this.ask()
    })
    this.load()
  }

  look() {
    if (!this.tokens) {
      const token = tokenReader(this.el)
      this.tokens = {
        line: token("line"), lineStrong: token("line-strong"), ink: token("ink"), ink2: token("ink-2"), ink3: token("ink-3"), accent: token("accent"),
        cursor: token("cursor"), warning: token("warning"), warningGround: token("warning-ground"), sunken: token("null"), bar: token("series-0"),
        font: token("font"), ground: token("surface"), series: Array.from({length: 8}, (_, k) => token(`series-${k}`)),
      }
    }
    return {...this.tokens, focus: this.focus()}
  }

  focus() {
    if (!this.scene) return -1
    if (this.hovered >= 0) return this.hovered
    const {selected} = this.model
    return selected >= 0 && selected < this.scene.n ** 2 ? selected : this.scene.latest
  }

  load() {
    const scene = readPayload(this.model.scene)
    if (!scene) return
    const same = this.scene?.n_steps === scene.n_steps && this.scene?.n === scene.n
    this.scene = scene
    if (!same || this.clock.length !== scene.n_steps) {
      this.clock.open({length: scene.n_steps, unit: "step", speed: Math.max(1.5, scene.n_steps / 8)})
      if (scene.start < 0) this.clock.seek(scene.n_steps, "rest")
    }
    if (scene.start >= 0) this.clock.seek(Math.min(scene.start, scene.n_steps), "rest")
    this.pad.hidden = !this.model.editable
    if (this.pad.childElementCount !== scene.n + 1) this.fillPad()
    this.key.textContent = `In each cell bars show its belief in 1 to ${scene.n}; the small number is the step since when it is right; what is struck is wrong. Peers of the marked cell are shaded by how loud their messages to it are.`
    this.board.canvas.setAttribute("aria-label", `Board of ${scene.n} by ${scene.n}. Arrows move the mark${this.model.editable ? ", digits are typed, Delete clears" : ""}.`)
    this.ask()
  }

  fillPad() {
    const press = (digit) => () => this.write(digit)
    const digits = Array.from({length: this.scene.n}, (_, k) => element("button", {type: "button", onclick: press(k + 1)}, String(k + 1)))
    this.pad.replaceChildren(...digits, element("button", {type: "button", onclick: press(0)}, "clear"))
  }

  listen() {
    const {canvas} = this.board
    const at = (event) => this.scene ? boardCell(boardFrame(canvas.clientWidth, canvas.clientHeight, this.scene.n), this.scene.n, event.offsetX, event.offsetY) : -1
    canvas.addEventListener("pointermove", (event) => this.hover(at(event)))
    canvas.addEventListener("pointerleave", () => this.hover(-1))
    canvas.addEventListener("pointerdown", (event) => {
      canvas.focus({preventScroll: true})
      const cell = at(event)
      if (cell >= 0) this.select(cell)
    })
    canvas.addEventListener("keydown", (event) => this.press(event))
  }

  press(event) {
    if (!this.scene || event.ctrlKey || event.metaKey || event.altKey) return
    const {n} = this.scene
    const cell = Math.max(0, this.model.selected)
    const way = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[event.key]
    const digit = Number.parseInt(event.key, 10)
    if (way) {
      const row = (Math.floor(cell / n) + way[0] + n) % n
      this.hovered = -1
      this.select(row * n + (cell % n + way[1] + n) % n)
    } else if (event.key === "Delete" || event.key === "Backspace") this.write(0)
    else if (digit >= 0 && digit <= n) this.write(digit)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  write(digit) {
    if (this.model.editable && this.model.selected >= 0) this.model.send_msg({kind: "write", cell: this.model.selected, digit})
  }

  select(cell) {
    this.model.selected = cell
    this.ask()
  }

  hover(cell) {
    if (cell === this.hovered) return
    this.hovered = cell
    this.ask()
  }

  step() {
    return Math.min(Math.floor(this.clock.position + 1e-9), this.scene.n_steps)
  }

  addExports() {
    for (const [picture, name, draw] of [[this.board, "board", drawBoard], [this.course, "belief", drawCourse]]) {
      offerPicture(picture.canvas, `pointer ${name}`, () => this.look().ground, (pen, w, h) => this.scene && draw(pen, w, h, this.scene, this.step(), this.look()))
      for (const kind of ["svg", "png"]) {
        picture.menu.append(element("button", {type: "button", title: `Save this picture as ${kind.toUpperCase()}`, "aria-label": `Save ${name} as ${kind.toUpperCase()}`,
          onclick: () => {
            if (!this.scene) return
            const look = this.look()
            exportPicture(kind, `pointer-${name}`, picture.canvas.clientWidth, picture.canvas.clientHeight, look.ground, (pen, w, h) => draw(pen, w, h, this.scene, this.step(), look))
          }}, kind))
      }
    }
  }

  ask() {
    if (this.pending) return
    this.pending = true
    requestAnimationFrame(() => {
      this.pending = false
      if (!this.scene || !this.board.canvas.isConnected) return
      const look = this.look()
      drawBoard(...sizedPen(this.board.canvas), this.scene, this.step(), look)
      drawCourse(...sizedPen(this.course.canvas), this.scene, this.step(), look)
      const said = this.sentence()
      if (this.words.textContent !== said) this.words.textContent = said
    })
  }

  sentence() {
    const {n, givens, right_from: since, answer} = this.scene
    const cell = this.focus()
    const step = this.step()
    if (cell < 0) return "Point at a cell."
    const name = (k) => `row ${Math.floor(k / n) + 1}, column ${k % n + 1}`
    if (givens[cell]) return `${name(cell)} is given: ${givens[cell]}.`
    const {digit, share} = believed(this.scene, step, cell)
    const loudest = peersOf(this.scene, step, cell).reduce((a, b) => (b.loud > a.loud ? b : a))
    const heard = loudest.loud > 0 ? ` Loudest in this step: ${name(loudest.peer)}.` : ""
    const right = !answer[cell] ? "" : since[cell] >= 0 ? ` Right since step ${since[cell]}.` : ` Never right; it is ${answer[cell]}.`
    return step ? `${name(cell)} after step ${step}: ${digit} with ${(100 * share).toFixed(share > 0.995 ? 1 : 0)} %.${heard}${right}` : `${name(cell)}: no message has come yet.`
  }

  close() {
    this.unlisten()
    this.untheme()
    this.resized.disconnect()
  }
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const stage = new BoardStage(model, el)
  model.on("scene", () => queueMicrotask(() => stage.load()))
  model.on("selected", () => stage.ask())
  model.on("remove", () => stage.close())
}
