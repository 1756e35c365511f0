"""What a comparison of ways to prove gives: trees of regions, counted and timed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Curves, Picture, Table
from engines.diagrams.bounding.asked import BranchSpec
from engines.diagrams.bounding.trees import Tree
from engines.lab.statistics import mean_over

UNIT = "networks"
VERDICTS = ("unknown", "proved", "false")
UNKNOWN, PROVED, FALSE = range(3)


@dataclass(frozen=True, eq=False)
class Reach:
    """What every number of a network can be in the whole box."""

    names: tuple[str, ...]
    intervals: np.ndarray
    """float64[number, (low, high)]: by intervals alone."""
    lines: np.ndarray
    """float64[number, (low, high)]: by lines followed back to the input."""
    sampled: np.ndarray
    """float64[number, (low, high)]: of 20,000 inputs."""

    def picture(self) -> Curves:
        """Three bands, each within the next."""
        each = {"intervals": self.intervals, "lines": self.lines, "20,000 inputs": self.sampled}
        at = np.arange(len(self.names), dtype=float)
        step = max(1, len(self.names) // 8)
        ticks = tuple((k, self.names[int(k)]) for k in at if k % step == 0 or k == at[-1])
        return Curves(
            "What every number can be in the whole box",
            at,
            {name: part.mean(axis=1) for name, part in each.items()},
            Axis("number", ticks=ticks),
            Axis("value"),
            bands={name: (part[:, 0], part[:, 1]) for name, part in each.items()},
        )


@dataclass(frozen=True, eq=False)
class BranchFrame(Frame):
    """The search so far."""

    spec: BranchSpec
    tree: Tree
    """The one that grows."""
    said: str
    """Which network, which way."""
    n_regions: np.ndarray
    """float64[net, way]: nan where it was not begun."""

    def pictures(self) -> tuple[Picture, ...]:
        """The tree, and counts so far."""
        return (self.tree.picture(self.said), counts(self.spec, self.n_regions))


@dataclass(frozen=True, eq=False)
class BranchResult(Result):
    """The whole comparison."""

    spec: BranchSpec
    trees: tuple[tuple[Tree, ...], ...]
    """[net][way]."""
    verdict: np.ndarray
    """int64[net, way]: places in VERDICTS."""
    n_programs: np.ndarray
    """int64[net, way]: linear programs solved, those that strengthen cuts too."""
    seconds: np.ndarray
    """float64[net, way]: CPU time."""
    n_outside: np.ndarray
    """int64[net]: of 20,000 inputs, those that put some number outside its bounds."""
    reach: tuple[Reach, ...]
    """[net]."""

    @property
    def n_regions(self) -> np.ndarray:
        """float64[net, way]: regions looked at; where it gave up, so many as were allowed."""
        return np.array([[len(tree.parent) for tree in each] for each in self.trees], float)

    @property
    def largest(self) -> int:
        """The network with the most regions among those that all ways decide, shown first."""
        decided = (self.verdict != UNKNOWN).all(axis=1)
        return int((self.n_regions.sum(axis=1) * (decided | ~decided.any())).argmax())

    def way(self, name: str) -> int:
        """The place of a way."""
        return self.spec.ways.index(name)

    def proved(self, name: str) -> int:
        """Networks that a way proves."""
        return int((self.verdict[:, self.way(name)] == PROVED).sum())

    def ratios(self, one: str, other: str) -> np.ndarray:
        """float64[net]: regions of one way over another's, of networks that both decide."""
        a, b = self.way(one), self.way(other)
        both = (self.verdict[:, [a, b]] != UNKNOWN).all(axis=1)
        return self.n_regions[both, a] / self.n_regions[both, b]

    def most(self, one: str, other: str) -> np.ndarray:
        """float64[net]: the same of networks that at least one of both decides.

        A way that gave up needs one region more than it looked at, or more than that.
        """
        ways = [self.way(one), self.way(other)]
        open_ = self.verdict[:, ways] == UNKNOWN
        a, b = (self.n_regions[:, ways] + open_)[~open_.all(axis=1)].T
        return a / b

    def ratio(self, one: str, other: str) -> Estimate | None:
        """Their geometric mean with its interval; None below two networks."""
        found = self.ratios(one, other)
        return _geometric(found, f"regions, {one} over {other}")

    def times(self, one: str, other: str) -> Estimate | None:
        """CPU time of one way over another's, of networks that both decide."""
        a, b = self.way(one), self.way(other)
        both = (self.verdict[:, [a, b]] != UNKNOWN).all(axis=1)
        return _geometric(
            self.seconds[both, a] / self.seconds[both, b], f"time, {one} over {other}"
        )

    def other_trees(self, one: str, other: str) -> Estimate:
        """Networks for which two ways do not look at the same regions."""
        a, b = self.way(one), self.way(other)
        odd = sum(not each[a].same(each[b]) for each in self.trees)
        return Estimate.exact(f"networks with other regions, {one} against {other}", odd, "counted")

    def outside(self) -> Estimate:
        """Sampled inputs that put some number outside its bounds, over all networks."""
        return Estimate.exact("inputs outside of bounds", int(self.n_outside.sum()), "counted")

    def moments(self) -> tuple[Frame, ...]:
        """The searches of the largest network as a film, way by way."""
        found: list[Frame] = []
        net, counted = self.largest, np.full(self.n_regions.shape, np.nan)
        for k, tree in enumerate(self.trees[net]):
            n = len(tree.parent)
            for size in np.unique(np.geomspace(1, n, 12).astype(int) | 1):
                part = tree.first(min(int(size), n))
                counted = counted.copy()
                counted[net, k] = len(part.parent)
                done = (k + len(part.parent) / n) / len(self.trees[net])
                found.append(BranchFrame(self.spec, part, self.name(net, k), counted,
                                         fraction=done))  # fmt: skip
        return tuple(found)

    def name(self, net: int, way: int) -> str:
        """Say "Network 3, cut at the middle: proved"."""
        said = f"Network {net + 1}, {self.spec.ways[way]}"
        return f"{said}: {VERDICTS[self.verdict[net, way]]}"

    def pictures(self, net: int = -1, way: int = 0) -> tuple[Picture, ...]:
        """A tree, how the bound rises, counts of all, what numbers can be, and the table.

        ``net`` below 0 is the largest.
        """
        net = net if net >= 0 else self.largest
        return (
            self.trees[net][way].picture(self.name(net, way)),
            self.rise(net),
            counts(self.spec, self.n_regions),
            self.reach[net].picture(),
            self.table(),
        )

    def rise(self, net: int) -> Curves:
        """The bound of the whole box as regions are looked at, all ways of one network."""
        ways, trees = self.spec.ways, self.trees[net]
        n = max(len(tree.parent) for tree in trees)
        lines = {}
        for name, tree in zip(ways, trees, strict=True):
            line = np.full(n, np.nan)
            line[: len(tree.parent)] = np.minimum(tree.course(), 0.0)
            lines[name] = line
        return Curves(
            f"Network {net + 1}: bound of the whole box", np.arange(1.0, n + 1), lines,
            Axis("regions looked at"), Axis("at least; proved at 0"),
        )  # fmt: skip

    def table(self) -> Table:
        """All ways over all networks."""
        regions = self.n_regions
        first = self.spec.ways[0]
        ratio = [self.ratio(name, first) for name in self.spec.ways]
        return Table(
            f"Is the output above 0? {self.spec.n_nets} networks, at most {self.spec.limit} "
            "regions each",
            {
                "way": self.spec.ways,
                "proved": np.array([self.proved(name) for name in self.spec.ways]),
                "false": (self.verdict == FALSE).sum(axis=0),
                "unknown": (self.verdict == UNKNOWN).sum(axis=0),
                "regions": regions.sum(axis=0).astype(int),
                f"regions over {first}": np.array([r.value if r else np.nan for r in ratio]),
                "programs": self.n_programs.sum(axis=0),
                "CPU s": self.seconds.sum(axis=0),
            },
        )


def _geometric(ratio: np.ndarray, of: str) -> Estimate | None:
    if len(ratio) < 2:
        return None
    log = mean_over(np.log(ratio), of=of, unit=UNIT)
    value, low, high = (float(np.exp(v)) for v in (log.value, log.low, log.high))
    said = "geometric mean, t interval of logarithms over networks that both decide"
    return Estimate(of, value, low, high, log.n, UNIT, said)


def counts(spec: BranchSpec, n_regions: np.ndarray) -> Curves:
    """Regions looked at, network by network."""
    net = np.arange(1.0, len(n_regions) + 1)
    lines = {name: np.log10(n_regions[:, k]) for k, name in enumerate(spec.ways)}
    marks = [m * 10**k for k in range(4) for m in (1, 2, 5) if m * 10**k <= spec.limit]
    ticks = tuple((float(np.log10(m)), f"{m:,}") for m in marks)
    return Curves(
        f"Regions looked at, at most {spec.limit:,}", net, lines,
        Axis("network"), Axis("regions", ticks=ticks), dots=lines,
    )  # fmt: skip
