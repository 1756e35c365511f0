// One representation that forms, waits, and begins again.

export const render = (view) => playOn(view, "picture", {
  make: (data) => new Film(data),
  still: () => 8,
  moment: (film, seconds) => [Math.min(1, (seconds / 9) % 1.25) * (film.length - 1), seconds / 6],
  draw(pen, width, height, film, [position, yaw], token) {
    const series = Array.from({length: 8}, (_, i) => token(`series-${i}`))
    const classes = film.labels.class
    const kindOf = (k) => Number(classes[k] !== classes[0])
    drawScatter(pen, width, height, film, 0, position, [], {
      dims: 3, yaw, pitch: 0.4, trail: 10, chosen: new Set(), kindOf, colourOf: (k) => series[kindOf(k)],
      line: token("line"), ink2: token("ink-2"), ink3: token("ink-3"),
      cursor: token("cursor"), accent: token("accent"), font: token("font"),
    })
  },
})
