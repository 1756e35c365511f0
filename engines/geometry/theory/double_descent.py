"""Many linear students, each with samples of its own, beside the spectrum's prediction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engines.contract import Frame, Result, Seed, Spec, knob
from engines.contract.pictures import Axis, Curves, Picture, Table
from engines.geometry.theory.marchenko_pastur import (
    density,
    edges,
    error_in_theory,
    mode_error,
    same_everywhere,
)
from engines.lab.statistics import mean_over

if TYPE_CHECKING:
    from engines.geometry.theory.linear_students import Flow

ALPHAS = (0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 4.0)
"""Samples per weight that every run has; the one that is asked for comes with them."""
TIMES = np.logspace(-2, 5, 43)
N_TOGETHER = 5
_LINE = np.unique(np.concatenate([np.geomspace(0.2, 5.0, 40), ALPHAS]))
_BINS = 30
_GROUPS = ("smallest", "second", "third", "largest")
"""Quarters of the eigenvalues."""
_UNSEEN = "never seen"
_AS_ASKED, _CONTROL, _STOPPED = "noisy labels", "control: no noise", "stopped early"


def _powers(low: int, high: int, each: int = 1) -> tuple[tuple[float, str], ...]:
    return tuple((float(k), f"{10.0**k:,.6g}") for k in range(low, high + 1, each))


_TIME = Axis("training time, learning rate x steps", ticks=_powers(-2, 5, 2))
_ERROR = Axis("error on new samples", ticks=((-3.0, "≤ 0.001"), *_powers(-2, 4)))
_LOG_2 = tuple((float(np.log2(x)), f"{x:g}") for x in (0.25, 0.5, 1, 2, 4))
_SAMPLES = Axis("samples per weight", ticks=_LOG_2)


class GeneralisationSpec(Spec):
    """A linear student that learns a noisy teacher, for many numbers of samples at once."""

    alpha: float = knob(
        1.0, label="Samples per weight", help="Of the student whose training and spectrum are "
        "shown; the curve has eleven others.", group="Task", ge=0.1, le=6.0, step=0.05,
        marks={1.0: "peak"},
    )  # fmt: skip
    snr: float = knob(
        5.0, label="Signal to noise", help="Variance of the labels over that of their noise.",
        group="Task", ge=0.1, le=1e4, soft=(0.5, 200.0), log=True,
    )  # fmt: skip
    start_variance: float = knob(
        0.0, label="First weights", help="Their variance; the teacher's have 1.", group="Student",
        ge=0.0, le=10.0, soft=(0.0, 2.0), step=0.1,
    )  # fmt: skip
    n_weights: int = knob(
        300, label="Weights", help="Theory is that of many.", group="Student", ge=20, le=500
    )
    n_draws: int = knob(
        20, label="Draws", help="Of samples, teacher and noise, for every number of samples; "
        "intervals are over these.", group="Runs", ge=5, le=100,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws everything.", group="Runs")

    @property
    def noise(self) -> float:
        """Variance of the labels' noise."""
        return 1.0 / self.snr

    def learnt_from(self, alpha: float) -> float:
        """Samples per weight of a student that has a whole number of them."""
        return round(alpha * self.n_weights) / self.n_weights

    @property
    def alphas(self) -> tuple[float, ...]:
        """Samples per weight, ascending."""
        return tuple(sorted({*ALPHAS, self.alpha}))


@dataclass(frozen=True, eq=False)
class GeneralisationFrame(Frame):
    """Errors at the end of training so far: float64[alpha], nan where not measured yet."""

    spec: GeneralisationSpec
    late: np.ndarray
    line: np.ndarray
    """float64[arm, alpha]: theory at the end of training, finer than the students."""

    def pictures(self) -> tuple[Picture, ...]:
        """The curve over numbers of samples, so far."""
        return (_peaks(self.spec, TIMES[-1], self.line, (self.late, None, None)),)


