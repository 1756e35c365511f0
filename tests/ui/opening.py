"""How soon a page shows a picture: shared by the test and by ``benchmarks/page.py``."""

from __future__ import annotations

import re
import time
from typing import Any

LONGEST_S = 120.0
"""How long a picture or a result is waited for."""

# Something is drawn on the stage: a canvas of ours with ink on it, a figure of Bokeh, a table, an
# SVG. Everything lies in nested shadow roots.
PICTURE = """() => {
  const inked = (c) => {
    if (c.width < 40 || c.height < 40 || !c.getClientRects().length) return false
    const small = document.createElement("canvas")
    small.width = small.height = 24
    const pen = small.getContext("2d")
    try { pen.drawImage(c, 0, 0, 24, 24) } catch { return false }
    const seen = new Set()
    const data = new Uint32Array(pen.getImageData(0, 0, 24, 24).data.buffer)
    for (const value of data) seen.add(value)
    return seen.size > 2
  }
  const look = (root) => {
    for (const each of root.querySelectorAll("*")) {
      if (each.tagName === "CANVAS" && inked(each)) return true
      if (each.tagName === "TD" && each.textContent.trim()) return true
      const marks = each.tagName === "svg" && each.querySelectorAll("path, text, rect, circle")
      if (marks && marks.length > 6 && each.clientHeight > 80) return true
      if (each.shadowRoot && look(each.shadowRoot)) return true
    }
    return false
  }
  const find = (root, wanted) => {
    for (const each of root.querySelectorAll("*")) {
      if (each.classList.contains(wanted)) return each
      const found = each.shadowRoot && find(each.shadowRoot, wanted)
      if (found) return found
    }
    return null
  }
  const still = document.querySelector("#loader .nx-still:not([hidden])")
  if (still?.complete && still.naturalWidth) return true
  const card = find(document, "nx-homecard")
  if (card) return card.querySelector("img.nx-still")?.complete || look(card)
  const stage = find(document, "nx-middle")
  return stage !== null && (look(stage) || (stage.shadowRoot !== null && look(stage.shadowRoot)))
}"""


def picture_s(page: Any, address: str) -> float:
    """Seconds from asking for a page to something drawn on its stage."""
    begun = time.monotonic()
    page.goto(address, wait_until="commit")
    page.wait_for_function(PICTURE, timeout=1000 * LONGEST_S, polling=50)
    return time.monotonic() - begun


def live_s(page: Any, begun: float) -> float:
    """Seconds since then until the page itself has drawn, not the picture made with the build."""
    page.wait_for_function("!document.getElementById('loader')", timeout=1000 * LONGEST_S)
    page.wait_for_function(PICTURE, timeout=1000 * LONGEST_S, polling=50)
    return time.monotonic() - begun


def done_s(page: Any, begun: float, longest_s: float) -> float:
    """Seconds since then until the run bar says that the run is over; inf when it does not."""
    line = page.locator("p.nx-line").first
    while time.monotonic() - begun < longest_s:
        if re.match("done|from cache|made with", line.inner_text()):
            return time.monotonic() - begun
        page.wait_for_timeout(50)
    return float("inf")


def hurried(page: Any, base: str, paths: list[str], times: int) -> list[float]:
    """Seconds to each page's picture when the next is opened as soon as one is seen."""
    return [picture_s(page, f"{base}/{path}") for path in (paths * times)[:times]]


def base_of(url: str) -> str:
    """The app's address without its key."""
    return url.partition("?")[0].rstrip("/")
