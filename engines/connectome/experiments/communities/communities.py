"""Communities of a wiring: partitions, their consensus, what chance gives, what is known."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from engines.connectome.experiments.communities._communities import (
    N_LOOKS,
    Communities,
    CommunityFrame,
    CommunitySpec,
)
from engines.connectome.experiments.communities._community_claims import CLAIMS
from engines.connectome.partitions.consensus import CONSENSUS_MAX, coassignment
from engines.connectome.wiring.connectome import Connectome
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import Card, Experiment, KnownAnswer


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
