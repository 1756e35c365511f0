// One cursor in time, shared by all pictures of a workbench: found by its id, kept by nobody.

class Clock {
  constructor() {
    this.position = 0
    this.length = 0
    this.speed = 100
    this.playing = false
    this.loop = null
    this.unit = "step"
    this.events = []
    this.spans = []
    this.steppers = {}
    this.listeners = new Set()
  }

  listen(listener) {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  tell(reason) {
    for (const listener of this.listeners) listener(this, reason)
  }

  open({length, unit, events, spans, speed}) {
    this.loop = null
    this.length = length
    this.unit = unit ?? this.unit
    this.events = events ?? []
    this.spans = spans ?? []
    if (speed) this.speed = speed
    this.position = Math.min(this.position, length)
    this.tell("open")
  }

  // Who leaves the stretch that is repeated has seen enough of it.
  seek(position, reason = "seek") {
    if (this.loop && (position < this.loop.from || position > this.loop.to)) this.repeat(null)
    this.position = Math.max(0, Math.min(this.length, position))
    this.tell(reason)
  }

  play() {
    if (this.playing || this.length === 0) return
    if (this.position >= this.length) this.position = 0
    this.playing = true
    this.last = performance.now()
    this.tell("play")
    requestAnimationFrame((now) => this.advance(now))
  }

  // Play a stretch again and again, once around in a second or two; null ends that.
  repeat(stretch) {
    if (this.loop) this.speed = this.loop.speed
    this.loop = stretch && {...stretch, speed: this.speed}
    if (!stretch) return
    this.speed = Math.max(2, (stretch.to - stretch.from) / 2)
    this.seek(stretch.from, "rest")
    this.play()
  }

  pause() {
    if (!this.playing) return
    this.playing = false
    this.tell("pause")
  }

  toggle() {
    this.playing ? this.pause() : this.play()
  }

  step(name, direction) {
    const stepper = this.steppers[name]
    this.pause()
    this.seek(stepper ? stepper(this.position, direction) : Math.round(this.position) + direction)
    this.tell("rest")
  }

  advance(now) {
    if (!this.playing) return
    const elapsed = Math.min(0.1, (now - this.last) / 1000)
    this.last = now
    const next = this.position + elapsed * this.speed
    const {from, to} = this.loop ?? {}
    this.seek(this.loop && next >= to ? from + ((next - from) % (to - from)) : next, "tick")
    if (this.position >= this.length) this.pause()
    else requestAnimationFrame((next) => this.advance(next))
  }
}

function clockNamed(id) {
  const clocks = (globalThis.__nxClocks ??= new Map())
  if (!clocks.has(id)) clocks.set(id, new Clock())
  return clocks.get(id)
}
