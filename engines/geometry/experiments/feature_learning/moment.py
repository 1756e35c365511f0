"""Scores, topology, dimension and units at one moment, for the studio's inspector."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, Frame, KnownAnswer, Result
from engines.geometry.analyses.moment import MomentSpec


def frames(spec: MomentSpec) -> Iterator[Frame | Result]:
    """The moment, after a frame per layer."""
    from engines.geometry.analyses.moment import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms and references of every metric."""
    from engines.geometry.answers import metric_answers

    return metric_answers()


EXPERIMENT = Experiment(
    spec=MomentSpec,
    frames=frames,
    card=Card(
        title="One moment",
        claim="What one layer looks like at one moment, and how sure that is.",
        paper="none",
    ),
    known_answers=known_answers,
    listed=False,
)
