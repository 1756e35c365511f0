// A short tone per swap while time moves, pitched by the value that was moved; off until asked for.

const TONES_PER_SECOND = 24
const PITCH_LOW = 120
const PITCH_HIGH = 1212
const TONE_SECONDS = 0.09
const TONE_GAIN = 0.08

class Sound {
  constructor() {
    this.on = false
    this.step = 0
    this.next = 0
  }

  // Only ever called by a click, since browsers keep sound for those who asked for it.
  async toggle() {
    this.on = !this.on
    if (!this.on) return this.context?.suspend()
    this.context ??= new AudioContext()
    return this.context.resume()
  }

  // At most so many tones a second: of the swaps since the last one, the newest is heard.
  follow(lane, step) {
    const moved = step !== this.step && step > 0
    this.step = step
    if (!this.on || !moved || lane.live || !this.context || performance.now() < this.next) return
    this.next = performance.now() + 1000 / TONES_PER_SECOND
    const order = lane.orderAt(step)
    const position = lane.sampled ? step % lane.n : lane.left[step - 1]
    this.tone(lane.rank[order[position]] / Math.max(1, lane.n_ranks - 1))
  }

  tone(share) {
    const now = this.context.currentTime
    const voice = this.context.createOscillator()
    const gain = this.context.createGain()
    voice.type = "triangle"
    voice.frequency.value = PITCH_LOW + (PITCH_HIGH - PITCH_LOW) * share
    gain.gain.setValueAtTime(0, now)
    gain.gain.linearRampToValueAtTime(TONE_GAIN, now + 0.008)
    gain.gain.linearRampToValueAtTime(0, now + TONE_SECONDS)
    voice.connect(gain).connect(this.context.destination)
    voice.start(now)
    voice.stop(now + TONE_SECONDS)
  }

  close() {
    this.on = false
    this.context?.close()
    this.context = null
  }
}

function soundButton(sound) {
  const button = element("button", {type: "button", class: "nx-sound", "aria-pressed": "false", "aria-label": "Sound", title: "A short tone per swap while playing; higher for larger values",
    onclick: async () => {
      await sound.toggle()
      button.setAttribute("aria-pressed", String(sound.on))
    }}, "♪ sound")
  return button
}
