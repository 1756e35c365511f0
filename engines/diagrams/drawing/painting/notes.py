"""What is written below the picture: call-outs with a line to what they tell of, size equations."""

from __future__ import annotations

from engines.diagrams.drawing.layout.text import equation_runs, runs_width, sans_width
from engines.diagrams.drawing.painting.canvas import LEFT
from engines.diagrams.drawing.painting.scene import Mark, number
from engines.diagrams.drawing.painting.symbols import SymbolCanvas

Place = tuple[float, float]


class NoteCanvas(SymbolCanvas):
    """Writes below what has been painted."""

    def notes(self) -> None:
        """Call-outs from left to right as what they point at; then the size equations."""
        told = [(self._place_of(value), value, text) for value, text in self.strip.notes]
        told.sort(key=lambda note: note[0] or (0.0, 0.0))
        left, top = LEFT, self.scene.height
        for place, value, text in told:
            size = sans_width(text, 12.5) + 20
            left = max(left, min(place[0] - 20, self.scene.width - size - LEFT)) if place else left
            if left > LEFT and left + size > max(self.scene.width, 400):
                left, top = LEFT, top + 38
                if place:
                    left = max(LEFT, min(place[0] - 20, self.scene.width - size - LEFT))
            self._note(place, value, text, left, top, size)
            left += size + 14
        self.scene.height = top + 38 if told else top
        self._equations()

    def _note(
        self, place: Place | None, value: str, text: str, left: float, top: float, size: float
    ) -> None:
        if place is not None:
            x = min(max(place[0], left + 10), left + size - 10)
            d = f"M{number(x)} {number(top)}L{number(place[0])} {number(place[1])}"
            self.mark("path", "leader", {"d": d}, layer="fence", value=value)
        shape = {"x": left, "y": top, "width": size, "height": 26.0, "rx": 4.0}
        self.mark("rect", "note-box", shape, layer="glyph", value=value)
        self.words(left + 10, top + 17, ((text, ""),), "title", value=value)
        self.scene.width = max(self.scene.width, left + size + LEFT)

    def _equations(self) -> None:
        """As many on a line as fit."""
        x, y, width_max = LEFT, self.scene.height + 10, max(self.scene.width, 400)
        for equation in self.strip.legend:
            parts = equation_runs(equation)
            size = 1.13 * runs_width(parts, 11.5)
            if x > LEFT and x + size > width_max - LEFT:
                x, y = LEFT, y + 20
            self.words(x, y, parts, "note")
            self.scene.width = max(self.scene.width, x + size + LEFT)
            x += size + 26
        if self.strip.legend:
            self.scene.height = y + 14

    def _place_of(self, value: str) -> Place | None:
        """Below the symbol that makes a value, or where its first wire begins."""
        marks = self.scene.marks
        for mark in marks:
            if mark.path.rpartition("/")[2] == value or mark.value == value:
                if mark.tag == "rect":
                    return _at(mark, "x", 0.5, "width"), _at(mark, "y", 1.0, "height")
                if mark.role == "cup":
                    return _start(mark)
        wire = next((m for m in marks if m.value == value and m.role in ("wire", "double")), None)
        return _start(wire) if wire else None


def _at(mark: Mark, edge: str, part: float, size: str) -> float:
    return float(mark.shape[edge]) + part * float(mark.shape[size])


def _start(mark: Mark) -> Place:
    x, _, y = str(mark.shape["d"])[1:].partition(" ")
    return float(x) + 6, float(y.partition("H")[0].partition("C")[0].partition("h")[0])
