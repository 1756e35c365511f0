"""Measures a wiring and its nulls, step by step."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cached_property

import numpy as np

from engines.connectome.measures import counting, small_world, topology, weighted
from engines.connectome.measures.centrality import centralities
from engines.connectome.measures.numbers import Numbers
from engines.connectome.measures.row import Row
from engines.connectome.measures.signs import non_negative
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.nulls import lattice as lattices
from engines.connectome.nulls.annealing import STRENGTHS, StrengthsKept
from engines.connectome.nulls.measured import Measured, Measures, MeasuresFrame
from engines.connectome.nulls.mixing import Mixing
from engines.connectome.nulls.run import NullRun, observed, seeds_of
from engines.connectome.nulls.significance import family_p
from engines.connectome.nulls.strengths import StrengthNulls
from engines.connectome.wiring.graph import Graph, graph_of
from engines.lab.statistics.nulls import p_against, z_against

_WEIGHTED = ("weighted clustering", "weighted path length", "weighted efficiency",
             "strength assortativity")  # fmt: skip

_FRAME_S = 0.15
"""Nulls of a small wiring come faster than anybody can watch."""


def frames_of(spec: MeasuresSpec) -> Iterator[MeasuresFrame | Measured]:
    """The wiring's own numbers at once, then with more and more nulls; the result last."""
    graph = graph_of(spec.wiring)
    own = observation(graph, spec)
    yield MeasuresFrame(spec=spec, measures=joined(own), fraction=0.0)
    own.per_neuron = centralities(graph, own.local, own.weight, spec.distance)
    drawn: Numbers | None = None
    mixing: Mixing | None = None
    permuted: np.ndarray | None = None
    if spec.n_nulls and graph.n_edges > 1:
        for drawn, permuted, mixing in _drawing(own):
            made = joined(own, drawn, permuted, mixing=mixing)
            yield MeasuresFrame(spec=spec, measures=made, fraction=made.n_nulls / spec.n_nulls)
    kept = _kept_columns(own, drawn, permuted)
    made = joined(own, drawn, permuted, mixing=mixing)
    yield Measured(spec=spec, measures=made, null_columns=kept)


_Drawn = tuple[Numbers | None, np.ndarray | None, Mixing | None]
"""Binary numbers of nulls, weighted ones float64[null, 4], how well they are mixed."""


def _drawing(own: Observation) -> Iterator[_Drawn]:
    """What has been drawn, now and then, and all of it last."""
    graph, spec = own.graph, own.spec
    seeds = seeds_of(spec.seed, spec.n_nulls)
    if spec.null == "permuted weights":
        for permuted in _permutations(graph, spec):
            own.strong.until(len(permuted), seeds)
            yield None, permuted, None
        return
    run, shown_s = NullRun(graph, spec), -_FRAME_S
    kept = StrengthsKept(run, own.strong, own.weight, _WEIGHTED)
    for n_drawn in run.batches():
        if spec.null != STRENGTHS:
            own.strong.until(n_drawn, seeds)
        for n_done in kept.until(n_drawn) if spec.null == STRENGTHS else (n_drawn,):
            # Testing every family anew takes longer than a batch of nulls.
            if time.monotonic() - shown_s < _FRAME_S and n_done < spec.n_nulls:
                continue
            shown_s = time.monotonic()
            permuted = kept.table[:n_done] if spec.null == STRENGTHS else None
            yield run.numbers().first(n_done), permuted, run.mixing()


def observation(graph: Graph, spec: MeasuresSpec) -> Observation:
    """Measure a graph in every way its nulls will be measured."""
    real, local = observed(graph, spec)
    weight = non_negative(graph, spec.sign)
    return Observation(graph, spec, real, local, StrengthNulls(graph, weight, spec))


class Observation:
    """What is known of the wiring itself before any null is drawn."""

    def __init__(
        self,
        graph: Graph,
        spec: MeasuresSpec,
        real: Numbers,
        local: np.ndarray,
        strong: StrengthNulls,
    ) -> None:
        """``local`` float64[neuron] is each neuron's clustering."""
        self.graph, self.spec, self.strong = graph, spec, strong
        self.real, self.local = real, local
        self.weight = non_negative(graph, spec.sign)
        self.per_neuron: dict[str, np.ndarray] = {}
        self.rows = [
            *counting.counts(graph, spec),
            *topology.binary(real, spec),
            *weighted.weighted(graph, spec),
            *weighted.strength(strong.values(), graph, spec),
        ]

    @cached_property
    def lattice(self) -> tuple[float, float]:
        """Clustering of omega's lattice, and of the wiring computed in the same way."""
        graph = self.graph
        if self.spec.lattice == "even ring" or graph.n > lattices.LATTICE_MAX:
            return lattices.ring_clustering(graph), float(self.real.columns[0, 1])
        made = lattices.lattice(graph, self.spec.seed)
        mine = np.ascontiguousarray(graph.undirected.toarray().astype(np.uint8))
        return lattices.clustering(made), lattices.clustering(mine)


