"""The paper page: every published number, beside ours, with a verdict."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, KnownAnswer
from engines.sorting.paper import claims
from engines.sorting.paper.page import PaperFrame, PaperPage, PaperSpec, frames_of

RUNS_PER_SECOND = 1_000.0
N_CONDITIONS = 80


def frames(spec: PaperSpec) -> Iterator[PaperFrame | PaperPage]:
    """The rows as they come, and the page last."""
    yield from frames_of(spec)


def seconds(spec: PaperSpec) -> float:
    """A guess of the page's length."""
    return (2 if spec.only else N_CONDITIONS) * spec.n_runs / RUNS_PER_SECOND


def known_answers() -> tuple[KnownAnswer, ...]:
    """The published numbers that a scheduler of mean burst 7 reproduces."""
    from engines.sorting.answers.arrays import paper_answers

    return paper_answers()


EXPERIMENT = Experiment(
    spec=PaperSpec,
    frames=frames,
    card=Card(
        title="The paper",
        claim="Every number that is printed beside ours: which are reproduced, which depend on a "
        "scheduler nobody named, which cannot be.",
        paper="Zhang, Goldstein & Levin 2024, Classical sorting algorithms as a model of "
        "morphogenesis",
        link="https://arxiv.org/abs/2401.05375",
    ),
    presets={
        "Paper (2024): burst 7": PaperSpec(),
        "Uniform": PaperSpec(scheduler="uniform"),
    },
    known_answers=known_answers,
    claims=claims.PAGE,
    seconds=seconds,
    order=30,
)
