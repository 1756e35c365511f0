"""A recording beside the wiring that may foretell it, and wirings of the same degrees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.connectome.foretelling.structure import matched_by_name
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.memory.wired import matrix, sign_of
from engines.connectome.nulls.run import seeds_of
from engines.connectome.nulls.shuffling import draw_of
from engines.connectome.opening.kept import load_recording
from engines.connectome.recordings.preparing import one_of, prepared
from engines.connectome.recordings.recording import bold
from engines.connectome.wiring.catalogue import DatasetName, load
from engines.connectome.wiring.connectome import Connectome
from engines.connectome.wiring.graph import Graph, graph_of
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import InputError

_ATTEMPTS_PER_EDGE = 200
_SETTLING = 100


@dataclass(frozen=True, eq=False)
class Case:
    """Traces float64[time, neuron] and masks bool[to, from] of who may be looked at by whom."""

    traces: np.ndarray
    names: tuple[str, ...]
    mask: np.ndarray
    """The wiring, and every neuron itself."""
    nulls: tuple[np.ndarray, ...]
    """The same of wirings in which every neuron keeps its degrees."""
    wiring: Connectome
    title: str
    notes: tuple[str, ...] = ()


def planted_case(
    dataset: DatasetName, seed: int, *, n_frames: int, memory: float, coupling: float,
    n_nulls: int,
) -> Case:  # fmt: skip
    """Rates on a real wiring: x' = memory x + tanh(W x) + noise of SD 1.

    W has square roots of synapse counts, cells with GABA inhibit, and each neuron's inputs sum to
    ``coupling`` in size.
    """
    wiring = load(dataset)
    graph = graph_of(WiringSpec(dataset=dataset))
    signed = matrix(graph, sign_of(graph, wiring))
    weight = np.sign(signed) * np.sqrt(np.abs(signed))
    weight *= coupling / np.maximum(np.abs(weight).sum(axis=1, keepdims=True), 1e-12)
    rng = np.random.Generator(np.random.Philox(seed))
    x, kept = np.zeros(graph.n), []
    for step in range(n_frames + _SETTLING):
        x = memory * x + np.tanh(weight @ x) + rng.standard_normal(graph.n)
        if step >= _SETTLING:
            kept.append(x)
    traces = np.array(kept)
    names = tuple(np.array(wiring.neurons)[graph.members].tolist())
    itself = np.eye(graph.n, dtype=bool)
    nulls = _null_masks(graph, "directed degree", n_nulls, seed)
    return Case(
        (traces - traces.mean(axis=0)) / traces.std(axis=0), names, (signed != 0) | itself, nulls,
        wiring, "Planted on a real wiring (synthetic)", ("Synthetic: rates were planted.",),
    )  # fmt: skip


def persons_case(person: int, n_nulls: int, seed: int) -> Case:
    """A person at rest, and the stronger half of the tracts that were found in the same person."""
    taken, wiring = bold(person), load(f"human_{person}")
    weight = wiring.layers[0].weight
    middle = float(np.median(weight[weight > 0]))
    graph = graph_of(WiringSpec(dataset=_human(person), min_weight=middle))
    present = graph.directed.toarray().T > 0
    mask = np.zeros((wiring.n_neurons, wiring.n_neurons), bool)
    mask[np.ix_(graph.members, graph.members)] = present
    nulls = []
    for one in _null_masks(graph, "undirected degree", n_nulls, seed):
        whole = np.eye(wiring.n_neurons, dtype=bool)
        whole[np.ix_(graph.members, graph.members)] |= one
        nulls.append(whole)
    if len(taken.names) != wiring.n_neurons:
        raise InputError(f"person {person} has {len(taken.names)} traces and {wiring.n_neurons} "
                         "regions; they do not fit together")  # fmt: skip
    mask |= np.eye(len(mask), dtype=bool)
    return Case(
        taken.traces, taken.names, mask, tuple(nulls), wiring, "Five people at rest", taken.notes
    )


def _human(person: int) -> DatasetName:
    return f"human_{person}"  # type: ignore[return-value]


def own_case(
    digest: str, animal: int, dt_s: float, dataset: DatasetName, n_nulls: int, seed: int
) -> Case:
    """An own recording on the neurons that a wiring knows by name.

    Raises:
        InputError: nothing was opened, or fewer than ten neurons match.
    """
    if not digest:
        raise InputError("open a file of your own first, under Own recording")
    opened = load_recording(digest)
    taken = prepared(one_of(opened, animal), title=opened.title, dt_s=dt_s)
    wiring, graph = load(dataset), graph_of(WiringSpec(dataset=dataset))
    known = tuple(np.array(wiring.neurons)[graph.members].tolist())
    places, inside = matched_by_name(taken.names, known)
    here = np.ix_(inside, inside)
    itself = np.eye(len(inside), dtype=bool)
    mask = (graph.directed.toarray().T > 0)[here] | itself
    nulls = tuple(m[here] for m in _null_masks(graph, "directed degree", n_nulls, seed))
    said = (
        f"{len(places)} of {len(taken.names)} neurons are in {wiring.provenance.title} by name and "
        "were looked at. Wirings of the same degrees are drawn whole, then cut to these neurons."
    )
    names = tuple(taken.names[k] for k in places)
    return Case(taken.traces[:, places], names, mask, nulls, wiring, taken.title,
                (*opened.notes, *taken.notes, said))  # fmt: skip


def _null_masks(graph: Graph, family: str, n_nulls: int, seed: int) -> tuple[np.ndarray, ...]:
    """Masks bool[to, from] of wirings of the same degrees, with every neuron itself."""
    drawing = draw_of(graph, MeasuresSpec(null=family), None)  # type: ignore[arg-type]
    found = []
    for one in seeds_of(seed, n_nulls):
        walker = drawing.start()
        drawing.step(walker, _ATTEMPTS_PER_EDGE * graph.n_edges, one)
        mask = np.eye(graph.n, dtype=bool)
        mask[walker.post, walker.pre] = True
        if family == "undirected degree":
            mask |= mask.T
        found.append(mask)
    return tuple(found)
