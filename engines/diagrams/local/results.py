"""What a comparison of rules gives: shares right, and which loss moves which layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Table, steps_axis
from engines.diagrams.local.asked import BACKPROP, FIRST_BLOCK, LAST, NOPROP, RULES, LocalSpec
from engines.lab.statistics import mean_over, paired

UNIT = "networks"


@dataclass(frozen=True, eq=False)
class Reach:
    """How far losses reach."""

    layers: tuple[str, ...]
    size: np.ndarray
    """float64[loss, layer]: largest slope of a loss towards a weight of a layer; 0 is exactly 0."""

    def picture(self, title: str, losses: str) -> Heatmap:
        """Where a loss has any slope at all."""
        ticks = tuple((k + 0.5, name) for k, name in enumerate(self.layers))
        down = tuple((k + 0.5, str(k + 1)) for k in range(len(self.size)))
        moved = (self.size > 0).astype(float)
        said = Axis("moved")
        return Heatmap(
            title, moved, Axis("weights of", ticks=ticks), Axis(losses, ticks=down), said
        )


@dataclass(frozen=True, eq=False)
class LocalFrame(Frame):
    """The comparison so far."""

    steps: np.ndarray
    """int64[look]."""
    right: np.ndarray
    """float64[look, rule, net]: share right in the exam."""
    blocks: np.ndarray
    """float64[block, net]: NoProp's share right after each block, at the last look."""

    def pictures(self) -> tuple[Picture, ...]:
        """Shares right up to here, and block by block."""
        return (course(self.steps, self.right), by_block(self.blocks, self.right[-1]))


@dataclass(frozen=True, eq=False)
class LocalResult(Result):
    """The whole comparison."""

    spec: LocalSpec
    steps: np.ndarray
    right: np.ndarray
    """float64[look, rule, net]."""
    blocks: np.ndarray
    """float64[look, block, net]."""
    n_parameters: tuple[int, ...]
    """Of each rule's network, the way down counted."""
    counter: Reach
    """Of counter-current levels."""
    noprop: Reach
    """Of NoProp's blocks."""

    def ends(self, name: str) -> np.ndarray:
        """float64[net]: share right of a rule in the end."""
        if name == FIRST_BLOCK:
            return self.blocks[-1, 0]
        return self.right[-1, RULES.index(name)]

    def mean(self, name: str) -> Estimate:
        """Share right in the end, with its interval."""
        return mean_over(self.ends(name), of=f"share right, {name}", unit=UNIT)

    def apart(self, one: str, other: str) -> Estimate:
        """Share right of one rule less another's, network by network."""
        found = paired(self.ends(other), self.ends(one), self.spec.seed)
        return found.estimate(f"share right, {one} less {other}", UNIT)

    def crossing(self) -> float:
        """Largest slope of a NoProp block's loss towards another block."""
        size = self.noprop.size
        return float(np.abs(size - np.diag(np.diag(size))).max())

    def moments(self) -> tuple[Frame, ...]:
        """The run as a film, a frame per look."""
        n = len(self.steps)
        return tuple(
            LocalFrame(self.steps[:k], self.right[:k], self.blocks[k - 1], fraction=k / n)
            for k in range(1, n + 1)
        )

    def pictures(self) -> tuple[Picture, ...]:
        """Shares right, NoProp block by block, which loss moves which layer, and the table."""
        return (
            course(self.steps, self.right),
            by_block(self.blocks[-1], self.right[-1]),
            self.counter.picture("Counter-current: which loss moves which layer", "level"),
            self.noprop.picture("NoProp: which loss moves which block", "block"),
            self.table(),
        )

    def table(self) -> Table:
        """Everybody's parameters and shares right."""
        names = (*RULES, FIRST_BLOCK)
        found = [self.mean(name) for name in names]
        parameters = (*self.n_parameters, self.n_parameters[RULES.index(NOPROP)])
        return Table(
            f"Share right after {self.spec.n_steps:,} steps, {self.spec.n_nets} networks each",
            {
                "rule": names,
                "learnt parameters": np.array(parameters),
                "mean": np.array([one.value for one in found]),
                "low": np.array([one.low for one in found]),
                "high": np.array([one.high for one in found]),
            },
        )


def course(steps: np.ndarray, right: np.ndarray) -> Curves:
    """Share right by step, spaced by its logarithm; means and every network."""
    return Curves(
        "Share of digits right in the exam",
        np.log10(steps + 1.0),
        {name: right[:, k].mean(1) for k, name in enumerate(RULES)},
        steps_axis(int(steps[-1])),
        Axis("share right"),
        clouds={name: right[:, k].T for k, name in enumerate(RULES)},
        large=True,
    )


def by_block(blocks: np.ndarray, right: np.ndarray) -> Curves:
    """What NoProp has after each block, beside backprop and the last layer alone."""
    n = len(blocks)
    flat = {name: np.full(n, right[RULES.index(name)].mean()) for name in (BACKPROP, LAST)}
    return Curves(
        "NoProp after each of its blocks",
        np.arange(1.0, n + 1),
        {NOPROP: blocks.mean(1), **flat},
        Axis("block"),
        Axis("share right"),
        clouds={NOPROP: blocks.T},
        dots={NOPROP: blocks.mean(1)},
    )
