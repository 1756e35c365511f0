// A film of activations in the browser: tracks through snapshots, whole or still growing.

class Film {
  constructor(data) {
    Object.assign(this, data)
    this.n_tracks = this.tracks.length
    this.n = this.stimuli.length
    this.n_rdm = this.in_rdm.length
    this.n_pairs = (this.n_rdm * (this.n_rdm - 1)) / 2
    const size = this.nets.length * this.length
    this.measures ??= Object.fromEntries(this.measure_names.map((name, k) => [name, this.values.subarray(k * size, (k + 1) * size)]))
    this.bounds = this.measureBounds()
  }

  get length() { return this.moments_at.length }

  // What comes live is appended; arrays are kept as lists of moments until the whole film comes.
  static live(frame) {
    const film = new Film({...frame, moments_at: [], moment_names: [], in_rdm: Int32Array.from(frame.stimuli, (_, k) => k),
      coords: null, pairs: null, unit: "step", share: [], cluster: null, notes: [], measures: Object.fromEntries(frame.measure_names.map((name) => [name, []]))})
    film.moments = []
    film.append(frame)
    return film
  }

  append(frame) {
    this.moments.push(frame)
    this.moments_at.push(frame.at)
    frame.measure_names.forEach((name, k) => {
      this.measures[name].push(frame.values.subarray(k * frame.nets.length, (k + 1) * frame.nets.length))
    })
    this.bounds = this.measureBounds()
  }

  part(name, size, track, moment) {
    if (this.moments) return this.moments[moment][name].subarray(track * size, (track + 1) * size)
    const at = (track * this.length + moment) * size
    return this[name].subarray(at, at + size)
  }

  pairsAt(track, moment) { return this.part("pairs", this.n_pairs, track, moment) }
  spectrumAt(track, moment) { return this.part("spectra", this.n_eigenvalues, track, moment) }
  participationAt(track, moment) { return this.part("participation", 1, track, moment)[0] }

  // Places between two snapshots are drawn between them, so that playing does not jump.
  coordsAt(track, position) {
    const low = Math.min(this.length - 1, Math.floor(position))
    const from = this.part("coords", 3 * this.n, track, low)
    const share = position - low
    if (share <= 0 || low + 1 >= this.length) return from
    const to = this.part("coords", 3 * this.n, track, low + 1)
    return from.map((value, k) => value + share * (to[k] - value))
  }

  measureAt(name, net, moment) {
    return this.moments ? this.measures[name][moment][net] : this.measures[name][net * this.length + moment]
  }

  momentName(moment) {
    return this.moment_names[moment] ?? `${this.unit} ${thousands(this.moments_at[moment])}`
  }

  // Centre and half extent per track. One scale for all, so that networks can be held against each
  // other; layers of unlike size have their own, or the small ones would be a dot.
  measureBounds() {
    const own = this.tracks.map((_, track) => this.spanOf(track))
    const sizes = own.map((span) => halfOf([span]))
    const [least, most] = [Math.min(...sizes), Math.max(...sizes)]
    this.ownScale = !this.nets.length && most > UNLIKE * least && least > COLLAPSED * most
    return own.map((span) => boundsOf(this.ownScale ? [span] : own))
  }

  // Lowest and highest place of a track on each axis, all moments together.
  spanOf(track) {
    const low = [Infinity, Infinity, Infinity]
    const high = [-Infinity, -Infinity, -Infinity]
    for (let moment = 0; moment < this.length; moment++) {
      const places = this.part("coords", 3 * this.n, track, moment)
      for (let k = 0; k < places.length; k++) {
        const axis = k % 3
        if (places[k] < low[axis]) low[axis] = places[k]
        if (places[k] > high[axis]) high[axis] = places[k]
      }
    }
    return {low, high}
  }

  // The order of rows: as given, by a label, or by clusters at the end of the film.
  order(how, column) {
    const rows = Array.from({length: this.n_rdm}, (_, k) => k)
    if (how === "cluster" && this.cluster?.length) return [...this.cluster.subarray(0, this.n_rdm)]
    const values = this.labels[column]
    if (how !== "label" || !values) return rows
    return rows.sort((a, b) => values[this.in_rdm[a]].localeCompare(values[this.in_rdm[b]], undefined, {numeric: true}) || a - b)
  }
}

const UNLIKE = 2
const COLLAPSED = 1e-3

function boundsOf(spans) {
  const centre = [0, 1, 2].map((axis) => {
    const middle = (Math.min(...spans.map(({low}) => low[axis])) + Math.max(...spans.map(({high}) => high[axis]))) / 2
    return Number.isFinite(middle) ? middle : 0
  })
  return {centre, half: halfOf(spans)}
}

function halfOf(spans) {
  const halves = [0, 1, 2].map((axis) =>
    (Math.max(...spans.map(({high}) => high[axis])) - Math.min(...spans.map(({low}) => low[axis]))) / 2)
  return Math.max(1e-9, ...halves.filter(Number.isFinite))
}

function pairIndex(n, a, b) {
  const [i, j] = a < b ? [a, b] : [b, a]
  return i * n - (i * (i + 1)) / 2 + (j - i - 1)
}

// Ranks of the pairs from 0 to 1, ties share their mean; undefined pairs stay NaN.
function ranked(pairs) {
  const known = Array.from(pairs.keys()).filter((k) => Number.isFinite(pairs[k])).sort((a, b) => pairs[a] - pairs[b])
  const out = new Float64Array(pairs.length).fill(NaN)
  for (let start = 0; start < known.length;) {
    let end = start
    while (end + 1 < known.length && pairs[known[end + 1]] === pairs[known[start]]) end++
    for (let k = start; k <= end; k++) out[known[k]] = (start + end) / 2
    start = end + 1
  }
  const [low, high] = [out[known[0]], out[known.at(-1)]]
  return out.map((rank) => (high > low ? (rank - low) / (high - low) : Number.isNaN(rank) ? NaN : 0))
}

function quantile(values, share) {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort()
  const at = share * (sorted.length - 1)
  const low = Math.floor(at)
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low])
}

// The geo-topological transform, as engines/geometry/measures/rdm.py has it.
function geoTopological(pairs, low, high) {
  const places = ranked(pairs)
  const [a, b] = [quantile(places, low), quantile(places, high)]
  if (!(b > a)) return places.map((place) => (Number.isNaN(place) ? NaN : Number(place > a)))
  return places.map((place) => Math.max(0, Math.min(1, (place - a) / (b - a))))
}

function transformed(pairs, look) {
  if (look.form === "ranks") return ranked(pairs)
  if (look.form === "geo-topological") return geoTopological(pairs, look.low, look.high)
  return pairs
}
