"""A scene as a TikZ picture for LaTeX; needs nothing but tikz."""

from __future__ import annotations

import re

from engines.diagrams.drawing.formats.palette import LIGHT
from engines.diagrams.drawing.painting.scene import Mark, Scene, number

_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
}  # fmt: skip
_MATH = {
    "★": r"$\star$", "Σ": r"$\Sigma$", "Π": r"$\Pi$", "σ": r"$\sigma$", "𝔼": r"E",
    "◣": r"$\llcorner$",
    "↻": r"$\circlearrowright$", "√": r"$\surd$", "×": r"$\times$", "÷": r"$\div$", "−": r"$-$",
    "∗": r"$*$", "′": r"$'$", "″": r"$''$", "‴": r"$'''$", "…": r"\dots{}", "±": r"$\pm$",
    "θ": r"$\theta$", "λ": r"$\lambda$", "⌇": r"$\wr$", "\u0304": "", "\u0305": "", "²": r"$^2$",
}  # fmt: skip
_FILLS = {
    "tint": "learn", "front": "solid", "side": "side", "fence": "fence-0", "trapezoid": "window",
    "tag": "accent", "box": "ground", "hollow": "ground", "ring": "ground",
    "memory": "fence-2", "note-box": "fence-2", "strip": "ground",
}  # fmt: skip
_WIDTHS = {"double": 1.9, "between": 0.9, "bar": 2.6, "bracket": 1.1, "box": 0.8, "dash": 0.5}
_NUMBERS = re.compile(r"[MHVLCAZhlZ]|-?\d+(?:\.\d+)?")


def tikz_from_scene(scene: Scene) -> str:
    """The picture as one ``tikzpicture``, a unit a point."""
    colours = "\n".join(
        rf"\definecolor{{ncd-{name}}}{{HTML}}{{{value[1:]}}}" for name, value in LIGHT.items()
    )
    body = "\n".join(line for mark in scene.marks if (line := _mark(mark)))
    return (
        "% Neural circuit diagram. Needs \\usepackage{tikz}.\n"
        f"{colours}\n\\begin{{tikzpicture}}[x=0.75pt,y=-0.75pt,line width=0.5pt]\n{body}\n"
        "\\end{tikzpicture}\n"
    )


def _mark(mark: Mark) -> str:
    role = mark.role.split()[0]
    if role in ("touch",):
        return ""
    if mark.tag == "text":
        return _text(mark, role)
    if mark.tag == "circle":
        at = f"({number(float(mark.shape['cx']))},{number(float(mark.shape['cy']))})"
        style = "fill=ncd-wire" if role == "dot" else "draw=ncd-wire,fill=ncd-ground"
        return rf"\path[{style}] {at} circle[radius={number(float(mark.shape['r']))}];"
    if mark.tag == "rect":
        x, y = float(mark.shape["x"]), float(mark.shape["y"])
        end = (x + float(mark.shape["width"]), y + float(mark.shape["height"]))
        corner = f"({number(x)},{number(y)}) rectangle ({number(end[0])},{number(end[1])})"
        if role == "heat":
            return rf"\path[{_heat(mark)}] {corner};"
        return rf"\path[{_style(role)},rounded corners=2pt] {corner};"
    return rf"\path[{_style(role)}] {path_from_d(str(mark.shape['d']))};"


def _style(role: str) -> str:
    fill = _FILLS.get(role)
    filled = f"fill=ncd-{fill}" if fill else ""
    if role in ("tip", "head", "dot"):
        return "fill=ncd-wire"
    if role in ("tint", "tag"):
        return filled
    colour = {"between": "ground", "dash": "quiet", "fence": "fence-line"}.get(role, "wire")
    parts = [f"draw=ncd-{colour}", filled]
    if role in _WIDTHS:
        parts.append(f"line width={_WIDTHS[role]}pt")
    if role in ("dash", "scalar"):
        parts.append("dashed" if role == "dash" else "dotted")
    return ",".join(filter(None, parts))


def _heat(mark: Mark) -> str:
    known = {"plus": "plus", "minus": "minus", "loose": "loose", "tight": "minus", "seen": "plus"}
    colour = known.get(mark.role.split()[1], "quiet")
    return f"fill=ncd-{colour},fill opacity={number(float(mark.shape['fill-opacity']))}"


def _text(mark: Mark, role: str) -> str:
    anchor = {"start": "base west", "middle": "base", "end": "base east"}[str(mark.shape["anchor"])]
    at = f"({number(float(mark.shape['x']))},{number(float(mark.shape['y']))})"
    words = "".join(_run(text, where) for text, where in mark.runs)
    face = {"learned": r"\bfseries\Large ", "value": r"\itshape\large "}.get(
        role, r"\itshape\small "
    )
    if role in ("title", "count", "note"):
        face = r"\sffamily\footnotesize "
    colour = ",text=white" if role == "index" else ""
    return rf"\node[anchor={anchor},inner sep=0pt{colour}] at {at} {{{face}{words}}};"


def _run(text: str, where: str) -> str:
    safe = escaped(text)
    if not safe or not where:
        return safe
    return rf"\textsubscript{{{safe}}}" if where == "sub" else rf"\textsuperscript{{{safe}}}"


def escaped(text: str) -> str:
    """Text in which nothing is a command."""
    return "".join(_ESCAPES.get(c) or _MATH.get(c, c) for c in text)


def path_from_d(d: str) -> str:
    """An SVG path as a TikZ one; the commands are those our painter writes."""
    words = _NUMBERS.findall(d)
    parts: list[str] = []
    x = y = 0.0
    at = 0
    while at < len(words):
        command = words[at]
        n = {"M": 2, "L": 2, "H": 1, "h": 1, "V": 1, "l": 2, "C": 6, "A": 7, "Z": 0}[command]
        values = [float(v) for v in words[at + 1 : at + 1 + n]]
        at += 1 + n
        x, y, part = _step(command, values, x, y)
        parts.append(part)
    return " ".join(parts)


def _step(command: str, v: list[float], x: float, y: float) -> tuple[float, float, str]:
    def point(a: float, b: float) -> str:
        return f"({number(a)},{number(b)})"

    match command:
        case "M":
            return v[0], v[1], point(v[0], v[1])
        case "L":
            return v[0], v[1], f"-- {point(v[0], v[1])}"
        case "l":
            return x + v[0], y + v[1], f"-- {point(x + v[0], y + v[1])}"
        case "H":
            return v[0], y, f"-- {point(v[0], y)}"
        case "h":
            return x + v[0], y, f"-- {point(x + v[0], y)}"
        case "V":
            return x, v[0], f"-- {point(x, v[0])}"
        case "C":
            ends = f"{point(v[0], v[1])} and {point(v[2], v[3])}"
            return v[4], v[5], f".. controls {ends} .. {point(v[4], v[5])}"
        case "A":  # always half a circle, to the right (sweep) or to the left
            side = 1.3333 * v[0] * (1 if v[4] else -1)
            ends = f"{point(x + side, y)} and {point(v[5] + side, v[6])}"
            return v[5], v[6], f".. controls {ends} .. {point(v[5], v[6])}"
    return x, y, "-- cycle"