def joined(
    own: Observation,
    drawn: Numbers | None = None,
    permuted: np.ndarray | None = None,
    *,
    mixing: Mixing | None = None,
) -> Measures:
    """Observed numbers beside the nulls drawn so far; ``permuted`` float64[null, 4] if any."""
    rows, real, graph = own.rows, own.real, own.graph
    values = np.array([row.value for row in rows], float)
    columns = _null_columns(own, drawn, permuted)
    extra = _small_world(own, drawn)
    mean, sd, z, p, family = _against(values, columns)
    nothing = np.full(len(extra), np.nan)
    degree = _counted(graph.degree)
    every = [*rows, *extra]
    return Measures(
        names=tuple(row.name for row in every),
        values=np.array([row.value for row in every], float),
        conventions=tuple(row.convention for row in every),
        why=tuple(row.why for row in every),
        null_mean=np.concatenate([mean, nothing]),
        null_sd=np.concatenate([sd, nothing]),
        z=np.concatenate([z, nothing]),
        p=np.concatenate([p, nothing]),
        p_family=np.concatenate([family, nothing]),
        n_nulls=len(columns) if columns is not None else 0,
        rich_members=graph.n - np.cumsum(degree),
        **_rich(real, drawn),
        **_motif(real, drawn),
        degree=degree,
        in_degree=_counted(graph.in_degree),
        out_degree=_counted(graph.out_degree),
        strength=own.strong.found(),
        members=graph.members,
        per_neuron=own.per_neuron,
        mixing=mixing,
    )


def _counted(degree: np.ndarray) -> np.ndarray:
    return np.bincount(degree, minlength=1) if len(degree) else np.zeros(1, np.int64)


def _null_columns(
    own: Observation, drawn: Numbers | None, permuted: np.ndarray | None
) -> np.ndarray | None:
    """float64[null, row], nan where no null is drawn for a measure."""
    source = drawn.columns if drawn is not None else permuted
    if source is None or not len(source):
        return None
    table = np.full((len(source), len(own.rows)), np.nan)
    for k, row in enumerate(own.rows):
        if row.name in own.strong.columns:
            table[:, k] = own.strong.columns[row.name][: len(source)]
        elif drawn is not None and row.column >= 0:
            table[:, k] = drawn.columns[:, row.column]
        elif drawn is not None and row.name == "connected pairs":
            table[:, k] = drawn.columns[:, 9]
        elif permuted is not None and row.name in _WEIGHTED:
            table[:, k] = permuted[:, _WEIGHTED.index(row.name)]
    return table


def _against(values: np.ndarray, table: np.ndarray | None) -> tuple[np.ndarray, ...]:
    nothing = np.full(len(values), np.nan)
    if table is None:
        return nothing, nothing, nothing, nothing, nothing
    there = np.isfinite(table).all(axis=0)
    mean, sd = nothing.copy(), nothing.copy()
    mean[there], sd[there] = table[:, there].mean(axis=0), table[:, there].std(axis=0)
    z, p = nothing.copy(), nothing.copy()
    z[there] = z_against(values[there], table[:, there])
    p[there] = p_against(values[there], table[:, there])
    family = nothing.copy()
    family[there] = family_p(values[there], table[:, there])
    return mean, sd, z, p, family


def _small_world(own: Observation, drawn: Numbers | None) -> list[Row]:
    if drawn is None or not len(drawn.columns):
        return []
    lattice, mine = own.lattice
    found = small_world.small_world(own.real.columns[0], drawn.columns, lattice, mine)
    swapped = own.spec.lattice == "same degrees" and own.graph.n <= lattices.LATTICE_MAX
    said_of = {True: "lattice with the same degrees", False: "ring lattice's 3(k-2)/4(k-1)"}
    said = {
        "sigma": "clustering and undirected path length over their null means (Humphries 2008)",
        "omega": f"null path / path - clustering / {said_of[swapped]}: {lattice:.4g} (Telesford "
        "2011)",
    }
    why = "a part of it is undefined in the wiring or its nulls"
    return [Row(n, v, said[n], why="" if np.isfinite(v) else why) for n, v in found.items()]


def _rich(real: Numbers, drawn: Numbers | None) -> dict[str, np.ndarray]:
    phi = real.rich_club[0]
    nothing = np.full(len(phi), np.nan)
    made = {"rich_club": phi, "rich_mean": nothing, "rich_low": nothing, "rich_high": nothing,
            "rich_z": nothing, "rich_p": nothing}  # fmt: skip
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
    p, z = nothing.copy(), nothing.copy()
    p[there] = family_p(phi[there], table[:, there])
    z[there] = z_against(phi[there], table[:, there])
    return {**made, "rich_z": z, "rich_p": p}


def _motif(real: Numbers, drawn: Numbers | None) -> dict[str, np.ndarray]:
    count = real.motifs[0]
    nothing = np.full(len(count), np.nan)
    if drawn is None or not len(drawn.columns):
        return {"motif_count": count, "motif_mean": nothing, "motif_z": nothing, "motif_p": nothing}
    return {
        "motif_count": count,
        "motif_mean": drawn.motifs.mean(axis=0),
        "motif_z": z_against(count, drawn.motifs),
        "motif_p": family_p(count, drawn.motifs),
    }


def _permutations(graph: Graph, spec: MeasuresSpec) -> Iterator[np.ndarray]:
    """Weighted measures with all weights dealt out anew, topology kept."""
    seeds = seeds_of(spec.seed, spec.n_nulls)
    found = np.full((spec.n_nulls, len(_WEIGHTED)), np.nan)
    for k, seed in enumerate(seeds):
        rng = np.random.Generator(np.random.Philox(int(seed)))
        dealt = Graph(graph.members, graph.pre, graph.post, rng.permutation(graph.weight))
        for row in weighted.weighted(dealt, spec):
            found[k, _WEIGHTED.index(row.name)] = row.value
        yield found[: k + 1]


def _kept_columns(
    own: Observation, drawn: Numbers | None, permuted: np.ndarray | None
) -> dict[str, np.ndarray]:
    table = _null_columns(own, drawn, permuted)
    if table is None:
        return {}
    columns = enumerate(own.rows)
    return {row.name: table[:, k] for k, row in columns if np.isfinite(table[:, k]).all()}
