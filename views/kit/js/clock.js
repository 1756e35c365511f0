// One cursor in time, shared by all pictures of a workbench: found by its id, kept by nobody.

class Clock {
  constructor() {
    this.position = 0
    this.length = 0
    this.speed = 100
    this.playing = false
    this.loops = false
    this.unit = "step"
    this.events = []
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

  open({length, unit, events, speed}) {
    this.length = length
    this.unit = unit ?? this.unit
    this.events = events ?? []
    if (speed) this.speed = speed
    this.position = Math.min(this.position, length)
    this.tell("open")
  }

  seek(position, reason = "seek") {
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
    this.seek(this.position + elapsed * this.speed, "tick")
    if (this.position >= this.length) this.pause()
    else requestAnimationFrame((next) => this.advance(next))
  }
}

function clockNamed(id) {
  const clocks = (globalThis.__nxClocks ??= new Map())
  if (!clocks.has(id)) clocks.set(id, new Clock())
  return clocks.get(id)
}
