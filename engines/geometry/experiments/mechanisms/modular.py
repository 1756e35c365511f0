"""A clock in the weights: A network learns to add modulo a prime with Fourier modes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import FallsBelow
from engines.geometry.mechanisms.modular_addition import ModularRun, ModularSpec, scores_of
from engines.geometry.mechanisms.votes import by_chance
from engines.lab.statistics import mean_over


def frames(spec: ModularSpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the result last."""
    from engines.geometry.mechanisms.modular_addition import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """What is known without training, and what training gives."""
    from engines.geometry.answers import modular_answers

    return modular_answers()


def _phase_error(run: ModularRun, moment: int, of: str) -> Estimate | None:
    value, low, high = scores_of(run.theta[moment], run.xi[moment], run.spec.seed)[1]
    if not np.isfinite([value, low, high]).all():
        return None
    return Estimate(f"median |2 phi - psi| in radians, {of}", float(value), float(low),
                    float(high), run.spec.width, "neurons", "percentile bootstrap over neurons",
                    run.spec.seed)  # fmt: skip


CLAIM = Claim(
    "Every neuron's output phase is twice its input phase.",
    figure=lambda run: _phase_error(run, -1, "trained"),
    control=lambda run: _phase_error(run, 0, "random start"),
    holds_when=FallsBelow(),
    source="arXiv 2602.16849",
    published=0.0,
)


def _alone(run: ModularRun) -> Estimate:
    return mean_over(run.alone, of="accuracy of one neuron", unit="neurons")


def _together(run: ModularRun) -> Estimate:
    return Estimate.exact("accuracy of all neurons", float(run.accuracies[-1]), "all sums counted")


def _cancelled(run: ModularRun, place: int) -> Estimate | None:
    """Phase symmetry over what chance gives for as many phases, mean over frequency groups."""
    groups = run.cancelled()
    groups = groups[groups[:, 0] >= _LEAST]
    if len(groups) < _LEAST:
        return None
    chance = [by_chance(int(n)) for n in groups[:, 0]]
    times = "twice" if place == 1 else "four times"
    return mean_over(groups[:, place] / chance, of=f"{times} the phase, over chance",
                     unit="frequencies")  # fmt: skip


_LEAST = 3
"""Fewer phases, or frequencies, say nothing."""


def _phases(place: int, sentence: str) -> Claim:
    return Claim(
        sentence,
        figure=lambda run: _cancelled(run, place),
        control=lambda _: Estimate.exact("random phases", 1.0, "closed form: sqrt(pi / 4 n)"),
        holds_when=FallsBelow(),
        source="arXiv 2602.16849",
    )


CLAIMS = (
    CLAIM,
    Claim(
        "Neurons vote: each alone is hardly right.",
        figure=_alone,
        control=_together,
        holds_when=FallsBelow(by=0.5),
        source="arXiv 2602.16849; half of all sums is our bound",
    ),
    _phases(1, "Twice the phases of a frequency cancel better than random ones."),
    _phases(2, "Four times the phases cancel better, too."),
)

EXPERIMENT = Experiment(
    spec=ModularSpec,
    frames=frames,
    card=Card(
        title="Modular addition",
        claim="A network learns to add modulo a prime with Fourier modes: every neuron one "
        "frequency, its output phase twice its input phase.",
        paper="arXiv 2602.16849, frequency diversification and phase symmetry in modular addition",
        link="https://arxiv.org/abs/2602.16849",
    ),
    presets={
        "p = 23": ModularSpec(),
        "p = 11": ModularSpec(p=11, width=64, n_steps=1500),
        "Without weight decay": ModularSpec(weight_decay=0.0),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    order=50,
)
