"""A diagram as one HTML file that can be hovered, clicked and searched, and asks for nothing."""

from __future__ import annotations

import json
from html import escape

from engines.diagrams.drawing.formats.palette import SANS
from engines.diagrams.drawing.formats.svg import svg_from_scene
from engines.diagrams.drawing.painting.scene import Scene

_SCRIPT = """
const cards = JSON.parse(document.getElementById("cards").textContent)
const svg = document.querySelector("svg"), card = document.getElementById("card")
let locked = null
const light = axis => {
  svg.querySelectorAll(".lit").forEach(n => n.classList.remove("lit"))
  svg.classList.toggle("dim", Boolean(axis))
  const own = n => n.dataset.axis === axis
  if (axis) svg.querySelectorAll("[data-axis]").forEach(n => n.classList.toggle("lit", own(n)))
  const names = document.querySelectorAll("#axes button")
  names.forEach(b => b.setAttribute("aria-pressed", String(own(b))))
}
const own = (e, key) => e.target.closest?.(`[data-${key}]`)?.dataset[key]
svg.addEventListener("pointerover", e => { if (!locked) light(own(e, "axis")) })
svg.addEventListener("click", e => {
  const path = own(e, "path"), axis = own(e, "axis"), about = cards[path]
  card.hidden = !about
  if (about) {
    card.textContent = [about.title, about.takes.join(", ") + " -> " + about.gives.join(", "),
      ...about.costs.map(c => c[0] + ": " + c[1]), about.torch, about.gradient]
      .filter(Boolean).join("\\n")
    return
  }
  locked = axis && axis !== locked ? axis : null
  light(locked)
})
document.querySelectorAll("#axes button").forEach(b => b.addEventListener("click", () => {
  locked = b.dataset.axis === locked ? null : b.dataset.axis
  light(locked)
}))
"""


def html_from_scene(
    scene: Scene, title: str, cards: dict, legend: tuple[tuple[str, str, int, bool], ...]
) -> str:
    """The file; names are escaped and the data is inert JSON."""
    data = json.dumps(cards, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
    rows = "".join(
        f'<button data-axis="{escape(axis)}"><i>{escape(axis)}</i> {size:,}</button>'
        for axis, _, size, _ in legend
    )
    style = (
        f"body{{font-family:{SANS};margin:24px}}#axes button{{margin:2px;padding:3px 8px}}"
        "#card{white-space:pre-wrap;border:1px solid;padding:10px;max-width:60ch}"
        "svg [data-axis],svg [data-path]{cursor:pointer}"
        "svg.dim .lit.wire,svg.dim .lit.double{stroke:var(--d-accent);stroke-width:2.6}"
        "svg.dim text.lit,svg.dim circle.lit{fill:var(--d-accent)}"
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{escape(title)}</title><style>{style}</style><h1>{escape(title)}</h1>"
        f'<div id="axes">{rows}</div>{svg_from_scene(scene, "light")}<pre id="card" hidden></pre>'
        f'<script type="application/json" id="cards">{data}</script>'
        f"<script>{_SCRIPT}</script></html>\n"
    )
