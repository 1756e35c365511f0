"""Eight animals from birth to adulthood: how the brain's wiring grows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from engines.connectome.wiring.spec import WiringSpec
from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    KnownAnswer,
    Result,
    Spec,
    knob,
)
from engines.contract.claims import Exceeds
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Table
from engines.lab.statistics import bootstrap

ANIMALS = tuple(range(1, 9))
MEASURES = (
    "neurons",
    "directed edges",
    "total weight",
    "density",
    "clustering",
    "path length",
    "reciprocity",
    "sigma",
    "modularity",
)


class DevelopmentSpec(Spec):
    """Which connections of the eight animals are followed."""

    layers: Literal["chemical", "electrical", "chemical + electrical"] = knob(
        "chemical", label="Layers", help="Which connections count.", group="Animals"
    )
    cells: Literal["neurons", "all cells"] = knob(
        "neurons", label="Cells", help="Muscles and glia are lesioned unless told.", group="Animals"
    )
    n_nulls: int = knob(
        100, label="Nulls", help="Degree-preserving random wirings behind each sigma.",
        group="Animals", ge=0, le=10_000, soft=(0, 500),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class DevelopmentFrame(Frame):
    """float64[animal, measure] so far, nan for animals to come."""

    table: np.ndarray = field(default_factory=lambda: np.zeros((0, len(MEASURES))))

    def pictures(self) -> tuple[Picture, ...]:
        """Growth so far."""
        return growth(self.table)


@dataclass(frozen=True, eq=False)
class Development(Result):
    """Measures float64[animal, measure], and every animal's weights on one order of neurons.

    ``agreement`` float64[animal, animal]: NMI of communities on the neurons two animals share.
    """

    spec: DevelopmentSpec
    table: np.ndarray
    names: tuple[str, ...]
    matrices: np.ndarray
    agreement: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """Growth, agreement of communities, eight matrices as small multiples."""
        columns: dict[str, Any] = {"animal": np.array(ANIMALS)}
        columns |= {name: self.table[:, k] for k, name in enumerate(MEASURES)}
        axis = Axis("animal", ticks=tuple((k + 0.5, str(a)) for k, a in enumerate(ANIMALS)))
        same = Heatmap("Communities agree (NMI)", self.agreement, axis, axis, Axis("NMI"))
        names = Axis("receives"), Axis("sends")
        small = [
            Heatmap(f"Animal {a}", np.log1p(self.matrices[k]), *names, Axis("log of 1 + weight"))
            for k, a in enumerate(ANIMALS)
        ]
        return (Table("Eight animals", columns), *growth(self.table), same, *small)


def growth(table: np.ndarray) -> tuple[Picture, ...]:
    """One curve per measure that is worth one."""
    x, made = np.array(ANIMALS, float)[: len(table)], []
    for name in ("directed edges", "clustering", "sigma", "modularity"):
        line = {name: table[:, MEASURES.index(name)]}
        made.append(Curves(name.capitalize(), x, line, Axis("animal, by age"), Axis(name)))
    return tuple(made)


def wiring_of_animal(spec: DevelopmentSpec, animal: int) -> WiringSpec:
    """One animal's wiring; muscles and glia are lesioned when only neurons count."""
    from engines.connectome.experiments.comparison.compare import with_layers
    from engines.connectome.wiring.graph import connectome_of

    wiring = with_layers(f"witvliet2021_{animal}", spec.layers)
    if spec.cells == "all cells":
        return wiring
    present = set(connectome_of(wiring).column("role"))
    kinds = [f"role:{kind}" for kind in ("muscle", "glia") if kind in present]
    return wiring.replace(lesion=", ".join(kinds))


def frames(spec: DevelopmentSpec) -> Iterator[DevelopmentFrame | Development]:
    """Animal by animal, everything last."""
    from engines.connectome.partitions.leiden import leiden
    from engines.connectome.partitions.modularity import modularity, symmetric_weights
    from engines.connectome.wiring.graph import connectome_of, graph_of

    table = np.full((len(ANIMALS), len(MEASURES)), np.nan)
    labels: list[dict[str, int]] = []
    graphs = []
    for k, animal in enumerate(ANIMALS):
        wiring = wiring_of_animal(spec, animal)
        graph, neurons = graph_of(wiring), connectome_of(wiring).neurons
        weights = symmetric_weights(graph.binary, binary=True)
        label = leiden(weights)
        found = _measured(wiring, spec.n_nulls)
        found["modularity"] = modularity(weights, label)
        table[k] = [found.get(name, np.nan) for name in MEASURES]
        names = [neurons[i] for i in graph.members]
        labels.append(dict(zip(names, label.tolist(), strict=True)))
        graphs.append((names, graph.directed.toarray()))
        yield DevelopmentFrame(table=table[: k + 1].copy(), fraction=(k + 1) / len(ANIMALS))
    order = sorted(set().union(*(set(names) for names, _ in graphs)))
    yield Development(spec, table, tuple(order), _on_one_order(graphs, order), _agreement(labels))


