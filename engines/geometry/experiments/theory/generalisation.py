"""Double descent in a linear student: when training longer, or more data, makes it worse."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtLeast, AtMost, FallsBelow, Near
from engines.geometry.theory.double_descent import (
    ALPHAS,
    GeneralisationFrame,
    GeneralisationRun,
    GeneralisationSpec,
)
from engines.lab.statistics import mean_over, paired

_PAPER = "Advani & Saxe 2017, arXiv 1710.03667"
_FLOOR = "our floor for what the paper shows as a curve"


def frames(spec: GeneralisationSpec) -> Iterator[GeneralisationFrame | GeneralisationRun]:
    """A frame every few draws, and the run last."""
    from engines.geometry.theory.double_descent import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Inverse Wishart means, the density's moments, and real gradient descent."""
    from engines.geometry.theory.students_answers import generalisation_answers

    return generalisation_answers()


def _ratio(logs: np.ndarray, of: str) -> Estimate:
    """Geometric mean of ratios, float64[draw] of log10, with its interval over draws."""
    found = mean_over(logs, of=of, unit="draws")
    said = "geometric mean, t interval of logarithms over draws"
    value, low, high = (float(10.0**x) for x in (found.value, found.low, found.high))
    return Estimate(of, value, low, high, found.n, found.unit, said)


def _peak(run: GeneralisationRun, arm: int) -> Estimate:
    late = {alpha: run.late(alpha, arm) for alpha in (0.5, 1.0, 2.0)}
    logs = np.log10(late[1.0] / ((late[0.5] + late[2.0]) / 2.0))
    named = "late error at 1 sample per weight over the mean of .5 and 2"
    return _ratio(logs, named if arm == 0 else f"{named}, without noise")


def _noisy(run: GeneralisationRun) -> bool:
    """The paper's peak is that of noisy labels; a weak noise has a peak of another height."""
    return 1.0 <= run.spec.snr <= 10.0 and run.spec.start_variance == 0.0


def _stopped(run: GeneralisationRun, alpha: float) -> Estimate:
    logs = np.log10(run.stopped(alpha) / run.late(alpha))
    return _ratio(logs, f"early-stopped over late error at {alpha:g} samples per weight")


def _log_stopped(run: GeneralisationRun) -> Estimate | None:
    if not _noisy(run):
        return None
    named = "log10 of the early-stopped error at 1 sample per weight"
    return mean_over(np.log10(run.stopped(1.0)), of=named, unit="draws")


def _log_late(run: GeneralisationRun) -> Estimate:
    named = "log10 of the error of training on"
    return mean_over(np.log10(run.late(1.0)), of=named, unit="draws")


def _log_difference(run: GeneralisationRun) -> Estimate:
    late, stopped = np.log10(run.late(1.0)), np.log10(run.stopped(1.0))
    return paired(late, stopped, run.spec.seed).estimate("stopped less late, log10", "draws")


def _worst(run: GeneralisationRun, *, spread: bool) -> Estimate:
    """Relative distance of the mean error from a prediction where it is farthest off.

    Between .8 and 1.2 samples per weight the error has a heavy tail over draws: not judged.
    """
    found = run.error[0].mean(axis=1, dtype=np.float64)
    wanted = run.theory[0] if spread else run.alike
    off = found / wanted - 1.0
    away = (run.alphas < 0.8) | (run.alphas > 1.2)
    off[~away] = 0.0
    k, j = np.unravel_index(int(np.abs(off).argmax()), off.shape)
    sign = 1.0 if off[k, j] >= 0 else -1.0
    values = sign * (run.error[0, k, :, j] / wanted[k, j] - 1.0)
    of = "Marchenko and Pastur" if spread else "eigenvalues that are all alike"
    return mean_over(values, of=f"largest relative distance from {of}", unit="draws")


def _start_cost(run: GeneralisationRun, alpha: float) -> Estimate | None:
    """What large first weights add to the late error, over their variance."""
    if not run.spec.start_variance:
        return None
    added = (run.late(alpha) - run.late(alpha, 2)) / run.spec.start_variance
    return mean_over(added, of=f"added at {alpha:g} samples per weight", unit="draws")


CLAIMS = (
    Claim(
        "Trained on, a student errs most where it has one sample per weight.",
        figure=lambda run: _peak(run, 0) if _noisy(run) else None,
        control=lambda run: _peak(run, 1),
        holds_when=AtLeast(10.0),
        source=f"{_PAPER}; tenfold is {_FLOOR}",
    ),
    Claim(
        "Early stopping takes the peak away.",
        figure=_log_stopped,
        control=_log_late,
        holds_when=FallsBelow(by=1.0),
        source=f"{_PAPER}; a tenth is {_FLOOR}",
        difference=_log_difference,
    ),
    Claim(
        "Away from the peak the density of Marchenko and Pastur predicts every moment.",
        figure=lambda run: _worst(run, spread=True),
        control=lambda run: _worst(run, spread=False),
        holds_when=AtMost(0.08),
        source=f"{_PAPER}; 8 % at 300 weights is {_FLOOR}",
        preset="A hundred draws",
    ),
    Claim(
        "What no sample shows stays as it began: large first weights cost 1 - alpha of theirs.",
        figure=lambda run: _start_cost(run, 0.5),
        control=lambda run: _start_cost(run, 2.0),
        holds_when=Near(within=0.05),
        source=f"{_PAPER}; closed form at alpha = .5",
        published=0.5,
        preset="Large first weights",
    ),
)

EXPERIMENT = Experiment(
    spec=GeneralisationSpec,
    frames=frames,
    card=Card(
        title="Double descent",
        claim="Scrub through training: where samples are as many as weights the error climbs, "
        "and stopping early takes the peak away. Lines are random-matrix theory, points students.",
        paper="Advani & Saxe 2017, High-dimensional dynamics of generalization error in neural "
        "networks",
        link="https://arxiv.org/abs/1710.03667",
        related=("geometry/saxe",),
    ),
    presets={
        "One sample per weight": GeneralisationSpec(),
        "Half as many samples": GeneralisationSpec(alpha=0.5),
        "Large first weights": GeneralisationSpec(alpha=0.5, start_variance=1.0),
        "A hundred draws": GeneralisationSpec(n_draws=100),
        "Hardly any noise": GeneralisationSpec(snr=100.0),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.016 * len(ALPHAS) * spec.n_draws * (spec.n_weights / 300) ** 3,
    order=60,
)