@dataclass(frozen=True, eq=False)
class GeneralisationMoment(Frame):
    """One moment of training, for the scrubber."""

    run: GeneralisationRun
    moment: int

    def pictures(self) -> tuple[Picture, ...]:
        """Everything as it is then."""
        return self.run.at(self.moment)


@dataclass(frozen=True, eq=False)
class GeneralisationRun(Result):
    """Errors of every student through training, and in theory.

    ``alphas`` float64[alpha]; ``error`` float32[arm, alpha, draw, time] with the arms of
    `linear_students.ARMS`; ``theory`` float64[arm, alpha, time], ``line`` the same with and without
    noise on a finer alpha; ``alike`` float64[alpha, time] is the prediction without a spread of
    eigenvalues. Of the student that is shown, ``eigenvalues`` float32[draw, mode] ascend, ``modes``
    float64[group, time] are squared errors of a direction, by quarters of the eigenvalues with the
    unseen ones last, and ``modes_in_theory`` theirs.
    """

    spec: GeneralisationSpec
    alphas: np.ndarray
    error: np.ndarray
    theory: np.ndarray
    line: np.ndarray
    alike: np.ndarray
    eigenvalues: np.ndarray
    modes: np.ndarray
    modes_in_theory: np.ndarray

    def place(self, alpha: float) -> int:
        """Where samples per weight stand among `alphas`."""
        return int(np.abs(self.alphas - alpha).argmin())

    def late(self, alpha: float, arm: int = 0) -> np.ndarray:
        """float64[draw]: error at the end of training."""
        return self.error[arm, self.place(alpha), :, -1].astype(np.float64)

    def stopped(self, alpha: float) -> np.ndarray:
        """float64[draw]: error at the moment that theory calls best; no draw is looked at."""
        k = self.place(alpha)
        return self.error[0, k, :, int(self.theory[0, k].argmin())].astype(np.float64)

    def moments(self) -> tuple[Frame, ...]:
        """Training as a film."""
        n = len(TIMES)
        return tuple(GeneralisationMoment(self, k, fraction=k / n) for k in range(n))

    def pictures(self) -> tuple[Picture, ...]:
        """The end of training, and the numbers."""
        return (*self.at(len(TIMES) - 1), self._table())

    def at(self, moment: int) -> tuple[Picture, ...]:
        """The four pictures at one moment of training."""
        found = self.error.mean(axis=2)
        best = np.array([self.stopped(a).mean() for a in self.alphas])
        rows = (found[0, :, moment], found[1, :, moment], best)
        return (
            _peaks(self.spec, TIMES[moment], self._line_at(moment), rows),
            self._through_time(moment),
            self._spectrum(moment),
            self._modes(),
        )

    def _line_at(self, moment: int) -> np.ndarray:
        """float64[row, alpha]: with noise, without, and stopped where theory is least."""
        return np.stack([*self.line[:, :, moment], self.line[0].min(axis=1)])

    def _through_time(self, moment: int) -> Curves:
        k = self.place(self.spec.alpha)
        names = (_AS_ASKED, _CONTROL)
        lines = {n: _log(self.theory[arm, k]) for arm, n in enumerate(names)}
        clouds = {names[0]: _log(self.error[0, k])}
        dots = {n: _log(self.error[arm, k].mean(axis=0)) for arm, n in enumerate(names)}
        here = np.where(np.arange(len(TIMES)) == moment, lines[names[0]], np.nan)
        lines["now"], dots["now"] = np.full(len(TIMES), np.nan), here
        title = f"Through training, samples / weights = {self.spec.alpha:g}"
        return Curves(title, np.log10(TIMES), lines, _TIME, _ERROR, clouds=clouds, dots=dots)

    def _spectrum(self, moment: int) -> Curves:
        alpha = self.spec.learnt_from(self.spec.alpha)
        ends = np.linspace(*edges(alpha), _BINS + 1)
        count, _ = np.histogram(self.eigenvalues, ends)
        seen = count / (self.eigenvalues.shape[0] * self.spec.n_weights * np.diff(ends))
        within = (np.arange(200) + 0.5) / 200 * np.diff(ends)[:, None] + ends[:-1, None]
        law, x = density(within, alpha).mean(axis=1), within.mean(axis=1)
        learnt = x * TIMES[moment] >= 1.0
        halves = (("learnt so far", learnt), ("not yet", ~learnt))
        lines = {name: np.where(here, law, np.nan) for name, here in halves}
        dots = {name: np.where(here, seen, np.nan) for name, here in halves}
        title = f"Eigenvalues at samples / weights = {self.spec.alpha:g}"
        y = Axis("share of weights per unit")
        return Curves(title, x, lines, Axis("eigenvalue"), y, dots=dots)

    def _modes(self) -> Curves:
        names = [n for n, m in zip((*_GROUPS, _UNSEEN), self.modes, strict=True)
                 if np.isfinite(m).any()]  # fmt: skip
        rows = np.isfinite(self.modes).any(axis=1)
        lines = dict(zip(names, _log(self.modes_in_theory[rows], 1e-6), strict=True))
        dots = dict(zip(names, _log(self.modes[rows], 1e-6), strict=True))
        title = "Directions, by quarter of eigenvalues"
        y = Axis("squared error", ticks=_powers(-6, 4))
        return Curves(title, np.log10(TIMES), lines, _TIME, y, dots=dots)

    def _table(self) -> Table:
        late = [mean_over(self.late(a), of="late", unit="draws") for a in self.alphas]
        best = [mean_over(self.stopped(a), of="stopped", unit="draws") for a in self.alphas]
        return Table(
            f"{self.spec.n_weights} weights, {self.spec.n_draws} draws, 95 % t interval over "
            f"draws, seed {self.spec.seed}; stopped where theory is least",
            {
                "samples per weight": self.alphas,
                "late error": tuple(str(e) for e in late),
                "late in theory": self.theory[0, :, -1],
                "stopped": tuple(str(e) for e in best),
                "stopped in theory": self.theory[0].min(axis=1),
                "late without noise": self.error[1, :, :, -1].mean(axis=1),
            },
        )


