"""A scene as SVG: the source of truth of every exported picture."""

from __future__ import annotations

from html import escape
from typing import Literal

from engines.diagrams.drawing.formats.palette import DARK, FONT, LIGHT, LOOK, SANS, variables
from engines.diagrams.drawing.painting.scene import Mark, Scene, number

Mode = Literal["light", "dark", "auto"]
_SHIFT = {"sub": 0.28, "sup": -0.38}


def svg_from_scene(scene: Scene, mode: Mode = "light") -> str:
    """A whole document; names in it are escaped, nothing in it is fetched.

    ``auto`` follows the reader's own choice of light or dark.
    """
    colours = variables(DARK if mode == "dark" else LIGHT)
    fonts = f"--d-font:{FONT};--d-sans:{SANS};"
    style = f"svg{{{colours}{fonts}background:var(--d-ground)}}"
    if mode == "auto":
        style += f"@media(prefers-color-scheme:dark){{svg{{{variables(DARK)}}}}}"
    size = f'width="{number(scene.width)}" height="{number(scene.height)}"'
    box = f'viewBox="0 0 {number(scene.width)} {number(scene.height)}"'
    marks = "\n".join(element(mark) for mark in scene.marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>\n'
        f"<style>{style}{LOOK}</style>\n{marks}\n</svg>\n"
    )


def element(mark: Mark) -> str:
    """One mark as an element that says what it stands for."""
    who = "".join(
        f' data-{name}="{escape(value)}"'
        for name, value in (("axis", mark.axis), ("value", mark.value), ("path", mark.path))
        if value
    )
    if mark.tag == "text":
        at = f'x="{number(float(mark.shape["x"]))}" y="{number(float(mark.shape["y"]))}"'
        anchor = mark.shape["anchor"]
        where = f' text-anchor="{anchor}"' if anchor != "start" else ""
        return f'<text class="{mark.role}" {at}{where}{who}>{_runs(mark)}</text>'
    shape = " ".join(f'{k}="{_shape(v)}"' for k, v in mark.shape.items())
    return f'<{mark.tag} class="{mark.role}" {shape}{who}/>'


def _shape(value: float | str) -> str:
    return escape(value) if isinstance(value, str) else number(value)


def _runs(mark: Mark) -> str:
    parts, shift = [], 0.0
    for text, where in mark.runs:
        if not text:
            continue
        wanted = _SHIFT.get(where, 0.0)
        dy = f' dy="{wanted - shift:.2f}em"' if wanted != shift and not where else ""
        if where:
            step = (wanted - shift) / 0.68
            dy = f' dy="{step:.2f}em" font-size="68%"'
        parts.append(f"<tspan{dy}>{escape(text)}</tspan>" if dy else escape(text))
        shift = wanted
    return "".join(parts)
