"""Builds, lays out and measures a large wiring; numbers are sampled and carry their error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.sparse import csgraph

from engines.connectome.drawing import layouts
from engines.connectome.large.large import Large, LargeFrame
from engines.connectome.large.layout_store import _folder, _save, _stored, arrays_of, connectome_of
from engines.connectome.large.nulls import null_steps
from engines.connectome.large.raster import Raster, raster_steps
from engines.connectome.large.spec import LargeSpec, RasterSpec
from engines.connectome.measures.centrality import Betweenness, betweenness_steps
from engines.connectome.nulls.measured import Measures
from engines.connectome.wiring.connectome import Connectome
from engines.connectome.wiring.graph import Graph, graph_from_matrix

_SOURCES = 60
_SAMPLED = 1_000
_TOP = 20


def frames_of(spec: LargeSpec) -> Iterator[LargeFrame | Large]:
    """Building, layout round by round, measures, perhaps spikes; everything last."""
    yield LargeFrame(doing="building the wiring", fraction=0.02)
    connectome, arrays = connectome_of(spec), arrays_of(spec)
    yield LargeFrame(doing="joining edges", fraction=0.06)
    graph = graph_from_matrix(connectome.layers[0].matrix(connectome.n_neurons))
    xy = np.zeros((arrays.n, 2), np.float32)
    for done, xy in _layout(spec, graph, _groups(connectome)[0]):
        coarse = next(
            raster_steps(RasterSpec(graph=spec, columns=400, rows=300), xy, arrays.pre, arrays.post)
        )
        yield LargeFrame(
            doing=f"laying out, round {done} of {spec.n_rounds}",
            raster=coarse,
            fraction=0.1 + 0.5 * done / max(1, spec.n_rounds),
        )
    _save(_folder(spec), xy=xy, pre=arrays.pre, post=arrays.post)
    _stored.cache_clear()
    raster: Raster | None = None
    for raster in raster_steps(RasterSpec(graph=spec), xy, arrays.pre, arrays.post):
        yield LargeFrame(doing="drawing every edge", raster=raster, fraction=0.65)
    assert raster is not None
    between: Betweenness | None = None
    n_sources = min(_SOURCES, graph.n)
    for sharper in betweenness_steps(graph, n_sources=n_sources, seed=spec.seed):
        between = sharper
        yield LargeFrame(doing="sampling shortest paths", fraction=0.75)
    rows = measured(graph, spec)
    yield LargeFrame(doing="measuring", fraction=0.9)
    against: Measures | None = None
    if spec.n_nulls and graph.n_edges > 1:
        for n_done, measures in null_steps(graph, connectome, spec):
            against = measures
            doing = f"drawing nulls, {n_done:,} of {spec.n_nulls:,}"
            yield LargeFrame(doing=doing, fraction=0.9 + 0.05 * n_done / spec.n_nulls)
    times, rates = np.zeros(0), np.zeros((0, 0), np.float32)
    group, group_names = _groups(connectome)
    if spec.spikes_ms:
        for so_far in _spikes(spec, connectome, group, len(group_names)):
            times, rates = so_far
            yield LargeFrame(doing="simulating spikes", fraction=0.95)
    made = _large(
        spec, connectome, graph, xy, raster, between, rows, group, group_names, times, rates
    )
    yield replace(made, measures=against)


def _layout(spec: LargeSpec, graph: Graph, group: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Groups round a ring at once, then the spectral start, then the force layout."""
    rng = np.random.Generator(np.random.Philox([spec.seed, 4]))
    angle = 2.0 * np.pi * group / (int(group.max(initial=0)) + 1)
    ring = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    yield 0, layouts.unit_square(ring + 0.05 * rng.standard_normal(ring.shape))
    start = layouts.spectral(graph.undirected, spec.seed, n_rounds=8 if graph.n > 20_000 else 40)
    yield 0, layouts.unit_square(start)
    done = 0
    for xy in layouts.force(graph.undirected, start, spec.seed, spec.n_rounds):
        done = min(done + 10, spec.n_rounds)
        yield done, layouts.unit_square(xy)


def _groups(connectome: Connectome) -> tuple[np.ndarray, tuple[str, ...]]:
    names, group = np.unique(np.array(connectome.column("class")), return_inverse=True)
    return group.astype(np.int32), tuple(map(str, names))


def measured(graph: Graph, spec: LargeSpec) -> list[tuple[str, float, float, str]]:
    """Numbers of a large graph; sampled ones with their standard error."""
    n, m = graph.n, graph.n_edges
    back = graph.binary.multiply(graph.binary.T).nnz
    _, weak = csgraph.connected_components(graph.binary, connection="weak")
    _, strong = csgraph.connected_components(graph.binary, connection="strong")
    cluster, error = sampled_clustering(graph.undirected, spec.seed)
    path, path_error = sampled_path_length(graph, spec.seed)
    some = f"{min(_SAMPLED, n):,} sampled neurons"
    return [
        ("neurons", float(n), 0.0, "all"),
        ("directed edges", float(m), 0.0, "all, self-loops left out"),
        ("reciprocity", back / m if m else np.nan, 0.0, "all"),
        ("largest weak component", float(np.bincount(weak).max(initial=0)), 0.0, "all"),
        ("largest strong component", float(np.bincount(strong).max(initial=0)), 0.0, "all"),
        ("clustering", cluster, error, f"undirected, {some}"),
        ("directed path length", path, path_error, f"from {min(_SOURCES, n)} sampled neurons"),
    ]


