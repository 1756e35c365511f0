// Where the stage begins: its model's changes become pictures.

export function render({model, el}) {
  installTokens(NX_CSS)
  const stage = new WiringStage(model, el)
  const untheme = onThemeChange(() => { if (stage.data) stage.data.paintKey = null; stage.ask() })
  for (const name of ["wiring", "drawing", "numbers"]) model.on(name, () => stage.loadSoon())
  model.on("camera", () => stage.lookFrom())
  model.on("selected", () => stage.selectionChanged())
  for (const name of ["lit", "paths", "swap_axes"]) model.on(name, () => stage.ask())
  for (const name of ["layout", "order", "colour"]) model.on(name, () => { if (stage.built) stage.fillMenus(); stage.ask() })
  const unplay = typeof followActivity === "function" ? followActivity(stage, model) : () => {}
  model.on("remove", () => { clearTimeout(stage.keeping); stage.resized?.disconnect(); untheme(); unplay() })
  stage.load()
}