def _measured(wiring: WiringSpec, n_nulls: int) -> dict[str, float]:
    from engines.connectome.measures.spec import MeasuresSpec
    from engines.connectome.nulls.measured import Measured
    from engines.connectome.nulls.measuring import frames_of

    fields = {name: getattr(wiring, name) for name in WiringSpec.model_fields}
    *_, last = frames_of(MeasuresSpec(**fields, n_nulls=n_nulls))
    assert isinstance(last, Measured)
    return dict(zip(last.measures.names, last.measures.values.tolist(), strict=True))


def _on_one_order(graphs: list[tuple[list[str], np.ndarray]], order: list[str]) -> np.ndarray:
    place = {name: k for k, name in enumerate(order)}
    made = np.zeros((len(graphs), len(order), len(order)), np.float32)
    for k, (names, matrix) in enumerate(graphs):
        here = [place[name] for name in names]
        made[k][np.ix_(here, here)] = matrix
    return made


def _agreement(labels: list[dict[str, int]]) -> np.ndarray:
    from engines.connectome.partitions.agreement import nmi

    made = np.ones((len(labels), len(labels)))
    for i, a in enumerate(labels):
        for j, b in enumerate(labels):
            shared = sorted(a.keys() & b.keys())
            made[i, j] = nmi(np.array([a[n] for n in shared]), np.array([b[n] for n in shared]))
    return made


def known_answers() -> tuple[KnownAnswer, ...]:
    """The paper's growth of the brain, in its own table."""

    def growth_of_synapses() -> float:
        spec = DevelopmentSpec(n_nulls=0, cells="all cells")
        made = EXPERIMENT.result(spec)
        assert isinstance(made, Development)
        weight = made.table[:, MEASURES.index("total weight")]
        return float(weight[6:].mean() / weight[0])

    source = "Witvliet et al. 2021: about 1,300 synapses at birth, about 8,000 in adults (6-fold)"
    return (
        KnownAnswer("synapses of adults over those at birth", source, 6.0, 0.5, growth_of_synapses),
    )


def _with_age(found: Development) -> Estimate | None:
    """Rank correlation of modularity with age, over animals."""
    modular = found.table[:, MEASURES.index("modularity")]
    if len(modular) < 5 or not np.isfinite(modular).all():
        return None
    age = np.argsort(np.argsort(ANIMALS)).astype(float)

    def spearman(rows: np.ndarray) -> np.ndarray:
        x, y = (_ranks(values[rows]) for values in (age, modular))
        x, y = (v - v.mean(axis=1, keepdims=True) for v in (x, y))
        spread = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
        return np.divide((x * y).sum(axis=1), spread, out=np.full(len(x), np.nan),
                         where=spread > 0)  # fmt: skip

    name = "modularity of edges without weights and age, Spearman"
    return bootstrap(spearman, len(modular), seed=0, of=name, unit="animals", batched=True)


def _ranks(values: np.ndarray) -> np.ndarray:
    """float64[draw, row]: mean ranks of each row of values."""
    below = (values[:, None, :] < values[:, :, None]).sum(axis=2)
    same = (values[:, None, :] == values[:, :, None]).sum(axis=2)
    return below + (same - 1) / 2.0


CLAIM = Claim(
    "From birth to adulthood the brain becomes discernibly more modular.",
    figure=_with_age,
    control=lambda _found: Estimate.exact("no trend with age", 0.0, "closed form"),
    holds_when=Exceeds(),
    source="Witvliet et al. 2021",
)


EXPERIMENT = Experiment(
    spec=DevelopmentSpec,
    frames=frames,
    card=Card(
        title="Development",
        claim="Eight animals from birth to adulthood: edges multiply; what else changes?",
        paper="Witvliet et al. 2021, Connectomes across development reveal principles of brain "
        "maturation",
        link="https://doi.org/10.1038/s41586-021-03778-8",
    ),
    presets={"Synapses": DevelopmentSpec(), "Gap junctions": DevelopmentSpec(layers="electrical")},
    known_answers=known_answers,
    claims=(CLAIM,),
    seconds=lambda spec: 2.0 + 0.02 * spec.n_nulls,
    order=60,
)
