"""Each neuron in turn is lesioned; neurons are ranked by what their loss does."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from engines.connectome.wiring.connectome import Provenance
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import Card, Experiment, Frame, Result, knob
from engines.contract.pictures import Axis, Bars, Picture, Table

_TOP = 16
_BATCH = 8
_COLUMN = {
    "directed efficiency": 6,
    "efficiency": 5,
    "directed path length": 4,
    "path length": 3,
    "clustering": 1,
    "reciprocity": 0,
}
Measure = Literal[
    "directed efficiency",
    "efficiency",
    "directed path length",
    "path length",
    "clustering",
    "reciprocity",
    "largest strong component",
    "response to a stimulus",
]


class ScanSpec(WiringSpec):
    """What is measured after each loss, and who is lost."""

    measure: Measure = knob(
        "directed efficiency",
        label="Damage to",
        help="What is measured again after each loss, lesioned neuron left out.",
        group="Scan",
    )
    scanned: str = knob(
        "all",
        label="Who",
        help="all, names, /patterns/, class:AVA, role:motor or transmitter:GABA.",
        group="Scan",
        max_length=2_000,
    )
    targets: str = knob(
        "PLM",
        label="Stimulated",
        help="A pulse of 100 ms into these; the response is the activity of all others (rate "
        "model, gain 0.9), summed over 400 ms.",
        group="Scan",
        when={"measure": ("response to a stimulus",)},
        max_length=2_000,
    )


@dataclass(frozen=True, eq=False)
class ScanFrame(Frame):
    """The losses measured so far."""

    names: tuple[str, ...] = ()
    damage: np.ndarray = field(default_factory=lambda: np.zeros(0))
    measure: str = ""

    def pictures(self) -> tuple[Picture, ...]:
        """The worst so far."""
        return (damage_picture(self.names, self.damage, self.measure),)


@dataclass(frozen=True, eq=False)
class Scan(Result):
    """Every scanned neuron's damage, in the scan's order.

    ``after`` float64[neuron]: the measure without it; ``damage`` = (after - before) / before.
    """

    spec: ScanSpec
    names: tuple[str, ...]
    classes: tuple[str, ...]
    before: float
    after: np.ndarray
    damage: np.ndarray
    degree: np.ndarray
    provenance: Provenance = field(default_factory=lambda: Provenance("", ""))

    def ranked(self) -> np.ndarray:
        """int64: largest relative change first, either direction."""
        return np.argsort(-np.abs(np.nan_to_num(self.damage)), kind="stable")

    def pictures(self) -> tuple[Picture, ...]:
        """Damage of the worst, and everybody's."""
        first = self.ranked()
        columns: dict[str, Any] = {
            "neuron": tuple(self.names[k] for k in first),
            "class": tuple(self.classes[k] for k in first),
            "change": np.array([f"{100 * self.damage[k]:+.3f} %" for k in first]).tolist(),
            self.spec.measure: self.after[first],
            "neighbours": self.degree[first],
        }
        title = f"{self.spec.measure} is {self.before:.5g} before any loss"
        table = Table(title, {name: tuple(v) for name, v in columns.items()})
        return (damage_picture(self.names, self.damage, self.spec.measure), table)


def damage_picture(names: tuple[str, ...], damage: np.ndarray, measure: str) -> Bars:
    """The neurons whose loss changes the measure most, in percent."""
    top = np.argsort(-np.abs(np.nan_to_num(damage)), kind="stable")[:_TOP]
    ticks = tuple((float(k), names[i]) for k, i in enumerate(top))
    kind = tuple("rises" if damage[i] > 0 else "falls" for i in top)
    y = Axis(f"change of {measure}", "%")
    return Bars(
        "Damage by the loss of one neuron", 100 * damage[top], Axis("lost", ticks=ticks), y, kind
    )


