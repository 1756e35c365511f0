"""Bounds of every wire for growing boxes around examples, and how large a box may be."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Curves, Picture, Table
from engines.diagrams.reaching.asked import BoundsSpec
from engines.diagrams.reaching.bands import INTERVALS, LINES, SEEN
from engines.diagrams.specs.drawing import Drawing
from engines.lab.statistics import mean_over

NAMES = {INTERVALS: "intervals alone", LINES: "lines", SEEN: "inputs tried"}
UNIT = "examples"


@dataclass(frozen=True, eq=False)
class Band:
    """Bounds of one wire."""

    path: str
    """Of the operation, as the cards of the drawing name it."""
    shape: tuple[int, ...]
    numbers: np.ndarray
    """float64[turn, example, size, number, (intervals, lines, seen), (low, high)], every n-th."""
    wide: np.ndarray
    """float64[turn, example, size, (intervals, lines, seen)]: mean width over all its numbers."""

    @property
    def name(self) -> str:
        """Without the blocks it lies in."""
        return self.path.rpartition("/")[2]

    def at(self, example: int, size: int, turn: int = -1) -> np.ndarray:
        """float64[number, kind, (low, high)]; the last turn of what ran less often."""
        last = len(self.numbers) - 1
        return self.numbers[last if turn < 0 else min(turn, last), example, size]


@dataclass(frozen=True, eq=False)
class BoundsResult(Result):
    """What every wire can be in twelve boxes around every example."""

    spec: BoundsSpec
    drawing: Drawing
    bands: tuple[Band, ...]
    sizes: np.ndarray
    """float64[size]: how far every input may lie from its example's."""
    labels: tuple[str, ...]
    """What each example is, and what the network says; empty where nobody says."""
    lead: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 3)))
    """float64[example, size, (intervals, lines, seen)]: how far the answer is ahead of every
    other at least; of inputs tried and found by slopes the smallest seen. Empty without classes."""
    radius: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))
    """float64[example, (intervals, lines, seen)]: largest box that is proved to keep the answer,
    and the smallest known to lose it; nan where all that were looked at are proved, infinite where
    none is known; empty while it learns."""
    n_outside: int = 0
    """Inputs tried that put some number outside its bounds, and boxes in which steps down the
    slope found a smaller lead."""
    n_tried: int = 0
    scores: tuple[float, ...] = ()

    @property
    def n_examples(self) -> int:
        """How many have boxes around them."""
        return self.bands[0].numbers.shape[1] if self.bands else 0

    @property
    def n_turns(self) -> int:
        """How often the operation that runs most often ran."""
        return max((len(band.numbers) for band in self.bands), default=0)

    def of(self, path: str) -> Band | None:
        """Bounds of the wire of this path."""
        return next((band for band in self.bands if band.path == path), None)

    def shown(self, example: int, size: int, turn: int = -1) -> dict[str, np.ndarray]:
        """What is drawn under the wires, by path."""
        return {band.path: band.at(example, size, turn) for band in self.bands}

    def example_name(self, example: int) -> str:
        """What an example is called."""
        told = self.labels[example] if example < len(self.labels) else ""
        return f"example {example + 1}" + (f", {told}" if told else "")

    def opens_with(self) -> int:
        """The largest box that is proved for the first example by lines, else the middle one."""
        proved = self.lead[0, :, LINES] > 0 if len(self.lead) else np.zeros(0, bool)
        return int(np.flatnonzero(proved)[-1]) if proved.any() else len(self.sizes) // 2

    def verdict(self, example: int, size: int) -> str:
        """Whether the answer is kept in a box, in a sentence; empty without classes."""
        if not len(self.lead):
            return ""
        _loose, least, seen = self.lead[example, size]
        box = f"within ± {self.sizes[size]:.3g}"
        if least > 0:
            return f"Proved: no input {box} has another answer (at least {least:.2g} ahead)."
        if seen <= 0:
            return f"False: an input {box} with another answer was found."
        return f"Unknown: nothing {box} was found with another answer, and nothing is proved."

    def pictures(self) -> tuple[Picture, ...]:
        """For the first example and the box that the page opens with."""
        return (*self.pictures_of("", 0, self.opens_with()), self.table())

    def pictures_of(
        self, path: str, example: int, size: int, turn: int = -1
    ) -> tuple[Picture, ...]:
        """How bounds widen from wire to wire, the answer's lead, and one wire number by number."""
        band = self.of(path) or self.bands[-1]
        found = [self._numbers(band, example, size, turn), self._widths(example, size)]
        return (self._lead(example), *found) if len(self.lead) else tuple(found)

    def _lead(self, example: int) -> Curves:
        lines = {NAMES[k]: self.lead[example, :, k] for k in NAMES}
        return Curves(
            f"Does the answer stay? {self.example_name(example)}", self.sizes, lines,
            Axis("size of the box, ±"), Axis("least lead; proved above 0"),
        )  # fmt: skip

    def _widths(self, example: int, size: int) -> Curves:
        at = np.arange(len(self.bands), dtype=float)
        step = max(1, len(self.bands) // 10)
        ticks = tuple((k, self.bands[int(k)].name) for k in at[::step])
        wide = np.array([band.wide[-1, example, size] for band in self.bands])
        lines = {name: np.log10(np.maximum(wide[:, k], 1e-12)) for k, name in NAMES.items()}
        every = np.concatenate(list(lines.values()))
        low, high = math.floor(every.min()), math.ceil(every.max())
        powers = tuple((float(p), f"{10.0**p:g}") for p in range(low, high + 1))
        return Curves(
            f"How wide bounds are along the way, box ± {self.sizes[size]:.3g}", at, lines,
            Axis("wire", ticks=ticks), Axis("mean width", ticks=powers), dots=lines,
        )  # fmt: skip

    def _numbers(self, band: Band, example: int, size: int, turn: int) -> Curves:
        shown = band.at(example, size, turn)
        at = np.arange(len(shown), dtype=float)
        return Curves(
            f"{band.name}, number by number, box ± {self.sizes[size]:.3g}", at,
            {name: shown[:, k].mean(axis=1) for k, name in NAMES.items()},
            Axis("number"), Axis(band.name),
            bands={name: (shown[:, k, 0], shown[:, k, 1]) for k, name in NAMES.items()},
        )  # fmt: skip

    def table(self) -> Table:
        """How large a box may be around every example."""
        names = tuple(map(self.example_name, range(self.n_examples)))
        if not len(self.radius):
            last = self.bands[-1].wide[-1, :, -1]
            wide = {f"width by {NAMES[k]}": last[:, k] for k in NAMES}
            return Table(f"{self.bands[-1].name} in the largest box", {"example": names, **wide})
        names_of = ("proved by intervals, ±", "proved by lines, ±", "another answer found at ±")
        columns = {name: _told(self.radius[:, k]) for k, name in enumerate(names_of)}
        return Table("How large a box keeps the answer", {"example": names, **columns})

    def outside(self) -> Estimate:
        """Inputs tried that put some number outside its bounds."""
        return Estimate.exact("inputs outside of bounds", self.n_outside, "counted")

    def ratio(self, one: int = LINES, other: int = INTERVALS) -> Estimate | None:
        """Geometric mean over examples of one radius over another; None below two of them.

        Examples of which every box that was looked at is proved, or none, are left out, and so are
        those for which slopes find no other answer of ratios with it; the figure says how many.
        """
        if len(self.radius) < 2:
            return None
        both = np.isfinite(self.radius[:, [one, other]]).all(axis=1)
        both &= (self.radius[:, [one, other]] > 0).all(axis=1)
        if both.sum() < 2:
            return None
        of = f"size of the box, {NAMES[one]} over {NAMES[other]}"
        if n_out := int((~both).sum()):
            of += f", {n_out} of {len(self.radius)} {UNIT} left out"
        log = mean_over(np.log(self.radius[both, one] / self.radius[both, other]), of=of, unit=UNIT)
        value, low, high = (float(np.exp(v)) for v in (log.value, log.low, log.high))
        said = f"geometric mean, t interval of logarithms over {UNIT} of one network"
        return Estimate(of, value, low, high, log.n, UNIT, said)


@dataclass(frozen=True, eq=False)
class BoundsFrame(Frame):
    """The same while the network learns."""

    reached: BoundsResult | None
    """None where nothing has changed that is shown."""

    def pictures(self) -> tuple[Picture, ...]:
        """Those of what has come so far."""
        return self.reached.pictures() if self.reached is not None else ()


def _told(radius: np.ndarray) -> np.ndarray | tuple[str, ...]:
    """Radii for a table: nan is none that ended, infinite none that was found."""
    if np.isfinite(radius).all():
        return radius
    ends = {True: "all that were looked at", False: "in none that was looked at"}
    return tuple(f"{r:.4g}" if np.isfinite(r) else ends[bool(np.isnan(r))] for r in radius)
