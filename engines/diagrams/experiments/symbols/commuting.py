"""A square of a sketch, two of whose arrows are networks that never met: does it commute?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtLeast, Exceeds, FallsBelow
from engines.diagrams.commuting.asked import APART, KINDS, ONE, ROWS, SAME, CommutingSpec
from engines.diagrams.commuting.results import UNIT, CommutingFrame, CommutingResult
from engines.lab.statistics import mean_over, paired

_PAPER = "Leandro 2024, Categorical semiotics, arXiv 2404.01526"
_OURS = "our question; the paper defines the degree and measures none"
_LINEAR, _, _WIDE = KINDS
_MANY = "Sixteen networks of each"

Values = Callable[[CommutingResult], np.ndarray]


def frames(spec: CommutingSpec) -> Iterator[CommutingFrame | CommutingResult]:
    """The square while they learn, and the comparison last."""
    from engines.diagrams.commuting.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """The identity, a bound, total variation, deals and pixels."""
    from engines.diagrams.commuting.answers import answers

    return answers()


def _learnt(run: CommutingResult) -> bool:
    """Whether networks learnt for as long as the claims are about, and nothing was broken."""
    return run.spec.n_steps >= 300 and not run.spec.noise


def _compared(sentence: str, of: tuple[str, str], one: Values, other: Values,
              rule: Exceeds | FallsBelow) -> Claim:  # fmt: skip
    """Squares one by one: float64[net] of what is claimed and of its control."""

    def figure(run: CommutingResult) -> Estimate | None:
        return mean_over(one(run), of=of[0], unit=UNIT) if _learnt(run) else None

    return Claim(
        sentence,
        figure=figure,
        control=lambda run: mean_over(other(run), of=of[1], unit=UNIT),
        difference=lambda run: paired(other(run), one(run), run.spec.seed).estimate(
            f"{of[0]} less {of[1]}", UNIT
        ),
        holds_when=rule,
        source=_OURS,
    )


def _alike(run: CommutingResult, values: np.ndarray) -> np.ndarray:
    """float64[net]: mean over the three kinds, both networks of one."""
    return run.of_a_kind(values).mean(0)


def _under(row: str, level: int) -> Values:
    return lambda run: run.under[ROWS.index(row), :, level].mean(0)


def _kind(name: str, kind: str) -> Values:
    return lambda run: run.of_a_kind(getattr(run, name))[KINDS.index(kind)]


def _least(run: CommutingResult) -> Estimate | None:
    """Of squares of a kind, mean over kinds and squares."""
    found = _alike(run, run.least)
    return mean_over(found, of="least degree of the exam", unit=UNIT) if _learnt(run) else None


def _same(run: CommutingResult) -> Estimate:
    """One network on both ways: the exam's least is 1 where its mean is."""
    found = run.at(SAME, 0.0)
    return replace(found, of="least degree, one network on both ways")


PRESETS = {
    "Six networks of each": CommutingSpec(),
    _MANY: CommutingSpec(n_nets=16),
    "Before anything is learnt": CommutingSpec(n_steps=1),
    "Break it: noise in the second way": CommutingSpec(noise=1.0),
}
CLAIMS = (
    _compared("Two networks that never met agree more than their answers dealt to other pictures.",
              ("degree", "degree, dealt"), lambda run: _alike(run, run.degree),
              lambda run: _alike(run, run.dealt), Exceeds()),
    _compared("One network on both ways commutes less when there is noise in one of them, of one "
              "deviation of its weights.", ("degree with noise", "degree without"),
              _under(SAME, ONE), _under(SAME, 0), FallsBelow()),
    _compared("So do two networks that never met.", ("degree with noise", "degree without"),
              _under(APART, ONE), _under(APART, 0), FallsBelow()),
    Claim(
        "The square commutes for every picture: its least degree is .95 or more.",
        figure=_least,
        control=_same,
        holds_when=AtLeast(0.95),
        source=_PAPER,
    ),
    _compared("Networks with more units agree more in the mean.",
              (f"degree, {_WIDE}", f"degree, {_LINEAR}"), _kind("degree", _WIDE),
              _kind("degree", _LINEAR), Exceeds()),
    _compared("And less in their worst picture.",
              (f"least degree, {_WIDE}", f"least degree, {_LINEAR}"), _kind("least", _WIDE),
              _kind("least", _LINEAR), FallsBelow()),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=CommutingSpec,
    frames=frames,
    card=Card(
        title="Two ways round a square",
        claim="From a picture to its digit and on to odd or even; or to 16 pixels and on to odd or "
        "even. Networks that never met stand for two of the arrows. How far does the square "
        "commute, and for which pictures does it not?",
        paper="Leandro 2024, Categorical semiotics: foundations for knowledge integration",
        link="https://arxiv.org/abs/2404.01526",
    ),
    presets=PRESETS,
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 1.0 + spec.n_nets * (0.1 + spec.n_steps * 3e-4),
    order=122,
)