def sampled_clustering(
    undirected: Any, seed: int, n_sampled: int = _SAMPLED
) -> tuple[float, float]:
    """Mean local clustering of a sample and its standard error; exact when all are sampled."""
    n = undirected.shape[0]
    rng = np.random.Generator(np.random.Philox([seed, 5]))
    picked = np.arange(n) if n <= n_sampled else np.sort(rng.choice(n, n_sampled, replace=False))
    if not len(picked):
        return float("nan"), 0.0
    rows = undirected[picked]
    closed = np.zeros(len(picked))
    for first in range(0, len(picked), 500):
        part = rows[first : first + 500]
        # Paths of two edges that end at a neighbour are closed.
        closed[first : first + 500] = np.asarray(
            part.multiply(part @ undirected).sum(axis=1)
        ).ravel()
    degree = np.diff(rows.indptr).astype(float)
    pairs = degree * (degree - 1.0)
    local = np.divide(closed, pairs, out=np.zeros(len(picked)), where=pairs > 0)
    left = np.sqrt(max(0.0, 1.0 - len(picked) / n))
    return float(local.mean()), float(left * local.std() / np.sqrt(len(local)))


def sampled_path_length(graph: Graph, seed: int) -> tuple[float, float]:
    """Mean directed distance from sampled neurons, and its standard error over them."""
    from engines.connectome.kernels import brandes

    n = graph.n
    rng = np.random.Generator(np.random.Philox([seed, 6]))
    sources = rng.choice(n, min(_SOURCES, n), replace=False).astype(np.int32)
    reach, steps = np.zeros(len(sources), np.int64), np.zeros(len(sources), np.int64)
    csr = graph.binary
    brandes.from_sources(
        csr.indptr.astype(np.int32), csr.indices.astype(np.int32), sources,
        np.zeros(n), np.zeros(n), reach, steps,
    )  # fmt: skip
    if not reach.sum():
        return float("nan"), 0.0
    each = steps[reach > 0] / reach[reach > 0]
    left = np.sqrt(max(0.0, 1.0 - len(sources) / n))
    return float(steps.sum() / reach.sum()), float(left * each.std() / np.sqrt(len(each)))


def _spikes(
    spec: LargeSpec, connectome: Connectome, group: np.ndarray, n_groups: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Spike rates per group, 5 ms bins, as time runs."""
    from engines.connectome.dynamics.trials import trials_of

    stimulus, network, every = spiking_setup(connectome, spec.spikes_ms, spec.seed)
    trials = trials_of(stimulus, network, every)
    size = np.bincount(group, minlength=n_groups).astype(float)
    n_bins = -(-stimulus.n_steps // every)
    rates = np.zeros((n_bins, n_groups), np.float32)
    times = (np.arange(n_bins) + 1) * every * stimulus.dt_ms
    for b in range(n_bins):
        n_steps = min(every, stimulus.n_steps - b * every)
        counted = trials.advance(b * every, n_steps)[0, 0]
        width_s = n_steps * stimulus.dt_ms / 1_000.0
        rates[b] = np.bincount(group, counted, n_groups) / size / width_s
        yield times[: b + 1], rates[: b + 1]


def spiking_setup(connectome: Connectome, duration_ms: float, seed: int) -> tuple[Any, Any, int]:
    """The stimulus, network and bin of a spiking run of a large wiring: 0.1 ms steps, 5 ms bins."""
    from scipy import sparse

    from engines.connectome.dynamics.network import Network, signs
    from engines.connectome.dynamics.stimulus import StimulusSpec

    n = connectome.n_neurons
    sign = signs(connectome.column("transmitter"), glutamate_excites=True)
    matrix = connectome.layers[0].matrix(n)
    target = np.zeros(n, bool)
    target[:100] = True
    network = Network(
        sparse.csr_array((sparse.diags_array(sign) @ matrix).T), sparse.csr_array((n, n)),
        target, np.ones(n, bool), sign, 0,
    )  # fmt: skip
    stimulus = StimulusSpec(
        model="spiking", shape="step", start_ms=0.0, amplitude=2.0, dt_ms=0.1, seed=seed,
        duration_ms=duration_ms,
    )  # fmt: skip
    return stimulus, network, 50


def _large(
    spec: LargeSpec,
    connectome: Connectome,
    graph: Graph,
    xy: np.ndarray,
    raster: Raster,
    between: Betweenness | None,
    rows: list[tuple[str, float, float, str]],
    group: np.ndarray,
    group_names: tuple[str, ...],
    times: np.ndarray,
    rates: np.ndarray,
) -> Large:
    value = between.value if between is not None else np.zeros(graph.n)
    top = np.argsort(-(graph.in_degree + graph.out_degree), kind="stable")[:_TOP]
    how = f"betweenness from {between.n_sources if between else 0} sampled sources"
    extra = [
        (f"betweenness of {connectome.neurons[k]}", float(value[k]), float(between.error[k]), how)
        for k in top[:5]
        if between is not None
    ]
    names, values, errors, ways = zip(*[*rows, *extra], strict=True)
    return Large(
        spec=spec,
        title=connectome.provenance.title,
        synthetic=connectome.provenance.synthetic,
        xy=xy,
        in_degree=graph.in_degree.astype(np.int32),
        out_degree=graph.out_degree.astype(np.int32),
        group=group,
        group_names=group_names,
        number_names=names,
        number_values=np.array(values),
        number_errors=np.array(errors),
        number_how=ways,
        top=top.astype(np.int32),
        top_names=tuple(connectome.neurons[k] for k in top),
        raster=raster,
        times_ms=times,
        rates=rates,
    )