def _lines(spec: GeneralisationSpec) -> np.ndarray:
    """Theory float64[arm, alpha of the line, time], with noise and without."""
    start = spec.start_variance
    return np.array(
        [[error_in_theory(a, TIMES, noise=n, start=start) for a in _LINE] for n in (spec.noise, 0)]
    )


def _peaks(
    spec: GeneralisationSpec, t: float, line: np.ndarray, found: tuple[np.ndarray | None, ...]
) -> Curves:
    """Error over numbers of samples at one moment: lines are theory, points students."""
    x = np.union1d(_LINE, spec.alphas)
    lines, dots = {}, {}
    for name, theory, points in zip((_AS_ASKED, _CONTROL, _STOPPED), line, found, strict=True):
        lines[name] = np.interp(x, _LINE, _log(theory))
        dots[name] = np.full(len(x), np.nan)
        if points is not None:
            dots[name][np.searchsorted(x, spec.alphas)] = _log(points)
    title = f"At time {t:,.3g}: " if t < 1_000 else f"At time {t:,.0f}: "
    title += "lines theory, dots students"
    return Curves(title, np.log2(x), lines, _SAMPLES, _ERROR, dots=dots)


def _log(values: np.ndarray, least: float = 1e-3) -> np.ndarray:
    """Logarithm to base 10; what is smaller than the picture shows lies at its foot."""
    return np.log10(np.maximum(values, least))


