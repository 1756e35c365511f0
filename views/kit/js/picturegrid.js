// Pictures in a grid that follows the width and height of the stage; each can be opened large.

const GAP = 12, CELL_MIN_HEIGHT = 260, CELL_MIN_WIDTH = 380, PEEK = 44

// How many columns show n pictures of these wishes (width to height) best: cells of nearly the
// wished form, no holes, and no scrolling where that can be had.
function columnsFor(wishes, width, height) {
  const wish = Math.exp(wishes.reduce((sum, w) => sum + Math.log(w), 0) / wishes.length)
  let best = 1, least = Infinity
  for (let columns = 1; columns <= wishes.length; columns++) {
    const cell = (width - GAP * (columns - 1)) / columns
    if (columns > 1 && cell < CELL_MIN_WIDTH * Math.min(1, wish)) break
    const rows = Math.ceil(wishes.length / columns)
    const fitting = (height - GAP * (rows - 1)) / rows
    const shown = Math.max(CELL_MIN_HEIGHT, fitting)
    const form = Math.abs(Math.log(cell / shown / wish))
    const scroll = Math.max(0, Math.log((shown * rows) / height))
    const holes = (columns * rows - wishes.length) / columns
    const cost = form + 0.6 * scroll + 0.25 * holes
    if (cost < least) [best, least] = [columns, cost]
  }
  return best
}

// A picture of one scale is no larger than its column is wide, so its column may take more.
function largeColumns(columns, wished) {
  if (columns === 1) return "minmax(0, 1fr)"
  const first = Math.min(0.56, Math.max(1 / columns, wished))
  return `minmax(0, ${first}fr) repeat(${columns - 1}, minmax(0, ${(1 - first) / (columns - 1)}fr))`
}

function figureIn(cell) {
  const inside = (view) => view.model.type === "Figure" && closestAbove(view.el, ".nx-cell") === cell
  return [...(window.Bokeh?.index.query(inside) ?? [])][0]
}

// Both axes to one scale: the largest frame of this form that fits beside axes, title and legend.
function fitSquare(view, aspect, width, height) {
  const {outer_width, outer_height, inner_width, inner_height} = view.model
  if (!(inner_width > 0)) return
  const room = [width - (outer_width - inner_width), height - (outer_height - inner_height)]
  const frame_height = Math.floor(Math.max(80, Math.min(room[1], room[0] / aspect)))
  const frame_width = Math.floor(frame_height * aspect)
  if (Math.abs(view.model.frame_width - frame_width) < 2 && Math.abs(view.model.frame_height - frame_height) < 2) return
  view.model.setv({frame_width, frame_height}, {sync: false})
}

// The title begins where the figure begins, so that it has the whole width.
function placeTitle(view) {
  const {title} = view.model
  const left = view.frame?.bbox?.left ?? 0
  if (title && left > 0 && Math.abs(title.offset + left - 6) > 1) title.setv({offset: 6 - left}, {sync: false})
}

export function render({model, el}) {
  installTokens(NX_CSS)
  const grid = element("div", {class: "nx-grid"})
  el.append(grid)
  const watched = new WeakSet()
  let cells = []

  function place() {
    const region = closestAbove(el, ".nx-middle")
    const width = grid.clientWidth
    if (!cells.length || !width) return
    const above = region ? grid.getBoundingClientRect().top - region.getBoundingClientRect().top + region.scrollTop : 0
    const padding = region ? parseFloat(getComputedStyle(region).paddingBottom) : 0
    const room = region ? region.clientHeight - above - padding - (model.followed ? PEEK : 0) : 560
    const height = Math.max(CELL_MIN_HEIGHT, room)
    const columns = columnsFor(cells.map(({aspect}) => aspect || 1.7), width, height)
    // Others must reach its second row, or that stays empty beside it.
    if (model.large) return placeLarge(Math.min(columns, cells.length - 1), height)
    const rows = Math.ceil(cells.length / columns)
    const tall = Math.max(CELL_MIN_HEIGHT, (height - GAP * (rows - 1)) / rows)
    grid.style.gridTemplateColumns = `repeat(${columns * (cells.length % columns || 1)}, minmax(0, 1fr))`
    grid.style.gridAutoRows = `${Math.floor(tall)}px`
    const last = cells.length % columns || columns
    cells.forEach(({cell}, k) => {
      const inLast = k >= cells.length - last
      cell.style.gridRow = "auto"
      cell.style.gridColumn = `span ${inLast && cells.length % columns ? columns : cells.length % columns || 1}`
    })
    cells.forEach(fit)
  }

  // The first picture over two rows; the last one as wide as what is left of its row.
  function placeLarge(columns, height) {
    const rows = Math.ceil((cells.length + 1) / columns)
    const tall = Math.max(CELL_MIN_HEIGHT, (height - GAP * (rows - 1)) / rows)
    grid.style.gridTemplateColumns = largeColumns(columns, (rows * tall * cells[0].aspect) / grid.clientWidth)
    grid.style.gridAutoRows = `${Math.floor(tall)}px`
    cells.forEach(({cell}, k) => {
      const left = rows * columns - cells.length
      cell.style.gridRow = k ? "auto" : "span 2"
      cell.style.gridColumn = `span ${k === cells.length - 1 ? left : 1}`
    })
    cells.forEach(fit)
  }

  function fit({cell, aspect}) {
    const view = figureIn(cell)
    if (!view) return
    const {paddingLeft, paddingTop} = getComputedStyle(cell)
    if (aspect) fitSquare(view, aspect, cell.clientWidth - 2 * parseFloat(paddingLeft), cell.clientHeight - 2 * parseFloat(paddingTop))
    placeTitle(view)
    if (watched.has(view)) return
    watched.add(view)
    // Wider numbers at an axis move the frame, and the title with it.
    view.model.properties.inner_width.change.connect(() => placeTitle(view))
  }

  function fill() {
    cells = model.get_child("objects").map((child, k) => {
      const cell = element("section", {class: "nx-cell"}, child, element("p", {class: "nx-nothing"}, "Nothing to draw yet"))
      const aspect = model.aspects[k] ?? 0
      const named = () => figureIn(cell)?.model.title?.text || `picture ${k + 1}`
      const one = {cell, aspect}
      const {button} = largeButton(cell, named, () => requestAnimationFrame(() => fit(one)))
      cell.classList.toggle("nx-square", aspect > 0)
      cell.prepend(button)
      return one
    })
    grid.replaceChildren(...cells.map(({cell}) => cell))
    grid.classList.toggle("nx-empty", cells.length === 0)
    place()
    // A figure knows the room of its axes only after its first painting.
    for (const wait of [60, 250, 800]) setTimeout(() => cells.forEach(fit), wait)
  }

  // New pictures come with a new call of this function, which leaves the old grid behind.
  const observer = new ResizeObserver(() => grid.isConnected ? place() : observer.disconnect())
  observer.observe(grid)
  const region = () => closestAbove(el, ".nx-middle")
  requestAnimationFrame(() => region() && observer.observe(region()))
  model.on("followed", place)
  model.on("remove", () => observer.disconnect())
  fill()
}
