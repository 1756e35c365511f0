"""Communities of a wiring: partitions, their consensus, and how they agree with known classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import numpy as np

from engines.connectome.partitions.consensus import CONSENSUS_MAX, coassignment
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import Card, Experiment, Frame, KnownAnswer, Result, Seed, knob
from engines.contract.pictures import Axis, Bars, Heatmap, Picture, Table

_SHOWN = 400


class CommunitySpec(WiringSpec):
    """How communities are sought, and how often."""

    method: Literal["Leiden", "Louvain", "spectral"] = knob(
        "Leiden",
        label="Method",
        help="Leiden's communities are connected, unless weights are negative.",
        group="Method",
    )
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
    seed: Seed = knob(0, label="Seed", help="Equal seeds give equal partitions.", group="Method")


@dataclass(frozen=True, eq=False)
class CommunityFrame(Frame):
    """Modularity of the runs so far: float64[run]."""

    quality: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def pictures(self) -> tuple[Picture, ...]:
        """The runs' modularity."""
        return (quality_picture(self.quality),)


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

    @property
    def n_best(self) -> int:
        """Communities of the run of highest modularity."""
        return len(np.unique(self.best))

    def pictures(self) -> tuple[Picture, ...]:
        """Sizes, runs, co-assignment, agreement, members."""
        sizes = np.bincount(self.label, minlength=1).astype(float)
        ticks = tuple((float(k), str(k + 1)) for k in range(len(sizes)))
        size = Bars("Sizes", sizes, Axis("community", ticks=ticks), Axis("neurons"))
        made: list[Picture] = [self.summary(), size, quality_picture(self.quality)]
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
        for name, (shared, rand) in self.agreement.items():
            rows += [(f"NMI with {name}", shared), (f"ARI with {name}", rand)]
        spec = self.spec
        title = f"{spec.method}, {spec.n_runs:,} runs, seed {spec.seed}, {spec.weights} edges"
        columns = {"": tuple(n for n, _ in rows), "value": np.array([v for _, v in rows])}
        return Table(title, columns)

    def members(self) -> Table:
        """Who belongs where."""
        n = int(self.label.max(initial=-1)) + 1
        lists = [
            ", ".join(self.names[i] for i in np.flatnonzero(self.label == k)) for k in range(n)
        ]
        columns = {"community": np.arange(1, n + 1), "members": tuple(lists)}
        return Table("Members of the consensus", columns)


def quality_picture(quality: np.ndarray) -> Bars:
    """How the runs' modularity is spread."""
    counts, edges = np.histogram(quality, bins=min(20, max(2, len(quality))))
    centres = 0.5 * (edges[1:] + edges[:-1])
    return Bars("Runs", counts.astype(float), Axis("modularity"), Axis("runs"), (), centres)


def frames(spec: CommunitySpec) -> Iterator[CommunityFrame | Communities]:
    """Runs one after the other, the consensus last."""
    from engines.connectome.partitions.agreement import ari, nmi
    from engines.connectome.partitions.consensus import consensus
    from engines.connectome.partitions.leiden import leiden, louvain
    from engines.connectome.partitions.modularity import modularity, symmetric_weights
    from engines.connectome.partitions.spectral import spectral
    from engines.connectome.wiring.graph import connectome_of, graph_of

    wiring = WiringSpec(**{name: getattr(spec, name) for name in WiringSpec.model_fields})
    graph, connectome = graph_of(wiring), connectome_of(wiring)
    weights = symmetric_weights(graph.directed, binary=spec.weights == "binary", sign=spec.sign)
    labels, quality = np.zeros((spec.n_runs, graph.n), np.int32), np.zeros(spec.n_runs)
    for run in range(spec.n_runs):
        seed = (spec.seed + run) % 2**63
        match spec.method:
            case "Leiden":
                labels[run] = leiden(weights, resolution=spec.resolution, seed=seed)
            case "Louvain":
                labels[run] = louvain(weights, resolution=spec.resolution, seed=seed)
            case _:
                labels[run] = spectral(weights, spec.n_communities, seed=seed)
        quality[run] = modularity(weights, labels[run], spec.resolution)
        yield CommunityFrame(quality=quality[: run + 1].copy(), fraction=(run + 1) / spec.n_runs)
    small = graph.n <= CONSENSUS_MAX
    best = labels[int(np.nanargmax(quality)) if np.isfinite(quality).any() else 0]
    label = best
    if small and spec.n_runs > 1:
        label = consensus(labels, seed=spec.seed)
    known = {}
    for name, values in connectome.columns.items():
        texts = np.array(values)[graph.members]
        there = texts != ""
        if name in ("role", "class", "transmitter", "side") and there.sum() > 1:
            pair = label[there], texts[there]
            known[name] = (nmi(*pair), ari(*pair))
    yield Communities(
        spec=spec,
        names=tuple(connectome.neurons[k] for k in graph.members),
        label=label,
        quality=quality,
        consensus_quality=modularity(weights, label, spec.resolution),
        together=coassignment(labels) if small else np.zeros((0, 0)),
        agreement=known,
        order=np.lexsort((np.arange(graph.n), label)),
        best=best,
    )


def known_answers() -> tuple[KnownAnswer, ...]:
    """The best modularity that a reference library finds."""

    @cache
    def best() -> Communities:
        made = EXPERIMENT.result(CommunitySpec(n_runs=40))
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


EXPERIMENT = Experiment(
    spec=CommunitySpec,
    frames=frames,
    card=Card(
        title="Communities",
        claim="Which neurons belong together, how sure that is, and how it fits what is known.",
        paper="Traag, Waltman & van Eck 2019, From Louvain to Leiden: guaranteeing well-connected "
        "communities",
        link="https://doi.org/10.1038/s41598-019-41695-z",
    ),
    presets={
        "The worm": CommunitySpec(),
        "The worm, spectral": CommunitySpec(method="spectral"),
        "Adult brain (Witvliet 8)": CommunitySpec(dataset="witvliet2021_8"),
        "Larva brain": CommunitySpec(dataset="winding2023", n_runs=10),
    },
    known_answers=known_answers,
    seconds=lambda spec: 0.5 + 0.02 * spec.n_runs,
    order=40,
)