def frames_of(spec: GeneralisationSpec) -> Iterator[GeneralisationFrame | GeneralisationRun]:
    """A frame every five draws; numbers of samples one after the other."""
    alphas, line = spec.alphas, _lines(spec)
    ends = np.stack([*line[:, :, -1], line[0].min(axis=1)])
    late = np.full(len(alphas), np.nan)
    parts: list[list[Flow]] = []
    asked = spec.replace(alpha=1.0, n_draws=20).to_json()
    for k, alpha in enumerate(alphas):
        parts.append([])
        for first in range(0, spec.n_draws, N_TOGETHER):
            last = min(first + N_TOGETHER, spec.n_draws)
            parts[-1].append(_flow(asked, alpha, first, last))
            so_far = np.concatenate([part.error[0, :, -1] for part in parts[-1]])
            late[k] = so_far.mean() + spec.noise
            done = (k + last / spec.n_draws) / (len(alphas) + 0.2)
            yield GeneralisationFrame(spec, late.copy(), ends, fraction=done)
    yield _run_of(spec, parts, line)


@lru_cache(maxsize=256)
def _flow(text: str, alpha: float, first: int, last: int) -> Flow:
    """A few draws; kept, so that another number of samples is all that is made anew."""
    from engines.geometry.theory.linear_students import drawn, flow
    from engines.lab.training import one_thread

    spec = GeneralisationSpec.from_json(text)
    n_samples = round(alpha * spec.n_weights)
    # Students of other numbers of samples share nothing.
    numbers = range(n_samples * 1_000 + first, n_samples * 1_000 + last)
    with one_thread():
        draws = drawn(spec.seed, numbers, spec.n_weights, n_samples, noise=spec.noise,
                      start=spec.start_variance)  # fmt: skip
        return flow(draws, TIMES)


def _run_of(
    spec: GeneralisationSpec, parts: list[list[Flow]], line: np.ndarray
) -> GeneralisationRun:
    learnt = [spec.learnt_from(a) for a in spec.alphas]
    noises = np.array([spec.noise, 0.0, spec.noise])
    starts = (spec.start_variance, spec.start_variance, 0.0)
    error = np.stack([np.concatenate([p.error for p in row], axis=1) for row in parts], axis=1)
    theory = np.array(
        [
            [error_in_theory(a, TIMES, noise=n, start=s) for a in learnt]
            for n, s in zip(noises, starts, strict=True)
        ]
    )
    shown = parts[spec.alphas.index(spec.alpha)]
    modes, wanted = _grouped(spec, shown)
    return GeneralisationRun(
        spec=spec,
        alphas=np.array(spec.alphas),
        error=(error + noises[:, None, None, None]).astype(np.float32),
        theory=theory,
        line=line,
        alike=np.stack([
            same_everywhere(a, TIMES, noise=spec.noise, start=spec.start_variance)
            for a in learnt
        ]),
        eigenvalues=np.concatenate([p.eigenvalues for p in shown]).astype(np.float32),
        modes=modes,
        modes_in_theory=wanted,
    )  # fmt: skip


def _grouped(spec: GeneralisationSpec, shown: list[Flow]) -> tuple[np.ndarray, np.ndarray]:
    """Squared error of a direction float64[group, time]: measured, and in theory."""
    values = np.concatenate([p.eigenvalues for p in shown])
    modes = np.concatenate([p.modes for p in shown])
    quarters = np.array_split(np.arange(values.shape[1]), len(_GROUPS))
    wanted = [
        mode_error(values[:, q].ravel(), TIMES, noise=spec.noise, start=spec.start_variance)
        for q in quarters
    ]
    unseen = np.concatenate([p.unseen for p in shown])
    found = [modes[:, q].mean(axis=(0, 1)) for q in quarters]
    found.append(np.full(len(TIMES), unseen.mean()))
    still = 1.0 + spec.start_variance if np.isfinite(unseen).all() else np.nan
    theory = [w.mean(axis=1) for w in wanted]
    return np.array(found), np.array([*theory, np.full(len(TIMES), still)])
