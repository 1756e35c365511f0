"""A memory of triples: symbols read and write one state, and are drawn from it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtLeast, Exceeds, FallsBelow
from engines.diagrams.arms.looks import finite_mean, finite_pairs
from engines.diagrams.arms.results import ArmsFrame, ArmsResult
from engines.diagrams.triples.asked import (
    APART,
    AS_DRAWN,
    EMBEDDED,
    MARGINALS,
    ROLES,
    SIZES,
    TRIPLE,
    UNLEARNT,
    WITHIN,
    TriplesSpec,
)

_PAPER = "Tresp et al. 2023, The tensor brain, Neural Computation 35, arXiv 2109.13392"


def frames(spec: TriplesSpec) -> Iterator[ArmsFrame | ArmsResult]:
    """Divergences as they fall, and the comparison last."""
    from engines.diagrams.triples.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Chances by hand, and draws against chances."""
    from engines.diagrams.triples.answers import answers

    return answers()


def _told(run: ArmsResult) -> bool:
    """Whether a run has learnt for as long, and from as much, as the claims are about.

    With more draws they would show by how much what was told differs from the world.
    """
    spec = run.spec
    assert isinstance(spec, TriplesSpec)
    few = 5 * spec.n_draws <= spec.n_triples
    return few and spec.n_steps >= 300 and spec.n_triples >= 5_000


def _shares(run: ArmsResult, arm: str) -> np.ndarray:
    """float64[net]: of all 45 marginals, how many are within 3 standard errors."""
    weights = np.array([SIZES[role] for role in ROLES]) / sum(SIZES.values())
    return weights @ np.stack([run.looks.at(WITHIN, arm, role) for role in ROLES])


def _within(run: ArmsResult, arm: str) -> Estimate | None:
    """Their mean over networks."""
    return finite_mean(_shares(run, arm), f"share of marginals within 3 standard errors, {arm}")


def _within_apart(run: ArmsResult, other: str) -> Estimate | None:
    """Learnt embeddings less another arm, network by network."""
    of = f"share of marginals within 3 standard errors, {EMBEDDED} less {other}"
    return finite_pairs(_shares(run, other), _shares(run, EMBEDDED), of, run.seed)


def _nearer(sentence: str, other: str) -> Claim:
    """A memory with learnt embeddings is nearer to the world's triples than another."""
    return Claim(
        sentence,
        figure=lambda run: run.looks.mean(APART, EMBEDDED, TRIPLE) if _told(run) else None,
        control=lambda run: run.looks.mean(APART, other, TRIPLE),
        difference=lambda run: run.looks.apart(APART, EMBEDDED, other, TRIPLE, run.seed),
        holds_when=FallsBelow(),
        source=_PAPER,
    )


PRESETS = {
    "Twenty entities, five predicates": TriplesSpec(),
    "Four times the steps": TriplesSpec(n_steps=1_200),
    "A tenth of the triples": TriplesSpec(n_triples=500),
}
CLAIMS = (
    Claim(
        "What is drawn from memory has the world's marginals: at least 95 of 100 within 3 standard "
        "errors.",
        figure=lambda run: _within(run, EMBEDDED) if _told(run) else None,
        control=lambda run: _within(run, UNLEARNT),
        holds_when=AtLeast(0.95),
        source=_PAPER,
    ),
    Claim(
        "It has more of them than a memory whose embeddings stay as drawn while all else learns.",
        figure=lambda run: _within(run, EMBEDDED) if _told(run) else None,
        control=lambda run: _within(run, AS_DRAWN),
        difference=lambda run: _within_apart(run, AS_DRAWN),
        holds_when=Exceeds(),
        source=_PAPER,
    ),
    _nearer("A memory whose embeddings were learnt is nearer to the world's triples than one whose "
            "embeddings stay as drawn while all else learns.", AS_DRAWN),
    _nearer("It is nearer to the world's triples than the marginals alone: it remembers what goes "
            "with what.", MARGINALS),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=TriplesSpec,
    frames=frames,
    card=Card(
        title="A memory of triples",
        claim="Symbols read and write one state: each is drawn by how well its embedding fits the "
        "state, and adds it. Subject, predicate and object are drawn one after the other, and held "
        "against how often the world tells them.",
        paper="Tresp, Sharifzadeh, Li, Konopatzki and Ma 2023, The tensor brain: a unified theory "
        "of perception, memory, and semantic decoding",
        link="https://arxiv.org/abs/2109.13392",
    ),
    presets=PRESETS,
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 1.5 + spec.n_steps * spec.n_nets * 1e-3,
    order=121,
)
