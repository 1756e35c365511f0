// Every figure on the page as SVG: bokeh's own, and those that a stage offers to draw.

const FIGURES_MAX = 64

function figureViews() {
  const shown = (view) => view.model.type === "Figure" && view.el.getClientRects().length > 0
  return [...(window.Bokeh?.index.query(shown) ?? [])].slice(0, FIGURES_MAX)
}

async function drawnFigures() {
  return Promise.all(figureViews().map(async (view) => {
    const blob = await view.export("svg").to_blob()
    return {title: view.model.title?.text ?? "", svg: await blob.text()}
  }))
}

// Pictures on a canvas of ours; a stage offers each once, and it is drawn as it is seen now.
function offeredPictures() {
  const found = []
  document.dispatchEvent(new CustomEvent("nx-draw", {detail: found}))
  return found.slice(0, FIGURES_MAX)
}
