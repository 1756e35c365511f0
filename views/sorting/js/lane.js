// One array's history in the browser: seek to any swap, replaying from the nearest keyframe.

const KEY_EVERY = 1024
const KIND_SERIES = [0, 2, 1] // bubble, insertion, selection -> series colour

class Lane {
  constructor(data) {
    Object.assign(this, data) // n, n_swaps, height, rank, algotype, frozen, left, right, activation, errors, same_type ...
    this.sampled = this.frame_swaps !== undefined
    this.order = new Int32Array(this.n)
    this.step = 0
    this.live = null
    this.resetOrder()
    if (!this.sampled) this.layKeyframes()
  }

  resetOrder() {
    for (let i = 0; i < this.n; i++) this.order[i] = i
    this.step = 0
  }

  rightOf(k) { return this.right.length ? this.right[k] : this.left[k] + 1 }

  swap(order, k) {
    const a = this.left[k]
    const b = this.rightOf(k)
    const held = order[a]
    order[a] = order[b]
    order[b] = held
  }

  layKeyframes() {
    this.keys = [this.order.slice()]
    const order = this.order.slice()
    for (let k = 0; k < this.left.length; k++) {
      this.swap(order, k)
      if ((k + 1) % KEY_EVERY === 0) this.keys.push(order.slice())
    }
  }

  // Cell id at every position after `step` swaps.
  orderAt(step) {
    if (this.sampled) {
      const frame = Math.max(0, upperBound(this.frame_swaps, step) - 1)
      this.order.set(this.frames.subarray(frame * this.n, (frame + 1) * this.n))
      this.step = step
      return this.order
    }
    if (Math.abs(step - this.step) > KEY_EVERY) {
      const key = Math.min(this.keys.length - 1, Math.floor(step / KEY_EVERY))
      this.order.set(this.keys[key])
      this.step = key * KEY_EVERY
    }
    while (this.step < step) this.swap(this.order, this.step++)
    while (this.step > step) this.swap(this.order, --this.step)
    return this.order
  }

  // Algotype and frozen state after what changed cells up to `step`: hands, nudges, a switch.
  traitsAt(step) {
    const traits = {algotype: this.algotype, frozen: this.frozen}
    for (const edit of this.edits ?? []) {
      if (edit.at_swap > step) continue
      for (const trait of ["algotype", "frozen"]) {
        if (edit[trait] === undefined || edit[trait] === null) continue
        if (traits[trait] === this[trait]) traits[trait] = this[trait].slice()
        traits[trait][edit.cell] = edit[trait]
      }
    }
    return traits
  }

  traceAt(trace, step) {
    if (!this.trace_swaps) return trace[Math.min(step, trace.length - 1)]
    return trace[Math.max(0, upperBound(this.trace_swaps, step) - 1)]
  }

  // Clock position -> swaps done.
  stepAt(position, unit, length) {
    if (unit === "activation" && this.sampled) {
      return this.frame_swaps[Math.max(0, upperBound(this.frame_activations, position) - 1)]
    }
    if (unit === "activation") {
      return position >= this.n_activations ? this.n_swaps : upperBound(this.activation, position)
    }
    if (unit === "percent") return Math.floor((position / Math.max(1, length)) * this.n_swaps)
    return Math.min(this.n_swaps, Math.floor(position))
  }

  positionOf(step, unit, length) {
    if (unit === "activation" && this.sampled) return this.frame_activations[Math.max(0, upperBound(this.frame_swaps, step) - 1)]
    if (unit === "activation") return step === 0 ? 0 : this.activation[step - 1]
    if (unit === "percent") return Math.ceil((step / Math.max(1, this.n_swaps)) * length)
    return step
  }
}
