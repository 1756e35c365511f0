"""Branch and bound: is the output above 0 everywhere in a box?

The region with the least bound is cut in two where most is lost between two lines, until every
region is proved, a counterexample is found, or as many regions were looked at as were asked for.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from engines.diagrams.bounding.bounds import Bounds, Interval, bounds
from engines.diagrams.bounding.network import Curve, Net
from engines.diagrams.bounding.points import Where, point
from engines.diagrams.bounding.programs import Cut, Program

Cuts = Literal["none", "raw", "strengthened"]
PROVED_ABOVE = 1e-6
"""A linear program is solved to about a tenth of this."""
OPEN, PROVED, EMPTY, SPLIT, FALSE = range(5)


@dataclass(frozen=True)
class Split:
    """A number of a wire on one side of a place."""

    wire: str
    unit: int
    at: float
    above: bool

    def __str__(self) -> str:
        """Say "z1[3] >= 0"."""
        return f"{self.wire}[{self.unit}] {'≥' if self.above else '≤'} {self.at:.3g}"


@dataclass(frozen=True, eq=False)
class Region:
    """A part of the box: where all its splits hold."""

    splits: tuple[Split, ...]
    parent: int
    bound: float
    known: Bounds | None
    place: int


@dataclass(eq=False)
class Search:
    """One network, one box, one way of cutting."""

    net: Net
    low: np.ndarray
    high: np.ndarray
    cuts: Cuts = "none"
    where: Where = "at 0"
    limit: int = 400
    seed: int = 0
    regions: list[Region] = field(default_factory=list)
    verdicts: list[int] = field(default_factory=list)
    learnt: list[Cut] = field(default_factory=list)
    literals: dict[int, int] = field(default_factory=dict)
    """How many literals the cut has that was learnt from a region, by its number."""
    seconds: float = 0.0
    """CPU time so far."""
    counterexample: np.ndarray | None = None
    n_programs: int = 0

    def __post_init__(self) -> None:
        """What is the same for all regions."""
        self.program = Program(self.net)
        self.rng = np.random.Generator(np.random.Philox(self.seed))
        self.curves = {curve.arg: curve for curve in self.net.curves}
        self.heap: list[tuple[float, int]] = []

    @property
    def verdict(self) -> str:
        """*proved*, *false*, or *unknown* while regions are open."""
        if self.counterexample is not None:
            return "false"
        return "unknown" if self.heap or not self.regions else "proved"

    def steps(self) -> Iterator[None]:
        """Look at regions, two at a time, until it is decided or the limit is reached."""
        self._timed(lambda: self._look([((), -1)]))
        yield
        while self.heap and self.counterexample is None and len(self.regions) + 2 <= self.limit:
            self._timed(self._cut_worst)
            yield

    def _timed(self, work: Callable[[], object]) -> None:
        started = time.process_time()
        work()
        self.seconds += time.process_time() - started

    def _cut_worst(self) -> None:
        _, number = heapq.heappop(self.heap)
        region = self.regions[number]
        wire, unit = self._unit(region)
        assert region.known is not None
        low, high = (float(part[region.place, unit]) for part in region.known.wires[wire])
        at = point(self.curves[wire].kind, low, high, self.where, self.rng)
        self.verdicts[number] = SPLIT
        sides = (Split(wire, unit, at, above=False), Split(wire, unit, at, above=True))
        self._look([((*region.splits, side), number) for side in sides])

    def _unit(self, region: Region) -> tuple[str, int]:
        """Where most is lost: area between the lines times how much the output hangs on it."""
        known, best, chosen = region.known, -1.0, ("", 0)
        assert known is not None
        for wire, curve in self.curves.items():
            score = self._loss(known, curve, region.place)
            unit = int(np.argmax(score))
            if score[unit] > best:
                best, chosen = float(score[unit]), (wire, unit)
        return chosen

    def _loss(self, known: Bounds, curve: Curve, place: int) -> np.ndarray:
        low, high = known.wires[curve.arg]
        lost = known.lines[curve.out].area(low, high)[place] * known.weight[curve.out][place]
        wide = (high - low)[place]
        return np.where(wide > 1e-9, lost, -1.0)

    def clamps(self, splits: list[tuple[Split, ...]]) -> dict[str, Interval]:
        """What splits say of wires, [region, unit]; infinite where they say nothing."""
        found: dict[str, Interval] = {}
        for k, each in enumerate(splits):
            for split in each:
                if split.wire not in found:
                    n = len(self.program.wires[split.wire][1])
                    shape = len(splits), n
                    found[split.wire] = np.full(shape, -np.inf), np.full(shape, np.inf)
                low, high = found[split.wire]
                if split.above:
                    low[k, split.unit] = max(low[k, split.unit], split.at)
                else:
                    high[k, split.unit] = min(high[k, split.unit], split.at)
        return found

    def known(self, splits: list[tuple[Split, ...]]) -> tuple[Bounds, dict[str, Interval]]:
        """Bounds of regions side by side."""
        clamps = self.clamps(splits)
        shape = len(splits), len(self.low)
        box = np.broadcast_to(self.low, shape), np.broadcast_to(self.high, shape)
        return bounds(self.net, {"x": box}, clamps), clamps

    def _look(self, asked: list[tuple[tuple[Split, ...], int]]) -> None:
        splits = [each for each, _ in asked]
        known, clamps = self.known(splits)
        for k, (each, parent) in enumerate(asked):
            bound, verdict = self._bounded(known, k, clamps)
            number = len(self.regions)
            if parent >= 0:  # a part is no worse than the whole
                bound = max(bound, self.regions[parent].bound)
            kept = known if verdict == OPEN else None
            self.regions.append(Region(each, parent, bound, kept, k))
            self.verdicts.append(verdict)
            if verdict == OPEN:
                # Programs are solved to 1e-7: of bounds that agree the older region comes first.
                heapq.heappush(self.heap, (round(bound, 5), number))
            elif verdict in (PROVED, EMPTY) and self.cuts != "none" and each:
                self._learn(each)
                self.literals[number] = len(self.learnt[-1])

    def _bounded(
        self, known: Bounds, k: int, clamps: dict[str, Interval], *, cut: bool = True
    ) -> tuple[float, int]:
        """Lower bound of a region and its verdict; lines first, a program where they fail."""
        if known.empty[k]:
            return np.inf, EMPTY
        bound = float(known.last[0][k, 0])
        if bound > PROVED_ABOVE:
            return bound, PROVED
        self.n_programs += 1
        answer = self.program.least(known, k, clamps, self.learnt if cut else ())
        if answer.place is None:
            return np.inf, EMPTY
        if answer.least > PROVED_ABOVE:
            return answer.least, PROVED
        place = np.clip(answer.place, self.low, self.high)
        if cut and self.net.values({"x": place[None]})[self.net.output][0, 0] <= 0.0:
            self.counterexample = place
            return answer.least, FALSE
        return answer.least, OPEN

    def _learn(self, splits: tuple[Split, ...]) -> None:
        """A region that is proved holds no counterexample, for whoever comes near it."""
        kept = splits
        if self.cuts == "strengthened":
            for split in reversed(splits):
                fewer = tuple(other for other in kept if other is not split)
                if fewer and self._proved(fewer):
                    kept = fewer
        self.learnt.append(tuple((s.wire, s.unit, s.above) for s in kept))

    def _proved(self, splits: tuple[Split, ...]) -> bool:
        known, clamps = self.known([splits])
        return self._bounded(known, 0, clamps, cut=False)[1] in (PROVED, EMPTY)
