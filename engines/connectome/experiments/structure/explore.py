"""A wiring on the table: seen, lesioned and measured against nulls."""

from __future__ import annotations

from collections.abc import Iterator

from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.nulls.measured import Measured, MeasuresFrame
from engines.contract import Card, Experiment, KnownAnswer


def frames(spec: MeasuresSpec) -> Iterator[MeasuresFrame | Measured]:
    """Measures while nulls come, all of them last."""
    from engines.connectome.nulls.measuring import frames_of

    yield from frames_of(spec)


def seconds(spec: MeasuresSpec) -> float:
    """A guess of the run's length."""
    per_null = 0.6 if spec.dataset == "winding2023" else 0.003
    return 0.2 + spec.n_nulls * per_null


def known_answers() -> tuple[KnownAnswer, ...]:
    """The published numbers of the worm, and what its tables hold."""
    from engines.connectome.answers.published import wiring_answers
    from engines.connectome.answers.tables import table_answers

    return (*wiring_answers(), *table_answers())


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
    presets={
        "The worm": MeasuresSpec(),
        "The worm's rich club": MeasuresSpec(null="undirected degree", n_nulls=1_000),
        "Without AVA": MeasuresSpec(lesion="AVA"),
        "Chemical only": MeasuresSpec(electrical=False),
        "Adult brain (Witvliet 8)": MeasuresSpec(dataset="witvliet2021_8"),
        "Larva mushroom body": MeasuresSpec(dataset="eichler2017_left", n_nulls=100),
        "Larva brain": MeasuresSpec(dataset="winding2023", n_nulls=0),
    },
    known_answers=known_answers,
    seconds=seconds,
    order=0,
)
