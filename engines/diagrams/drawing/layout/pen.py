"""What every glyph needs: marks, scale arrows, wires that end and wires that begin."""

from __future__ import annotations

from typing import Any

from engines.diagrams.drawing.layout.arrange import Shown
from engines.diagrams.drawing.layout.strip import Segment, Strip, Wire
from engines.diagrams.drawing.layout.text import width
from engines.diagrams.graph.nodes import Axes, Node, join

SYMBOLS = {
    "relu": "R", "gelu": "G", "gelu_tanh": "G", "silu": "S", "sigmoid": "σ", "tanh": "tanh",
    "exp": "exp", "log": "log", "sqrt": "√", "rsqrt": "1/√", "square": "( )²", "abs": "| |",
    "neg": "−", "reciprocal": "1/", "add": "+", "sub": "−", "mul": "×", "div": "÷",
    "maximum": "max", "minimum": "min", "sum": "Σ", "mean": "𝔼", "max": "Max", "min": "Min",
    "prod": "Π", "norm": "‖·‖", "clamp": "[ ]",
    "softmax": "softmax", "log_softmax": "log softmax", "LayerNorm": "LN",
    "RMSNorm": "RMS", "BatchNorm": "BN", "GroupNorm": "GN", "InstanceNorm": "IN", "arange": "0…",
    "ones": "1",
    "zeros": "0", "step": "θ", "sign": "±",
    "fft": "FFT", "ifft": "iFFT", "unfft": "FFT′", "unifft": "iFFT′",
}  # fmt: skip


class Pen:
    """One operation at x: ``takes`` from top to bottom, ``args`` in order. Subclasses draw it."""

    def __init__(
        self,
        strip: Strip,
        shown: Shown,
        node: Node,
        takes: list[Segment],
        args: list[Segment],
        x: float,
        path: str,
    ) -> None:
        self.strip, self.shown, self.node, self.x = strip, shown, node, x
        self.takes, self.args = takes, args
        self.path = join(path, node.key if node.outs or node.body is not None else node.name)
        self.over: int | None = None
        """A track above the first wire, for what is written there."""
        self.under: tuple[int, int] | None = None
        """The lowest target's track, and one below it for what hangs there."""

    def symbol(self, what: str, x0: float, x1: float, tracks: list[int], **data: Any) -> None:
        """The operation's own mark; hovering it tells about the operation."""
        self.strip.add(what, x0, x1, *tracks, path=self.path, node=self.node, **data)

    def scaled(self, x: float, track: int) -> float:
        """An arrow with the factor an operation multiplies by, if it has one."""
        scale = self.node.attrs.get("scale")
        if scale is None:
            return x
        text = "∗" + str(scale)
        size = width(text, 14) + 24
        self.strip.add("scale", x, x + size, track, text=text, path=self.path)
        return x + size

    def output(self, wires: list[Wire], *, gap: str = "") -> list[Segment]:
        """One segment with these wires in place of everything taken."""
        dash = self.takes[-1].dash if self.takes else self.strip.tracks.new()
        gaps = frozenset(a for s in self.takes for a in s.gaps) | {gap}
        return [Segment(self.node.out.name, wires or [self._blank()], dash, gaps)]

    def _blank(self) -> Wire:
        track = self.takes[0].wires[0].track if self.takes else self.strip.tracks.new()
        return Wire("", track, self.x + 30, True)

    def swap(
        self, segment: Segment, ins: Axes, outs: Axes, x0: float, x1: float
    ) -> tuple[list[Wire], list[int]]:
        """End ``ins`` at x0 and begin ``outs`` at x1 in their place; the new wires and tracks."""
        hit = [w for w in segment.wires if w.axis in ins]
        for wire in hit:
            self.strip.run(wire, x0, segment.value)
        tracks = [w.track for w in hit]
        kept = [w for w in segment.wires if w.axis not in ins and w.axis]
        at = segment.wires.index(hit[0]) if hit else len(kept)
        at = min(at, len(kept))
        new_tracks = tracks[: len(outs)]
        new_tracks += [self.strip.tracks.new() for _ in range(len(outs) - len(tracks))]
        if len(hit) == len(outs) == len(ins):  # each axis goes on where it came in
            place = {w.axis: ins.index(w.axis) for w in hit}
            outs = tuple(outs[place[w.axis]] for w in hit)
        made = [Wire(a, t, x1) for a, t in zip(outs, new_tracks, strict=True)]
        if outs and segment.gaps & set(ins):
            segment.gaps |= {outs[0]}
        return [*kept[:at], *made, *kept[at:]], list(dict.fromkeys([*tracks, *new_tracks]))
