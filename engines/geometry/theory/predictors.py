"""Networks that learn without negative pairs, side by side with what keeps them alive removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engines.contract import Frame, Result, Seed, Spec, knob
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Points, Table
from engines.geometry.theory.resting import resting
from engines.lab.statistics import mean_over

if TYPE_CHECKING:
    from engines.geometry.theory.noncontrastive import Look, Rules, State

ARMS = ("as asked", "no predictor", "no stop-gradient", "no weight decay", "weight decay 0.3")
STEP, EVERY = 0.2, 25
"""Time of a Runge-Kutta step, and how many lie between two looks."""
START = 0.3
_FLOOR = 1e-18
_TIME = Axis("training time")


class PredictorSpec(Spec):
    """A linear network, its predictor and its target."""

    decay: float = knob(
        0.02, label="Weight decay η", help="Above 1 / 4(1 + σ²) all dies.", group="Training",
        ge=0.0, le=1.0, soft=(0.0, 0.3), step=0.01, marks={0.24: "collapse"},
    )  # fmt: skip
    rate: float = knob(
        1.0, label="Predictor's rate", help="How much faster the predictor learns than the "
        "features.", group="Training", ge=0.05, le=10.0, log=True,
    )  # fmt: skip
    follows: float = knob(
        0.0, label="Target follows", help="Rate at which a moving average of the features follows "
        "them as target; 0: the features themselves.", group="Training", ge=0.0, le=2.0, step=0.05,
    )  # fmt: skip
    symmetric: bool = knob(
        False, label="Symmetric predictor", help="Its gradient is made symmetric.",
        group="Training",
    )  # fmt: skip
    augmented: float = knob(
        0.03, label="Augmentation σ²", help="Variance that two views of one input do not share.",
        group="Data", ge=0.0, le=1.0, soft=(0.0, 0.3), step=0.01,
    )  # fmt: skip
    dimension: int = knob(
        16, label="Dimensions", help="Of inputs and features.", group="Data", ge=2, le=32
    )
    duration: float = knob(
        400.0, label="Duration", help="In units of the features' learning rate.", group="Training",
        ge=20.0, le=1_000.0, step=20.0,
    )  # fmt: skip
    n_seeds: int = knob(
        10, label="Seeds", help="First weights; every arm begins at the same ones.", group="Runs",
        ge=5, le=50,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws first weights.", group="Runs")


@dataclass(frozen=True, eq=False)
class PredictorFrame(Frame):
    """Total variance of features so far: float64[moment, arm, seed]."""

    spec: PredictorSpec
    t: np.ndarray
    total: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """The curves so far."""
        return (_totals(self.spec, self.t, self.total),)


@dataclass(frozen=True, eq=False)
class PredictorMoment(Frame):
    """One moment, for the scrubber."""

    run: PredictorRun
    moment: int

    def pictures(self) -> tuple[Picture, ...]:
        """Everything as it is then."""
        return self.run.at(self.moment)


@dataclass(frozen=True, eq=False)
class PredictorRun(Result):
    """What became of every arm.

    ``t`` float64[moment]; ``total`` float64[moment, arm, seed] is the trace of F; ``alignment``
    float64[moment, arm, seed], nan where no mode lives; ``n_live`` int64[arm, seed] at the end;
    ``commutator`` and ``asymmetry`` float64[arm, seed] at the end. Of the first seed as asked:
    ``sizes``, ``gains`` float64[moment, mode] and ``products`` float32[moment, mode, mode], the
    predictor in the eigenvectors of F.
    """

    spec: PredictorSpec
    t: np.ndarray
    total: np.ndarray
    alignment: np.ndarray
    n_live: np.ndarray
    commutator: np.ndarray
    asymmetry: np.ndarray
    sizes: np.ndarray
    gains: np.ndarray
    products: np.ndarray

    def moments(self) -> tuple[Frame, ...]:
        """Training as a film."""
        n = len(self.t)
        return tuple(PredictorMoment(self, k, fraction=k / n) for k in range(n))

    def pictures(self) -> tuple[Picture, ...]:
        """The end, and the numbers."""
        return (*self.at(len(self.t) - 1), self._table())

    def at(self, moment: int) -> tuple[Picture, ...]:
        """The four pictures at one moment."""
        return (
            _totals(self.spec, self.t, self.total),
            self._modes(),
            self._plane(moment),
            self._heat(moment),
        )

    def _resting(self) -> tuple[float, float, float]:
        return resting(self.spec.decay, self.spec.rate, self.spec.augmented) or (0.0, 0.0, 0.0)

    def _modes(self) -> Curves:
        gain, size, _ = self._resting()
        flat = np.ones(len(self.t))
        names = ("features, theory", "predictor, theory")
        lines = {names[0]: size * flat, names[1]: gain * flat}
        clouds = {names[0]: self.sizes.T, names[1]: self.gains.T}
        lines["alignment"] = np.nanmean(
            np.where(np.isfinite(self.alignment[:, 0]), self.alignment[:, 0], 0.0), axis=1
        )
        title = "Modes of the first network (thin)"
        return Curves(title, self.t, lines, _TIME, Axis("eigenvalue, cosine"), clouds=clouds)

    def _plane(self, moment: int) -> Points:
        gain, size, low = self._resting()
        alive = (1.0 + self.spec.augmented) / self.spec.rate
        xy = np.concatenate(
            [
                np.stack([self.gains[moment], self.sizes[moment]], axis=1),
                [[gain, size], [low, alive * low**2], [0.0, 0.0]],
            ]
        )
        kind = ("a mode",) * len(self.gains[moment])
        kind += ("rests", "divides", "collapses")
        title = f"Modes of the first network at time {self.t[moment]:,.4g}"
        return Points(title, xy, Axis("gain of the predictor p"), Axis("size of the mode s"), kind)

    def _heat(self, moment: int) -> Heatmap:
        values = self.products[moment]
        title = f"Predictor between eigenvectors, time {self.t[moment]:,.4g}"
        x, y = Axis("eigenvector, largest first"), Axis("eigenvector")
        return Heatmap(title, values, x, y, Axis("weight"), diverging=True, square=True)

    def _table(self) -> Table:
        def said(values: np.ndarray) -> tuple[str, ...]:
            return tuple(str(mean_over(row, of="", unit="seeds")) for row in values)

        aligned = [
            "undefined: collapsed" if np.isnan(row).any() else said(row[None])[0]
            for row in self.alignment[-1]
        ]
        return Table(
            f"{self.spec.n_seeds} seeds, 95 % t interval, at time {self.t[-1]:,.4g}",
            {
                "": ARMS,
                "total variance tr F": said(self.total[-1]),
                "live modes": said(self.n_live.astype(float)),
                "alignment": tuple(aligned),
                "commutator": said(self.commutator),
                "asymmetry": said(self.asymmetry),
            },
        )


def _totals(spec: PredictorSpec, t: np.ndarray, total: np.ndarray) -> Curves:
    """Total variance of features by arm; without a predictor theory is a straight line."""
    logs = np.log10(np.maximum(total, _FLOOR))
    lines = {name: logs[:, k].mean(axis=1) for k, name in enumerate(ARMS)}
    clouds = {ARMS[k]: logs[:, k].T for k in (0, 2, 3)}
    fading = np.log10(np.maximum(total[0, 1].mean(), _FLOOR))
    fades = fading - 2.0 * (spec.decay + spec.augmented) * t * np.log10(np.e)
    lines["theory: no predictor"] = np.maximum(fades, np.log10(_FLOOR))
    ticks = tuple((float(k), "1" if k == 0 else f"1e{k}") for k in range(-18, 3, 3))
    y = Axis("variance tr F", ticks=ticks)
    title = f"Who collapses: means of {spec.n_seeds} seeds"
    return Curves(title, t, lines, _TIME, y, clouds=clouds)


def rules_of(spec: PredictorSpec) -> Rules:
    """Every arm's rules, arm by arm."""
    import torch

    from engines.geometry.theory.noncontrastive import Rules

    def each(*by_arm: float) -> torch.Tensor:
        values = torch.tensor(by_arm, dtype=torch.float64)
        return values.repeat_interleave(spec.n_seeds)[:, None, None]

    asked = spec.decay
    return Rules(
        predictor=each(1, 0, 1, 1, 1),
        stopped=each(1, 1, 0, 1, 1),
        decay=each(asked, asked, asked, 0.0, 0.3),
        rate=each(*[spec.rate] * 5),
        follows=each(spec.follows, spec.follows, 0.0, spec.follows, spec.follows),
        augmented=each(*[spec.augmented] * 5),
        symmetric=spec.symmetric,
    )


