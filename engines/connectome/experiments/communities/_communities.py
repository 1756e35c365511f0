"""How communities are asked for, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from engines.connectome.experiments.communities._community_pictures import quality_picture
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import Frame, Result, Seed, knob
from engines.contract.pictures import Axis, Bars, Heatmap, Picture, Table
from engines.lab.statistics.nulls import p_against, z_against

_SHOWN = 400
N_LOOKS = 2
"""Runs on every null; as many of the wiring's own stand against them."""


class CommunitySpec(WiringSpec):
    """How communities are sought, and how often."""

    method: Literal["Leiden", "Louvain", "spectral"] = knob(
        "Leiden",
        label="Method", help="Leiden's communities are connected, unless weights are negative.",
        group="Method",
    )  # fmt: skip
    weights: Literal["binary", "weights"] = knob(
        "binary", label="Edges", help="Ones, or summed weights of both directions.", group="Method"
    )
    sign: Literal["signed modularity", "absolute", "left out", "refused"] = knob(
        "signed modularity", label="Negative weights",
        help="Neurons that inhibit each other do not belong together (Rubinov & Sporns 2011); or "
        "take the size of negative weights, leave them out, or refuse.", group="Method",
    )  # fmt: skip
    resolution: float = knob(
        1.0, label="Resolution", help="Higher gives more, smaller communities.", group="Method",
        gt=0, le=20, soft=(0.2, 3), step=0.1, when={"method": ("Leiden", "Louvain")},
    )  # fmt: skip
    n_communities: int = knob(
        5, label="How many", help="For the spectral method.", group="Method", ge=2, le=200,
        soft=(2, 20), when={"method": ("spectral",)},
    )  # fmt: skip
    n_runs: int = knob(
        50, label="Runs", help="Each with an order of its own; the consensus is of all.",
        group="Method", ge=1, le=2_000, soft=(1, 200),
    )  # fmt: skip
    n_nulls: int = knob(
        99, label="Nulls", help="Random wirings like this one; communities are sought in each "
        f"{N_LOOKS} times.", group="Chance", ge=0, le=10_000, soft=(0, 999),
    )  # fmt: skip
    kept: Literal["degrees", "degrees and strengths"] = knob(
        "degrees and strengths", label="Nulls keep", help="What every neuron has in them, of "
        "positive and of negative weights each: how many, or also how much in all.",
        group="Chance", when={"weights": ("weights",)},
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Equal seeds give equal partitions.", group="Method")


@dataclass(frozen=True, eq=False)
class CommunityFrame(Frame):
    """Modularity of the runs so far: float64[run], and of the best on each null: float64[null]."""

    quality: np.ndarray = field(default_factory=lambda: np.zeros(0))
    chance: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def pictures(self) -> tuple[Picture, ...]:
        """The runs' modularity."""
        return (quality_picture(self.quality, self.chance),)


@dataclass(frozen=True, eq=False)
class Communities(Result):
    """The consensus and the runs behind it, for the neurons that are left.

    ``label`` int32[neuron]; ``quality`` float64[run]; ``together`` float64[neuron, neuron] is
    empty for large wirings; ``agreement`` holds (NMI, ARI) with each known column.
    """

    spec: CommunitySpec
    names: tuple[str, ...]
    label: np.ndarray
    quality: np.ndarray
    consensus_quality: float
    together: np.ndarray
    agreement: Mapping[str, tuple[float, float]]
    order: np.ndarray
    best: np.ndarray
    """int32[neuron]: the run of highest modularity."""
    part: np.ndarray
    """float64[community]: what each community of the consensus adds to its modularity."""
    chance: np.ndarray
    """float64[null]: modularity of the better of a null's runs."""
    chance_part: np.ndarray
    """float64[null]: the most that a community of that run adds."""
    walked: np.ndarray
    """float64[2]: accepted swaps per edge of the nulls, and the share of edges still in place."""

    @property
    def n_best(self) -> int:
        """Communities of the run of highest modularity."""
        return len(np.unique(self.best))

    @property
    def against(self) -> float:
        """What nulls are held against: the better of as many runs as they have."""
        return float(self.quality[:N_LOOKS].max(initial=-1.0))

    @property
    def p_parts(self) -> np.ndarray:
        """float64[community]: share of nulls, itself counted, in which any community adds as much.

        The most of every null makes it a p for all communities at once (Westfall & Young 1993).
        """
        if not len(self.chance_part):
            return np.full(len(self.part), np.nan)
        nulls = np.tile(self.chance_part[:, None], len(self.part))
        return p_against(self.part, nulls, sided="greater")

    def pictures(self) -> tuple[Picture, ...]:
        """Sizes, runs, co-assignment, agreement, members."""
        sizes = np.bincount(self.label, minlength=1).astype(float)
        ticks = tuple((float(k), str(k + 1)) for k in range(len(sizes)))
        size = Bars("Sizes", sizes, Axis("community", ticks=ticks), Axis("neurons"))
        made: list[Picture] = [self.summary(), quality_picture(self.quality, self.chance), size]
        if self.together.size:
            shown = self.order[:_SHOWN]
            square = self.together[np.ix_(shown, shown)]
            axis = Axis("neuron, by community")
            share = Axis("share of runs together")
            made.append(Heatmap("Co-assignment", square, axis, axis, share))
        return (*made, self.members())

    def summary(self) -> Table:
        """Modularity and agreement with what is known."""
        rows = [
            ("communities", float(self.label.max(initial=-1) + 1)),
            ("modularity of the consensus", self.consensus_quality),
            ("communities of the best run", float(self.n_best)),
            ("modularity of the best run", float(self.quality.max(initial=-1))),
            ("mean of runs", float(self.quality.mean()) if len(self.quality) else np.nan),
        ]
        rows += self._beside_chance()
        for name, (shared, rand) in self.agreement.items():
            rows += [(f"NMI with {name}", shared), (f"ARI with {name}", rand)]
        spec = self.spec
        title = f"{spec.method}, {spec.n_runs:,} runs, seed {spec.seed}, {spec.weights} edges"
        columns = {"": tuple(n for n, _ in rows), "value": np.array([v for _, v in rows])}
        return Table(title, columns)

    def _beside_chance(self) -> list[tuple[str, float]]:
        if not len(self.chance):
            return []
        own, nulls = np.array([self.against]), self.chance[:, None]
        n_own = min(N_LOOKS, self.spec.n_runs)
        return [
            (f"best of {n_own} run{'s' * (n_own > 1)}", self.against),
            (f"best of {N_LOOKS} runs, mean of nulls", float(self.chance.mean())),
            ("z against nulls", float(z_against(own, nulls)[0])),
            ("p, as much in a null", float(p_against(own, nulls, sided="greater")[0])),
            ("accepted swaps per edge, mean of nulls", float(self.walked[0])),
            ("edges still in place, mean of nulls", float(self.walked[1])),
        ]

    def members(self) -> Table:
        """Who belongs where, and how often chance makes as much of a community."""
        n = int(self.label.max(initial=-1)) + 1
        lists = [
            ", ".join(self.names[i] for i in np.flatnonzero(self.label == k)) for k in range(n)
        ]
        columns = {"community": np.arange(1, n + 1), "adds to modularity": self.part}
        columns |= {"p, all communities": self.p_parts} if len(self.chance) else {}
        columns |= {"members": tuple(lists)}
        return Table("Members of the consensus", columns)
