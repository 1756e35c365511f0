"""A tree of regions as arrays, and its picture: leaves from left to right, bounds upwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract.pictures import Axis, Curves

KINDS: tuple[str, ...] = ("open", "proved", "empty", "cut in two", "counterexample")
"""By the number of a verdict, as `engines.diagrams.bounding.search` gives them."""
_DRAWN: tuple[str, ...] = ("proved", "open", "empty", "counterexample")
LINES: str = "regions and their parts"
_STROKES = 4
"""A line is drawn so often: single runs are thin, and this one is all there is to see."""
ABOVE = 0.12
"""Bounds above 0 are drawn at most so far above, as a share of the root's below."""


@dataclass(frozen=True, eq=False)
class Tree:
    """Regions in the order they were looked at; the first is the whole box."""

    parent: np.ndarray
    """int64[region]: -1 for the whole box."""
    bound: np.ndarray
    """float64[region]: the output is at least this; inf where there is no input."""
    verdict: np.ndarray
    """int64[region]: a place in KINDS."""
    wire: np.ndarray
    """int64[region]: which layer's number was cut to make this part; -1 for the whole box."""
    unit: np.ndarray
    """int64[region]: its place in the layer."""
    at: np.ndarray
    """float64[region]: where it was cut."""
    above: np.ndarray
    """bool[region]: whether this part is the one above."""
    cut: np.ndarray
    """int64[region]: how many literals the cut has that was learnt here; 0 for none."""

    def same(self, other: Tree) -> bool:
        """Whether both looked at the same regions, in whatever order."""
        return self._regions() == other._regions()

    def _regions(self) -> set[frozenset[tuple[int, int, float, bool]]]:
        """Every region as what holds in it."""
        held: list[frozenset[tuple[int, int, float, bool]]] = []
        for k, parent in enumerate(self.parent):
            last = (int(self.wire[k]), int(self.unit[k]), float(self.at[k]), bool(self.above[k]))
            held.append(held[parent] | {last} if parent >= 0 else frozenset())
        return set(held)

    def first(self, n: int) -> Tree:
        """The first regions alone, those that were cut later still open."""
        verdict = self.verdict[:n].copy()
        inner = np.isin(np.arange(n), self.parent[:n])
        verdict[(verdict == KINDS.index("cut in two")) & ~inner] = KINDS.index("open")
        parts = (self.wire, self.unit, self.at, self.above, self.cut)
        return Tree(self.parent[:n], self.bound[:n], verdict, *(part[:n] for part in parts))

    def course(self) -> np.ndarray:
        """float64[region]: bound of the whole box after each: the least of regions not yet cut."""
        found, leaves = np.empty(len(self.parent)), {}
        for k, (parent, bound) in enumerate(zip(self.parent, self.bound, strict=True)):
            # Of two parts the first alone says nothing yet of the rest of what was cut.
            if k % 2 == 0:
                leaves.pop(int(parent), None)
            leaves[k] = float(bound)
            found[k] = min(leaves.values())
        return found

    def splits(self, region: int) -> list[str]:
        """What holds in a region, from the whole box down."""
        said: list[str] = []
        while self.parent[region] >= 0:
            sign = "≥" if self.above[region] else "≤"
            layer, unit = self.wire[region] + 1, self.unit[region] + 1
            said.append(f"layer {layer}, unit {unit} {sign} {self.at[region]:.3g}")
            region = int(self.parent[region])
        return said[::-1]

    def place(self) -> tuple[np.ndarray, np.ndarray]:
        """float64[region] each: across, leaves one apart, and up, where bounds are drawn."""
        n = len(self.parent)
        parts: dict[int, list[int]] = {}
        for k in range(1, n):
            parts.setdefault(int(self.parent[k]), []).append(k)
        across, stack, n_leaves = np.zeros(n), [0], 0
        order: list[int] = []
        while stack:
            k = stack.pop()
            order.append(k)
            below = parts.get(k, [])
            if not below:
                across[k] = n_leaves
                n_leaves += 1
            stack.extend(reversed(below))
        for k in reversed(order):
            if k in parts:
                across[k] = np.mean([across[j] for j in parts[k]])
        root = float(self.bound[0])
        top = ABOVE * abs(root) if np.isfinite(root) and root else 1.0
        return across, np.minimum(self.bound, max(top, root if np.isfinite(root) else top))

    def picture(self, said: str) -> Curves:
        """The tree with its bounds; every leaf in the colour of its verdict."""
        across, up = self.place()
        x, y = np.full(3 * len(across), np.nan), np.full(3 * len(across), np.nan)
        x[0::3], y[0::3] = across, up
        inner = self.parent >= 0
        x[1::3], y[1::3] = (
            np.where(inner, across[self.parent], across),
            np.where(inner, up[self.parent], up),
        )
        x[2::3] = across  # a place without a height breaks the line
        dots = {}
        for name in _DRAWN:
            kind = np.full(len(x), np.nan)
            kind[0::3] = np.where(self.verdict == KINDS.index(name), up, np.nan)
            dots[name] = kind
        empty = np.full(len(x), np.nan)
        lines: dict[str, np.ndarray] = dict.fromkeys((*_DRAWN, LINES), empty)
        return Curves(
            f"{said}, {len(across):,} regions",
            x,
            lines,
            Axis("regions, those not cut further one apart"),
            Axis("output is at least; proved above 0"),
            clouds={LINES: np.stack([y] * _STROKES)},
            dots=dots,
            large=True,
        )

    def nearest(self, x: float, y: float) -> int:
        """The region drawn nearest to a place of the picture."""
        across, up = self.place()
        wide, high = max(float(np.ptp(across)), 1.0), max(float(np.ptp(up)), 1e-9)
        return int(np.argmin(((across - x) / wide) ** 2 + ((up - y) / high) ** 2))
