// One array that sorts itself, waits, and begins again.

export const render = (view) => playOn(view, "picture", {
  make: (data) => new Lane(data),
  still: () => 4.5,
  moment: (lane, seconds) => Math.floor(Math.min(1, (seconds / 9) % 1.25) * lane.n_swaps),
  draw(pen, width, height, lane, step, token) {
    const series = Array.from({length: 8}, (_, i) => token(`series-${i}`))
    pen.translate(16, 12)
    drawArray(pen, width - 32, height - 12, lane, step, {
      colour: "algotype", series, selected: -1, partner: -1,
      ink2: token("ink-2"), faint: token("line-strong"), cursor: token("cursor"),
    })
  },
})
