// One answer, step after step, again and again.

export const render = (view) => playOn(view, "picture", {
  still: (scene) => scene.n_steps / 2,
  moment: (scene, seconds) => Math.min(scene.n_steps, Math.floor(2 * seconds) % (scene.n_steps + 4)),
  draw(pen, width, height, scene, step, token) {
    drawPlane(pen, width, height, scene, step, {
      line: "transparent", ink2: "transparent", ink3: token("ink-3"), accent: token("accent"),
      cursor: token("cursor"), warning: token("warning"), good: token("series-4"), polished: token("series-5"),
      font: token("font"), reference: false, selected: -1, hovered: -1,
    })
  },
})
