"""A wiring on the table: seen, lesioned and measured against nulls."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.nulls.measured import Measured, MeasuresFrame
from engines.contract import Card, Claim, Estimate, Experiment, InputError, KnownAnswer
from engines.contract.claims import Exceeds, Near
from engines.contract.sending import Matrix


def frames(spec: MeasuresSpec) -> Iterator[MeasuresFrame | Measured]:
    """Measures while nulls come, all of them last."""
    from engines.connectome.nulls.measuring import frames_of

    yield from frames_of(spec)


def spec_from_matrix(sent: Matrix, came: str) -> MeasuresSpec:
    """Keep a matrix that another workbench sent as an own wiring; nulls wait to be asked for.

    Raises:
        InputError: nan or infinity, no weight at all, or a disk that does not take it.
    """
    from engines.connectome.importing.objects import from_matrix
    from engines.connectome.wiring.kept import keep

    made = from_matrix(sent.weights, sent.names, title=sent.title)
    if not made.layers[0].n_edges:
        raise InputError(f"{made.name} has no weight that is not zero, so there is no wiring")
    least = min(max(sent.least, 0.0), 1_000.0)
    return MeasuresSpec(own=keep(made), min_weight=least, n_nulls=0, origin=came)


def seconds(spec: MeasuresSpec) -> float:
    """A guess of the run's length."""
    per_null = 0.6 if spec.dataset == "winding2023" else 0.003
    per_null += 0.08 if spec.null == "degrees and strengths" else 0.0
    return 0.2 + spec.n_nulls * per_null


def known_answers() -> tuple[KnownAnswer, ...]:
    """The published numbers of the worm, and what its tables hold."""
    from engines.connectome.answers.published import wiring_answers
    from engines.connectome.answers.tables import table_answers

    return (*wiring_answers(), *table_answers())


def _worm(found: Measured, null: str) -> bool:
    spec = found.spec
    whole = spec.wiring == MeasuresSpec().wiring
    return whole and spec.null == null and found.measures.n_nulls >= NULLS_LEAST


NULLS_LEAST = 20
"""With fewer nulls nothing is said of 95 % of them."""


def _clustering(found: Measured) -> Estimate | None:
    if not _worm(found, "directed degree") or "clustering" not in found.null_columns:
        return None
    return Estimate.exact("clustering", found.value("clustering"), "all neurons, nothing is drawn")


def _clustering_of_nulls(found: Measured) -> Estimate | None:
    drawn = found.null_columns.get("clustering")
    if drawn is None or not len(drawn):
        return None
    low, high = np.quantile(drawn, [0.025, 0.975])
    how = f"mean and 95 % of {len(drawn):,} wirings with the same degrees"
    return Estimate("clustering of nulls", float(drawn.mean()), float(low), float(high),
                    len(drawn), "nulls", how, found.spec.seed)  # fmt: skip


RICH_K = 40


def _rich_ratio(found: Measured) -> Estimate | None:
    """Density among neurons of degree above 40 over that of the nulls, Towlson et al. 2013."""
    made = found.measures
    if not _worm(found, "undirected degree") or len(made.rich_club) <= RICH_K:
        return None
    own = made.rich_club[RICH_K]
    ends = own / made.rich_high[RICH_K], own / made.rich_low[RICH_K]
    value = own / made.rich_mean[RICH_K]
    if not np.isfinite([value, *ends]).all():
        return None
    how = f"over the mean of {made.n_nulls:,} nulls; ends from 95 % of them"
    return Estimate("rich-club density over nulls, degree above 40", float(value), float(ends[0]),
                    float(ends[1]), made.n_nulls, "nulls", how, found.spec.seed)  # fmt: skip


CLAIMS = (
    Claim(
        "Neighbours of a neuron are wired to each other more often than their degrees foretell.",
        figure=_clustering,
        control=_clustering_of_nulls,
        holds_when=Exceeds(),
        source="Watts & Strogatz 1998; Varshney et al. 2011",
    ),
    Claim(
        "The worm's best connected neurons form a rich club.",
        figure=_rich_ratio,
        control=lambda _found: Estimate.exact("no rich club", 1.0, "as dense as its nulls"),
        holds_when=Near(0.05),
        source="Towlson et al. 2013, The rich club of the C. elegans neuronal connectome",
        published=1.38,
        preset="The worm's rich club",
    ),
)


EXPERIMENT = Experiment(
    spec=MeasuresSpec,
    frames=frames,
    card=Card(
        title="Wiring",
        claim="Pick a neuron once and see it in graph, matrix, body and table; lesion it, and hold "
        "every measure against random wirings like it.",
        paper="Varshney et al. 2011, Structural properties of the C. elegans neuronal network",
        link="https://doi.org/10.1371/journal.pcbi.1001066",
    ),
    takes={Matrix: spec_from_matrix},
    presets={
        "The worm": MeasuresSpec(),
        "The worm's rich club": MeasuresSpec(null="undirected degree", n_nulls=1_000),
        "Without AVA": MeasuresSpec(lesion="AVA"),
        "Chemical only": MeasuresSpec(electrical=False),
        "One node per class": MeasuresSpec(node="class", n_nulls=100),
        "Nulls with every neuron's strengths": MeasuresSpec(
            null="degrees and strengths", n_nulls=40
        ),
        "Adult brain (Witvliet 8)": MeasuresSpec(dataset="witvliet2021_8"),
        "Larva mushroom body": MeasuresSpec(dataset="eichler2017_left", n_nulls=100),
        "Larva brain": MeasuresSpec(dataset="winding2023", n_nulls=0),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=seconds,
    order=0,
)
