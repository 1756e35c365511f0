// A run as a film, recorded from a canvas of its own while it is drawn; MP4 where that is there.

const FILM_SECONDS = 10
const FILM_REST_SECONDS = 0.8
const FILM_SIZE = [960, 540]
const FILM_FRAMES_PER_SECOND = 30
const FILM_KINDS = [
  ["video/mp4;codecs=avc1.42E01F", "mp4"],
  ["video/mp4", "mp4"],
  ["video/webm;codecs=vp9", "webm"],
  ["video/webm", "webm"],
]

function filmKind() {
  if (typeof MediaRecorder === "undefined") return null
  return FILM_KINDS.find(([type]) => MediaRecorder.isTypeSupported(type)) ?? null
}

function drawFilmFrame(pen, lane, step, look) {
  const [width, height] = FILM_SIZE
  pen.fillStyle = look.ground
  pen.fillRect(0, 0, width, height)
  pen.save()
  pen.translate(16, 16)
  drawArray(pen, width - 32, height - 56, lane, step, look)
  pen.restore()
  pen.fillStyle = look.ink2
  pen.font = `15px ${look.font}`
  pen.textAlign = "left"
  pen.fillText(`swap ${thousands(step)} of ${thousands(lane.n_swaps)}`, 16, height - 14)
}

// Resolves to false when this browser cannot record.
async function recordFilm(payload, look, name) {
  const kind = filmKind()
  if (!kind) return false
  const lane = new Lane(payload) // of its own, so that the stage may be scrubbed meanwhile
  const canvas = element("canvas", {width: FILM_SIZE[0], height: FILM_SIZE[1]})
  const pen = canvas.getContext("2d")
  const [type, ending] = kind
  drawFilmFrame(pen, lane, 0, look)
  const recorder = new MediaRecorder(canvas.captureStream(FILM_FRAMES_PER_SECOND), {mimeType: type, videoBitsPerSecond: 4_000_000})
  const parts = []
  recorder.ondataavailable = ({data}) => parts.push(data)
  const ended = new Promise((resolve) => { recorder.onstop = resolve })
  recorder.start(1000)
  const start = performance.now()
  await new Promise((resolve) => {
    const timer = setInterval(() => {
      const seconds = (performance.now() - start) / 1000
      const share = Math.max(0, Math.min(1, (seconds - FILM_REST_SECONDS) / (FILM_SECONDS - 2 * FILM_REST_SECONDS)))
      drawFilmFrame(pen, lane, Math.round(share * lane.n_swaps), look)
      if (seconds < FILM_SECONDS) return
      clearInterval(timer)
      resolve()
    }, 1000 / FILM_FRAMES_PER_SECOND)
  })
  recorder.stop()
  await ended
  download(`${name}.${ending}`, new Blob(parts, {type: type.split(";")[0]}), type)
  return true
}
