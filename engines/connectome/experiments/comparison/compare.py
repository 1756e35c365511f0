"""Two wirings side by side: what they share, what is only in one, and whether degrees agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from engines.connectome.wiring.catalogue import DatasetName
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import Card, Experiment, InputError, Result, Spec, knob
from engines.contract.pictures import Axis, Heatmap, Picture, Points, Table

LayerChoice = Literal[
    "chemical", "electrical", "monoamine", "neuropeptide", "chemical + electrical", "all"
]


class CompareSpec(Spec):
    """Which two wirings; neurons are matched by name."""

    first: DatasetName = knob("varshney2011", label="First", help="A connectome.", group="First")
    first_layers: LayerChoice = knob(
        "chemical", label="Its layers", help="Which connections count.", group="First"
    )
    second: DatasetName = knob("cook2019", label="Second", help="Another one.", group="Second")
    second_layers: LayerChoice = knob(
        "chemical", label="Layers", help="Which connections count.", group="Second"
    )
    min_weight: float = knob(
        0.0, label="At least", help="Weaker edges of either are left out.", unit="synapses",
        group="Both", ge=0, le=1_000, soft=(0, 20), step=1,
    )  # fmt: skip

    def wirings(self) -> tuple[WiringSpec, WiringSpec]:
        """Both as specs of their own."""
        pairs = ((self.first, self.first_layers), (self.second, self.second_layers))
        first, second = (with_layers(name, layers, self.min_weight) for name, layers in pairs)
        return first, second


def with_layers(dataset: Any, layers: str, min_weight: float = 0.0) -> WiringSpec:
    """A dataset's wiring with a choice of layers."""
    names = ("chemical", "electrical", "monoamine", "neuropeptide")
    on: dict[str, Any] = {name: layers == "all" or name in layers.split(" + ") for name in names}
    return WiringSpec(dataset=dataset, min_weight=min_weight, **on)


@dataclass(frozen=True, eq=False)
class Comparison(Result):
    """float64[neuron, neuron] weights of both on the neurons they share, and what follows."""

    spec: CompareSpec
    names: tuple[str, ...]
    first: np.ndarray
    second: np.ndarray
    only_first: int
    """Neurons that only the first has."""
    only_second: int

    def counts(self) -> dict[str, float]:
        """Shared and unique edges among shared neurons, and correlations."""
        a, b = self.first > 0, self.second > 0
        both, either = int((a & b).sum()), int((a | b).sum())
        weight = spearman(self.first[a & b], self.second[a & b])
        return {
            "neurons in both": float(len(self.names)),
            "neurons only in the first": float(self.only_first),
            "neurons only in the second": float(self.only_second),
            "edges in both": float(both),
            "edges only in the first": float((a & ~b).sum()),
            "edges only in the second": float((b & ~a).sum()),
            "Jaccard overlap": both / either if either else float("nan"),
            "weights of shared edges, Spearman": weight,
            "in-degrees, Spearman": spearman(a.sum(axis=0), b.sum(axis=0)),
            "out-degrees, Spearman": spearman(a.sum(axis=1), b.sum(axis=1)),
        }

    def pictures(self) -> tuple[Picture, ...]:
        """Counts, degrees against each other, both matrices and their difference."""
        counts = self.counts()
        columns: dict[str, Any] = {"": tuple(counts), "value": np.array(list(counts.values()))}
        one, two = self.spec.first, self.spec.second
        table = Table(
            f"{one} ({self.spec.first_layers}), {two} ({self.spec.second_layers})", columns
        )
        degrees = np.stack([_degree(self.first), _degree(self.second)], axis=1).astype(float)
        axes = Axis(f"neighbours in {one}"), Axis(f"neighbours in {two}")
        scatter = Points("Degrees of shared neurons", degrees, *axes)
        sets = _memberships(self.first > 0, self.second > 0)
        names = Axis("receives"), Axis("sends")
        value = Axis("-1 only first, 1 only second, 0 both or none")
        difference = Heatmap("Only in one", sets, *names, value, diverging=True)
        log = Axis("log of 1 + weight")
        return (
            table,
            scatter,
            difference,
            Heatmap(f"{one}", np.log1p(self.first), *names, log),
            Heatmap(f"{two}", np.log1p(self.second), *names, log),
        )


def _degree(matrix: np.ndarray) -> np.ndarray:
    return ((matrix + matrix.T) > 0).sum(axis=0)


def _memberships(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (b & ~a).astype(float) - (a & ~b).astype(float)


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Rank correlation; nan below two values or without spread."""
    from scipy.stats import rankdata

    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(rankdata(a), rankdata(b))[0, 1])


def compared(spec: CompareSpec) -> Comparison:
    """Both wirings on the neurons they share, ordered by role and class."""
    from engines.connectome.wiring.graph import connectome_of, graph_of

    wirings = spec.wirings()
    one, two = (connectome_of(w) for w in wirings)
    shared = [name for name in one.neurons if name in two.index]
    if not shared:
        raise InputError(f"{one.name} and {two.name} share no neuron's name; choose another pair")
    role, kind = one.column("role"), one.column("class")
    rank = {"sensory": 0, "polymodal": 1, "interneuron": 2, "motor": 3}

    def place(name: str) -> tuple[int, str, str]:
        k = one.index[name]
        return rank.get(role[k], 4), kind[k], name

    shared.sort(key=place)
    matrices = []
    for connectome, wiring in zip((one, two), wirings, strict=True):
        graph = graph_of(wiring)
        full = np.zeros((connectome.n_neurons, connectome.n_neurons))
        full[np.ix_(graph.members, graph.members)] = graph.directed.toarray()
        here = [connectome.index[name] for name in shared]
        matrices.append(np.abs(full[np.ix_(here, here)]))
    only = one.n_neurons - len(shared), two.n_neurons - len(shared)
    first, second = matrices
    return Comparison(spec, tuple(shared), first, second, *only)


def frames(spec: CompareSpec) -> Iterator[Result]:
    """The comparison at once."""
    yield compared(spec)


EXPERIMENT = Experiment(
    spec=CompareSpec,
    frames=frames,
    card=Card(
        title="Compare",
        claim="Two datasets, two animals or two layers on the neurons they share.",
        paper="Cook et al. 2019, Whole-animal connectomes of both Caenorhabditis elegans sexes",
        link="https://doi.org/10.1038/s41586-019-1352-7",
    ),
    presets={
        "Varshney and Cook": CompareSpec(),
        "Synapses and gap junctions": CompareSpec(
            second="varshney2011", second_layers="electrical"
        ),
        "Wired and wireless": CompareSpec(second="varshney2011", second_layers="neuropeptide"),
        "Two adults": CompareSpec(first="witvliet2021_7", second="witvliet2021_8"),
    },
    order=50,
)
