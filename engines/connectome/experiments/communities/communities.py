"""Communities of a wiring: partitions, their consensus, what chance gives, what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import numpy as np

from engines.connectome.partitions.consensus import CONSENSUS_MAX, coassignment
from engines.connectome.wiring.connectome import Connectome
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    KnownAnswer,
    Result,
    Seed,
    knob,
)
from engines.contract.claims import Exceeds
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


def quality_picture(quality: np.ndarray, chance: np.ndarray) -> Bars:
    """How the modularity of runs is spread, and that of nulls."""
    both = np.concatenate([quality, chance])
    edges = np.histogram_bin_edges(both, bins=40 if len(chance) else min(20, max(2, len(both))))
    own, nulls = (np.histogram(one, bins=edges)[0].astype(float) for one in (quality, chance))
    centres, x = 0.5 * (edges[1:] + edges[:-1]), Axis("modularity")
    if not len(chance):
        return Bars("Runs", own, x, Axis("runs"), (), centres)
    # Two narrow bars in every bin: where runs and nulls meet, both are seen.
    aside = (edges[1] - edges[0]) / 4
    places = np.stack([centres - aside, centres + aside], axis=1).ravel()
    kind = ("this wiring", "nulls") * len(centres)
    heights = np.stack([own, nulls], axis=1).ravel()
    return Bars("Runs, and nulls", heights, x, Axis("runs, nulls"), kind, places)


def frames(spec: CommunitySpec) -> Iterator[CommunityFrame | Communities]:
    """Runs one after the other, then nulls, the consensus last."""
    from engines.connectome.nulls.symmetric import check_nulls, symmetric_nulls, walked
    from engines.connectome.partitions.consensus import consensus
    from engines.connectome.partitions.modularity import (
        contributions,
        modularity,
        symmetric_weights,
    )
    from engines.connectome.wiring.graph import connectome_of, graph_of

    wiring = WiringSpec(**{name: getattr(spec, name) for name in WiringSpec.model_fields})
    graph, connectome = graph_of(wiring), connectome_of(wiring)
    if spec.n_nulls:
        check_nulls(graph.n)
    weights = symmetric_weights(graph.directed, binary=spec.weights == "binary", sign=spec.sign)
    labels, quality = np.zeros((spec.n_runs, graph.n), np.int32), np.zeros(spec.n_runs)
    n_done, n_all = 0, spec.n_runs + N_LOOKS * spec.n_nulls
    for run in range(spec.n_runs):
        labels[run], quality[run] = _found(spec, weights, run)
        n_done += 1
        yield CommunityFrame(quality=quality[: run + 1].copy(), fraction=n_done / n_all)
    chance, most = np.full(spec.n_nulls, np.nan), np.full(spec.n_nulls, np.nan)
    drawn = symmetric_nulls(weights, spec.n_nulls, spec.seed, spec.kept) if spec.n_nulls else ()
    walks = []
    for k, one in enumerate(drawn):
        walks.append((one.accepted, one.in_place))
        null = one.weights
        found = [_found(spec, null, run) for run in range(N_LOOKS)]
        label, chance[k] = max(found, key=lambda one: one[1])
        most[k] = contributions(null, label, spec.resolution).max(initial=-np.inf)
        n_done += N_LOOKS
        yield CommunityFrame(
            quality=quality.copy(), chance=chance[: k + 1].copy(), fraction=n_done / n_all
        )
    small = graph.n <= CONSENSUS_MAX
    best = labels[int(np.nanargmax(quality)) if np.isfinite(quality).any() else 0]
    label = consensus(labels, seed=spec.seed) if small and spec.n_runs > 1 else best
    yield Communities(
        spec=spec,
        names=tuple(connectome.neurons[k] for k in graph.members),
        label=label,
        quality=quality,
        consensus_quality=modularity(weights, label, spec.resolution),
        together=coassignment(labels) if small else np.zeros((0, 0)),
        agreement=_agreement(connectome, graph.members, label),
        order=np.lexsort((np.arange(graph.n), label)),
        best=best,
        part=contributions(weights, label, spec.resolution),
        chance=chance,
        chance_part=most,
        walked=walked(walks),
    )


def _found(spec: CommunitySpec, weights: Any, run: int) -> tuple[np.ndarray, float]:
    """int32[neuron] labels of one run, and their modularity."""
    from engines.connectome.partitions.leiden import leiden, louvain
    from engines.connectome.partitions.modularity import modularity
    from engines.connectome.partitions.spectral import spectral

    seed = (spec.seed + run) % 2**63
    match spec.method:
        case "Leiden":
            label = leiden(weights, resolution=spec.resolution, seed=seed)
        case "Louvain":
            label = louvain(weights, resolution=spec.resolution, seed=seed)
        case _:
            label = spectral(weights, spec.n_communities, seed=seed)
    return label, modularity(weights, label, spec.resolution)


def _agreement(
    connectome: Connectome, members: np.ndarray, label: np.ndarray
) -> dict[str, tuple[float, float]]:
    """(NMI, ARI) with each column of which something is known."""
    from engines.connectome.partitions.agreement import ari, nmi

    known = {}
    for name, values in connectome.columns.items():
        texts = np.array(values)[members]
        there = texts != ""
        if name in ("role", "class", "transmitter", "side") and there.sum() > 1:
            pair = label[there], texts[there]
            known[name] = (nmi(*pair), ari(*pair))
    return known


def known_answers() -> tuple[KnownAnswer, ...]:
    """The best modularity that a reference library finds."""

    @cache
    def best() -> Communities:
        made = EXPERIMENT.result(CommunitySpec(n_runs=40, n_nulls=0))
        assert isinstance(made, Communities)
        return made

    def quality() -> float:
        return float(best().quality.max())

    # One pass of igraph's Leiden finds 0.4028 and six; run until nothing moves, more and five.
    once, until = "igraph 1.0's Leiden on the same table", "igraph 1.0's Leiden until nothing moves"
    missing = "modularity of the worm that is missing to it"
    return (
        KnownAnswer(
            missing, f"best of {once}: 0.4028", 0.0, 0.0, lambda: max(0.0, 0.4028 - quality())
        ),
        KnownAnswer("best modularity of the worm", f"300 runs of {until}", 0.41133, 5e-6, quality),
        KnownAnswer(
            "communities of that partition", f"300 runs of {until}", 5.0, 0.0,
            lambda: float(best().n_best),
        ),
    )  # fmt: skip


NULLS_LEAST = 20
_KEPT = {"binary": ("degrees", "degrees and strengths"), "weights": ("degrees and strengths",)}
"""Nulls that a claim about such edges speaks of; where all weigh one, strengths are degrees."""


def _whole(found: Communities, weights: str) -> bool:
    spec, plain = found.spec, CommunitySpec()
    names = WiringSpec.model_fields
    same = all(getattr(spec, name) == getattr(plain, name) for name in names)
    leiden = spec.method == "Leiden" and spec.resolution == 1.0
    asked = spec.weights == weights and spec.kept in _KEPT[weights]
    return same and leiden and asked and len(found.chance) >= NULLS_LEAST


def _figure(weights: str) -> Callable[[Communities], Estimate | None]:
    def figure(found: Communities) -> Estimate | None:
        if not _whole(found, weights):
            return None
        how = f"best of {N_LOOKS} runs, nothing is drawn"
        return Estimate.exact("modularity", found.against, how)

    return figure


def _of_nulls(found: Communities) -> Estimate | None:
    if not len(found.chance):
        return None
    low, high = np.quantile(found.chance, [0.025, 0.975])
    how = f"best of {N_LOOKS} runs: mean and 95 % of {len(found.chance):,} wirings"
    return Estimate("modularity of nulls", float(found.chance.mean()), float(low), float(high),
                    len(found.chance), "nulls", how, found.spec.seed)  # fmt: skip


CLAIMS = (
    Claim(
        "The worm falls into communities more than wirings in which every neuron keeps its degree.",
        figure=_figure("binary"),
        control=_of_nulls,
        holds_when=Exceeds(),
        source="Pan, Chatterjee & Sinha 2010, Mesoscopic organization reveals the constraints "
        "governing C. elegans nervous system",
    ),
    Claim(
        "So do its weights, beyond how much every neuron is joined to others in all.",
        figure=_figure("weights"),
        control=_of_nulls,
        holds_when=Exceeds(),
        source="Milisav et al. 2025, A simulated annealing algorithm for randomizing weighted "
        "networks, for the nulls",
        preset="The worm, weights",
    ),
)

EXPERIMENT = Experiment(
    spec=CommunitySpec,
    frames=frames,
    card=Card(
        title="Communities",
        claim="Which neurons belong together, how sure that is, what chance gives, and how it fits "
        "what is known.",
        paper="Traag, Waltman & van Eck 2019, From Louvain to Leiden: guaranteeing well-connected "
        "communities",
        link="https://doi.org/10.1038/s41598-019-41695-z",
    ),
    presets={
        "The worm": CommunitySpec(),
        "The worm, weights": CommunitySpec(weights="weights"),
        "The worm, spectral": CommunitySpec(method="spectral"),
        "The fly's cell types, signed": CommunitySpec(dataset="flyvis", weights="weights"),
        "Adult brain (Witvliet 8)": CommunitySpec(dataset="witvliet2021_8"),
        "Larva brain": CommunitySpec(dataset="winding2023", n_runs=10, n_nulls=0),
        "A random graph has none": CommunitySpec(dataset="erdos_renyi"),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.5 + 0.02 * spec.n_runs + 0.06 * spec.n_nulls,
    order=40,
)