def start_of(spec: PredictorSpec) -> State:
    """The same first weights in every arm; the identity where there is no predictor."""
    import torch

    from engines.geometry.theory.noncontrastive import begun

    parts = begun(spec.seed, spec.n_seeds, spec.dimension, START)
    predictor, features, target = (part.repeat(len(ARMS), 1, 1) for part in parts)
    predictor[spec.n_seeds : 2 * spec.n_seeds] = torch.eye(spec.dimension, dtype=torch.float64)
    return predictor, features, target


def frames_of(spec: PredictorSpec) -> Iterator[PredictorFrame | PredictorRun]:
    """A look every five units of time; all arms and seeds are one stack."""
    from engines.geometry.theory.noncontrastive import look, moved
    from engines.lab.training import one_thread

    state, rules = start_of(spec), rules_of(spec)
    n_looks = round(spec.duration / (STEP * EVERY))
    looks = [look(state, rules)]
    for k in range(n_looks):
        with one_thread():
            for _ in range(EVERY):
                state = moved(state, rules, STEP)
            looks.append(look(state, rules))
        t = STEP * EVERY * np.arange(len(looks))
        yield PredictorFrame(spec, t, _total(looks, spec), fraction=(k + 1) / (n_looks + 1))
    yield _run_of(spec, looks)


def _total(looks: list[Look], spec: PredictorSpec) -> np.ndarray:
    sums = np.array([one.sizes.sum(axis=1) for one in looks])
    return np.maximum(sums, 0.0).reshape(len(looks), len(ARMS), spec.n_seeds)


def _run_of(spec: PredictorSpec, looks: list[Look]) -> PredictorRun:
    shape = len(ARMS), spec.n_seeds
    end = looks[-1]
    return PredictorRun(
        spec=spec,
        t=STEP * EVERY * np.arange(len(looks)),
        total=_total(looks, spec),
        alignment=np.array([one.alignment for one in looks]).reshape(-1, *shape),
        n_live=end.live.sum(axis=1).reshape(shape),
        commutator=end.commutator.reshape(shape),
        asymmetry=end.asymmetry.reshape(shape),
        sizes=np.array([one.sizes[0] for one in looks]),
        gains=np.array([one.gains[0] for one in looks]),
        products=np.array([one.products[0] for one in looks], np.float32),
    )
