"""Measures a wiring and its nulls, step by step."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.connectome import measures, nulls
from engines.connectome.centrality import centralities
from engines.connectome.graph import Graph, graph_of
from engines.connectome.measured import Measured, Measures, MeasuresFrame
from engines.connectome.nulls import Numbers
from engines.connectome.spec import MeasuresSpec

_WEIGHTED = ("weighted clustering", "weighted path length", "weighted efficiency",
             "strength assortativity")  # fmt: skip


def steps(spec: MeasuresSpec) -> Iterator[MeasuresFrame | Measured]:
    """Frames while nulls come; the result last."""
    graph = graph_of(spec.wiring)
    real, local = nulls.observed(graph, spec)
    rows = [
        *measures.counts(graph, spec),
        *measures.binary(real, spec),
        *measures.weighted(graph, spec),
    ]
    begin = joined(graph, rows, real, None, {})
    yield MeasuresFrame(spec=spec, measures=begin, fraction=0.0)
    per_neuron = centralities(graph, local)
    drawn: Numbers | None = None
    permuted: np.ndarray | None = None
    if spec.n_nulls and graph.n_edges > 1:
        if spec.null == "permuted weights":
            for permuted, done in _permutations(graph, spec):
                made = joined(graph, rows, real, None, per_neuron, permuted)
                yield MeasuresFrame(spec=spec, measures=made, fraction=done)
        else:
            run = nulls.NullRun(graph, spec)
            for n_done in run.batches():
                drawn = run.numbers()
                made = joined(graph, rows, real, drawn, per_neuron)
                yield MeasuresFrame(spec=spec, measures=made, fraction=n_done / spec.n_nulls)
    whole = joined(graph, rows, real, drawn, per_neuron, permuted)
    kept = _kept_columns(rows, drawn, permuted)
    yield Measured(spec=spec, measures=whole, null_columns=kept)


def joined(
    graph: Graph,
    rows: list[measures.Row],
    real: Numbers,
    drawn: Numbers | None,
    per_neuron: dict[str, np.ndarray],
    permuted: np.ndarray | None = None,
) -> Measures:
    """Observed numbers beside the nulls drawn so far; ``permuted`` float64[null, 4] if any."""
    names = [row.name for row in rows]
    values = np.array([row.value for row in rows], float)
    columns = _null_columns(rows, drawn, permuted)
    extra = _small_world(graph, real, drawn)
    mean, sd, z, p = _against(values, columns)
    nothing = np.full(len(extra), np.nan)
    n_nulls = len(columns) if columns is not None else 0
    rich, motif = _rich(real, drawn), _motif(real, drawn)
    degree = np.bincount(graph.degree, minlength=1) if graph.n else np.zeros(1, np.int64)
    return Measures(
        names=(*names, *(row.name for row in extra)),
        values=np.concatenate([values, [row.value for row in extra]]),
        conventions=(*(r.convention for r in rows), *(r.convention for r in extra)),
        why=(*(r.why for r in rows), *(r.why for r in extra)),
        null_mean=np.concatenate([mean, nothing]),
        null_sd=np.concatenate([sd, nothing]),
        z=np.concatenate([z, nothing]),
        p=np.concatenate([p, nothing]),
        n_nulls=n_nulls,
        rich_members=graph.n - np.cumsum(degree),
        **rich,
        **motif,
        degree=degree,
        members=graph.members,
        per_neuron=per_neuron,
    )


def _null_columns(
    rows: list[measures.Row], drawn: Numbers | None, permuted: np.ndarray | None
) -> np.ndarray | None:
    """float64[null, row], nan where no null is drawn for a measure."""
    source = drawn.columns if drawn is not None else permuted
    if source is None or not len(source):
        return None
    table = np.full((len(source), len(rows)), np.nan)
    for k, row in enumerate(rows):
        if drawn is not None and row.column >= 0:
            table[:, k] = source[:, row.column]
        if drawn is not None and row.name == "connected pairs":
            table[:, k] = source[:, 9]
        if drawn is None and row.name in _WEIGHTED:
            table[:, k] = source[:, _WEIGHTED.index(row.name)]
    return table


def _against(values: np.ndarray, table: np.ndarray | None) -> tuple[np.ndarray, ...]:
    nothing = np.full(len(values), np.nan)
    if table is None:
        return nothing, nothing, nothing, nothing
    there = np.isfinite(table).all(axis=0)
    mean, sd = nothing.copy(), nothing.copy()
    mean[there], sd[there] = table[:, there].mean(axis=0), table[:, there].std(axis=0)
    z, p = nothing.copy(), nothing.copy()
    z[there] = nulls.z_scores(values[there], table[:, there])
    p[there] = nulls.empirical_p(values[there], table[:, there])
    return mean, sd, z, p


def _small_world(graph: Graph, real: Numbers, drawn: Numbers | None) -> list[measures.Row]:
    if drawn is None or not len(drawn.columns):
        return []
    lattice = measures.lattice_clustering(graph)
    found = measures.small_world(real.columns[0], drawn.columns, lattice)
    said = {
        "sigma": "clustering and undirected path length over their null means (Humphries 2008)",
        "omega": "null path / path - clustering / ring lattice's 3(k-2)/4(k-1) (Telesford 2011)",
    }
    why = "a part of it is undefined in the wiring or its nulls"
    return [
        measures.Row(n, v, said[n], why="" if np.isfinite(v) else why) for n, v in found.items()
    ]


def _rich(real: Numbers, drawn: Numbers | None) -> dict[str, np.ndarray]:
    phi = real.rich_club[0]
    nothing = np.full(len(phi), np.nan)
    made = {"rich_club": phi, "rich_mean": nothing, "rich_low": nothing, "rich_high": nothing,
            "rich_p": nothing}  # fmt: skip
    if drawn is None or not len(drawn.columns):
        return made
    table = drawn.rich_club
    there = np.isfinite(phi) & np.isfinite(table).all(axis=0)
    for name, value in (
        ("rich_mean", table.mean(axis=0)),
        ("rich_low", np.quantile(table, 0.025, axis=0)),
        ("rich_high", np.quantile(table, 0.975, axis=0)),
    ):
        made[name] = np.where(there, value, np.nan)
    p = nothing.copy()
    p[there] = nulls.empirical_p(phi[there], table[:, there])
    return {**made, "rich_p": nulls.holm(p)}


def _motif(real: Numbers, drawn: Numbers | None) -> dict[str, np.ndarray]:
    count = real.motifs[0]
    nothing = np.full(len(count), np.nan)
    if drawn is None or not len(drawn.columns):
        return {"motif_count": count, "motif_mean": nothing, "motif_z": nothing, "motif_p": nothing}
    return {
        "motif_count": count,
        "motif_mean": drawn.motifs.mean(axis=0),
        "motif_z": nulls.z_scores(count, drawn.motifs),
        "motif_p": nulls.holm(nulls.empirical_p(count, drawn.motifs)),
    }


def _permutations(graph: Graph, spec: MeasuresSpec) -> Iterator[tuple[np.ndarray, float]]:
    """Weighted measures with all weights dealt out anew, topology kept."""
    seeds = nulls.seeds_of(spec.seed, spec.n_nulls)
    found = np.full((spec.n_nulls, len(_WEIGHTED)), np.nan)
    for k, seed in enumerate(seeds):
        rng = np.random.Generator(np.random.Philox(int(seed)))
        dealt = Graph(graph.members, graph.pre, graph.post, rng.permutation(graph.weight))
        for row in measures.weighted(dealt, spec):
            found[k, _WEIGHTED.index(row.name)] = row.value
        yield found[: k + 1], (k + 1) / spec.n_nulls


def _kept_columns(
    rows: list[measures.Row], drawn: Numbers | None, permuted: np.ndarray | None
) -> dict[str, np.ndarray]:
    table = _null_columns(rows, drawn, permuted)
    if table is None:
        return {}
    return {row.name: table[:, k] for k, row in enumerate(rows) if np.isfinite(table[:, k]).all()}