def frames(spec: ScanSpec) -> Iterator[ScanFrame | Scan]:
    """One loss after the other, the ranking last."""
    import numba

    from engines.connectome.wiring import selection
    from engines.connectome.wiring.graph import connectome_of, graph_of

    wiring = WiringSpec(**{name: getattr(spec, name) for name in WiringSpec.model_fields})
    connectome, graph = connectome_of(wiring), graph_of(wiring)
    lost = np.intersect1d(selection.neurons(connectome, spec.scanned), graph.members)
    names = tuple(connectome.neurons[k] for k in lost)
    after = np.full(len(lost), np.nan)
    measured = measurer(spec, wiring)
    before = measured(-1)
    with ThreadPoolExecutor(max(1, numba.get_num_threads())) as threads:
        for first in range(0, len(lost), _BATCH):
            here = slice(first, first + _BATCH)
            after[here] = list(threads.map(measured, lost[here].tolist()))
            done = min(first + _BATCH, len(lost))
            damage = relative(after[:done], before)
            yield ScanFrame(
                names=names[:done], damage=damage, measure=spec.measure, fraction=done / len(lost)
            )
    degree = np.zeros(connectome.n_neurons, np.int64)
    degree[graph.members] = graph.degree
    classes = tuple(connectome.column("class")[k] for k in lost)
    damage = relative(after, before)
    said = connectome.provenance
    yield Scan(spec, names, classes, before, after, damage, degree[lost], said)


def relative(after: np.ndarray, before: float) -> np.ndarray:
    """float64: change against before; nan where before is zero."""
    return (after - before) / before if before else np.full(len(after), np.nan)


def measurer(spec: ScanSpec, wiring: WiringSpec) -> Any:
    """A function of the lost neuron's place (-1: nobody) that gives the measure."""
    from engines.connectome.measures.counting import component_sizes
    from engines.connectome.wiring.graph import connectome_of, graph_of

    if spec.measure == "response to a stimulus":
        return response(spec, wiring)
    graph, connectome = graph_of(wiring), connectome_of(wiring)
    place = np.full(connectome.n_neurons + 1, -1)
    place[graph.members] = np.arange(graph.n)
    dense = np.ascontiguousarray(graph.binary.toarray().astype(np.uint8))

    def without(k: int) -> np.ndarray:
        left = np.delete(np.arange(graph.n), place[k]) if k >= 0 else np.arange(graph.n)
        return np.ascontiguousarray(dense[np.ix_(left, left)])

    if spec.measure == "largest strong component":
        from scipy import sparse

        return lambda k: float(component_sizes(sparse.csr_array(without(k)), strong=True)[0])

    def measured(k: int) -> float:
        from engines.connectome.kernels import batch

        matrix = without(k)
        row, phi = np.full(len(batch.COLUMNS), np.nan), np.zeros(1)
        batch.measure(matrix, False, row, phi, np.zeros((3, 16), np.int64), np.zeros(len(matrix)))
        return float(row[_COLUMN[spec.measure]])

    return measured


def response(spec: ScanSpec, wiring: WiringSpec) -> Any:
    """Summed activity of all that are not stimulated, without one neuron."""
    from engines.connectome.dynamics.network import network_of, scaled
    from engines.connectome.dynamics.simulation import gap_coupling, graded_step
    from engines.connectome.dynamics.stimulus import StimulusSpec, drive
    from engines.connectome.wiring.graph import connectome_of

    base = StimulusSpec(
        **{name: getattr(wiring, name) for name in WiringSpec.model_fields},
        targets=spec.targets,
        dt_ms=1.0,
    )
    whole, names = network_of(base), connectome_of(wiring).neurons
    inputs, others = drive(base), ~whole.target

    def measured(k: int) -> float:
        parts = [base.lesion, names[k]] if k >= 0 else [base.lesion]
        network = network_of(base.replace(lesion=", ".join(filter(None, parts))))
        weights, _ = scaled(network, whole, base.gain)
        coupling = gap_coupling(network, whole, base.gap)
        x, total = np.zeros((network.n, 1)), 0.0
        for push in inputs:
            into = np.where(network.target, push, 0.0)[:, None]
            x = graded_step(x, weights, coupling, into, base)
            x[~network.alive] = 0.0
            total += float(x[others].sum()) * base.dt_ms
        return total

    return measured


EXPERIMENT = Experiment(
    spec=ScanSpec,
    frames=frames,
    card=Card(
        title="Lesion scan",
        claim="Every neuron is cut out in turn: whose loss hurts the wiring, or the response to a "
        "touch, most?",
        paper="Albert, Jeong & Barabasi 2000, Error and attack tolerance of complex networks",
        link="https://doi.org/10.1038/35019019",
    ),
    presets={
        "Efficiency of the worm": ScanSpec(),
        "Response to a touch of the tail": ScanSpec(measure="response to a stimulus"),
        "Interneurons only": ScanSpec(scanned="role:interneuron", measure="directed path length"),
    },
    seconds=lambda _spec: 6.0,
    order=30,
)
