"""Modular addition: a network that learns a + b mod p by Fourier modes, a clock in the weights.

f(a, b) = sum over neurons of xi_m (theta_m[a] + theta_m[b])^2. A neuron with input phase phi at
one frequency must have output phase psi = 2 phi, and phases must spread, for the sums to cancel
(arXiv 2602.16849).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.contract import Frame, Result, Seed, Spec, SpecError, knob
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Points, Table
from engines.geometry.mechanisms.votes import by_chance, left, phase_symmetry, singles
from engines.lab.statistics import wilson

N_DRAWS = 500
_N_ORDERS = 20
"""Random orders in which neurons are taken away."""
SCORES = (
    "accuracy",
    "median |2 phi - psi| (rad)",
    "median dominant share",
    "frequencies used",
)


class ModularSpec(Spec):
    """A network that learns addition modulo a prime."""

    p: Literal[11, 13, 17, 19, 23, 29, 31] = knob(
        23, label="Modulus p", help="A prime; all p x p sums are learnt at once.", group="Task",
        widget="choice",
    )  # fmt: skip
    width: int = knob(128, label="Neurons", help="How many.", group="Network", ge=8, le=512)
    n_steps: int = knob(
        2500, label="Steps", help="Full-batch steps of AdamW.", group="Training", ge=10,
        le=20_000, soft=(500, 5_000),
    )  # fmt: skip
    learning_rate: float = knob(
        0.01, label="Learning rate", help="Of AdamW.", group="Training", gt=0.0, le=1.0,
        soft=(0.001, 0.1), log=True,
    )  # fmt: skip
    weight_decay: float = knob(
        0.5, label="Weight decay", help="What prunes a neuron to one frequency.",
        group="Training", ge=0.0, le=10.0, soft=(0.0, 2.0),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws the weights.", group="Training")

    def model_post_init(self, _context: object) -> None:
        """A full batch must fit."""
        if self.p**2 * self.width > 2_000_000:
            raise SpecError(f"{self.p} x {self.p} sums of {self.width} neurons are too many; "
                            "take fewer neurons")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Fourier:
    """Neurons in the frequency domain."""

    power_in: np.ndarray
    """float64[neuron, frequency 1 .. (p - 1) / 2]: share of a neuron's input weights."""
    frequency: np.ndarray
    """int64[neuron]: the strongest one."""
    share: np.ndarray
    """float64[neuron]: its share of the power."""
    phase_in: np.ndarray
    phase_out: np.ndarray
    """float64[neuron] in radians, at that frequency."""
    amplitude: np.ndarray
    """float64[neuron]: input amplitude squared times output amplitude."""

    def phase_error(self) -> np.ndarray:
        """|2 phi - psi| of each neuron, 0 to pi."""
        return np.abs(np.angle(np.exp(1j * (2 * self.phase_in - self.phase_out))))

    def used(self) -> np.ndarray:
        """bool[neuron]: strong enough to matter."""
        return self.amplitude > 0.05 * max(float(self.amplitude.max()), 1e-300)


def fourier(theta: np.ndarray, xi: np.ndarray) -> Fourier:
    """Spectra and phases of input weights theta [p, neuron] and output weights xi [neuron, p]."""
    theta, xi = np.asarray(theta, np.float64), np.asarray(xi, np.float64)
    n_in = np.fft.rfft(theta - theta.mean(axis=0), axis=0)[1:].T
    n_out = np.fft.rfft(xi - xi.mean(axis=1, keepdims=True), axis=1)[:, 1:]
    power = np.abs(n_in) ** 2
    total = np.maximum(power.sum(axis=1, keepdims=True), 1e-300)
    best = power.argmax(axis=1)
    rows = np.arange(len(best))
    strength = np.abs(n_in[rows, best]) ** 2 * np.abs(n_out[rows, best])
    return Fourier(
        power / total,
        best + 1,
        (power / total)[rows, best],
        np.angle(n_in[rows, best]),
        np.angle(n_out[rows, best]),
        strength,
    )


def analytic_weights(
    p: int, frequencies: list[int], n_phases: int
) -> tuple[np.ndarray, np.ndarray]:
    """Theta [p, neuron] and xi [neuron, p] on a grid of phases, with psi = 2 phi.

    Works when the phases make sums of e^(2 i phi) and e^(4 i phi) vanish: 3 do, 4 do not.
    """
    x = np.arange(p)
    theta, xi = [], []
    for k in frequencies:
        for phase in 2 * np.pi * np.arange(n_phases) / n_phases:
            theta.append(np.cos(2 * np.pi * k * x / p + phase))
            xi.append(np.cos(2 * np.pi * k * x / p + 2 * phase))
    return np.stack(theta, axis=1), np.stack(xi)


def logits(theta: np.ndarray, xi: np.ndarray) -> np.ndarray:
    """float64[a, b, c] of every sum."""
    return (theta[:, None, :] + theta[None, :, :]) ** 2 @ xi


def accuracy(theta: np.ndarray, xi: np.ndarray) -> float:
    """Share of sums that are right; a tie within rounding counts as wrong."""
    found = logits(theta, xi)
    p = len(theta)
    wanted = (np.arange(p)[:, None] + np.arange(p)[None, :]) % p
    right = np.take_along_axis(found, wanted[..., None], -1)[..., 0]
    others = found.copy()
    np.put_along_axis(others, wanted[..., None], -np.inf, -1)
    return float((right > others.max(axis=-1) + 1e-9).mean())


def median_interval(values: np.ndarray, seed: int) -> tuple[float, float]:
    """95 % of medians of values drawn with replacement; nan for fewer than two."""
    if len(values) < 2:
        return float("nan"), float("nan")
    rng = np.random.default_rng([seed % 2**32, 23])
    drawn = np.median(values[rng.integers(0, len(values), (N_DRAWS, len(values)))], axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def scores_of(theta: np.ndarray, xi: np.ndarray, seed: int) -> np.ndarray:
    """float64[score, 3]: value and 95 % interval of each of `SCORES`."""
    found = fourier(theta, xi)
    used = found.used()
    right = accuracy(theta, xi)
    error, share = found.phase_error()[used], found.share[used]
    n_used = float(len(set(found.frequency[used].tolist())))
    return np.array(
        [
            (right, *wilson(right * len(theta) ** 2, len(theta) ** 2)),
            (np.median(error), *median_interval(error, seed)),
            (np.median(share), *median_interval(share, seed)),
            (n_used, np.nan, np.nan),  # all neurons are counted, none is drawn
        ]
    )


def pictures_of(theta: np.ndarray, xi: np.ndarray, picked: int = 0) -> tuple[Picture, ...]:
    """Phase wheel, phase relation, spectra of neurons, and how many each frequency has.

    ``picked`` is a frequency whose neurons stand out; 0 is none.
    """
    found = fourier(theta, xi)
    n, used = found.power_in.shape[1], found.used()
    frequency, phase = found.frequency[used], found.phase_in[used]
    wheel = frequency[:, None] * np.column_stack([np.cos(phase), np.sin(phase)])
    relation = np.column_stack([2 * phase, found.phase_out[used]]) % (2 * np.pi)
    counts = np.bincount(frequency, minlength=n + 1)[1:].astype(float)
    kinds = tuple(f"frequency {picked}" if k == picked else "others" for k in frequency)
    shown = kinds if picked else ()
    order = np.lexsort((-found.share, found.frequency))
    ticks = tuple((k + 0.5, str(k + 1)) for k in range(0, n, 2))
    radians = Axis("2 x input phase", "rad"), Axis("output phase", "rad")
    return (
        Points("Phase wheel, a ring per frequency", wheel, Axis("frequency x cos"),
               Axis("frequency x sin"), shown, square=True),
        Points("Output by twice input phase", relation, *radians, shown, square=True),
        Heatmap(
            "Spectrum of each neuron's input weights",
            found.power_in[order],
            Axis("frequency", ticks=ticks),
            Axis("neuron, by frequency"),
            Axis("share of power"),
        ),
        Bars("Neurons per frequency", counts, Axis("frequency"), Axis("neurons"),
             x=np.arange(1, n + 1)),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class ModularFrame(Frame):
    """The weights at one step."""

    step: int
    theta: np.ndarray
    xi: np.ndarray

    def pictures(self, picked: int = 0) -> tuple[Picture, ...]:
        """Spectra and phases now."""
        return pictures_of(self.theta, self.xi, picked)


@dataclass(frozen=True, eq=False)
class ModularRun(Result):
    """The trained weights and their course."""

    spec: ModularSpec
    steps: np.ndarray
    theta: np.ndarray
    """float32[moment, p, neuron]."""
    xi: np.ndarray
    """float32[moment, neuron, p]."""
    accuracies: np.ndarray
    shares: np.ndarray
    """float64[moment]: median dominant share of power."""
    errors: np.ndarray
    """float64[moment]: median |2 phi - psi| in radians."""
    n_left: np.ndarray
    """int64[number]: neurons that are left of the trained network."""
    left: np.ndarray
    """float64[order, number, (accuracy, margin over the spread of logits)]."""
    alone: np.ndarray
    """float64[neuron]: share of sums that each trained neuron gets right by itself."""

    def cancelled(self) -> np.ndarray:
        """float64[group, 3]: neurons of each used frequency, and both `phase_symmetry` of them."""
        found = fourier(self.theta[-1], self.xi[-1])
        used, rows = found.used(), []
        for k in range(1, found.power_in.shape[1] + 1):
            phases = found.phase_in[used & (found.frequency == k)]
            rows.append((len(phases), *(phase_symmetry(phases) if len(phases) else (np.nan,) * 2)))
        return np.array(rows)

    def moments(self) -> tuple[Frame, ...]:
        """The weights through training."""
        last = float(self.steps[-1])
        return tuple(
            ModularFrame(int(s), t, x, fraction=float(s) / last)
            for s, t, x in zip(self.steps[:-1], self.theta[:-1], self.xi[:-1], strict=True)
        )

    def pictures(self, picked: int = 0) -> tuple[Picture, ...]:
        """Spectra and phases at the end, their course, and the numbers with their control."""
        lines = {
            "accuracy": self.accuracies,
            "dominant share of power": self.shares,
            "phase error / pi": self.errors / np.pi,
        }
        x, y = Axis("training step"), Axis("share")
        now, start = (scores_of(self.theta[k], self.xi[k], self.spec.seed) for k in (-1, 0))
        neurons = f"{N_DRAWS} bootstraps over neurons"
        table = Table(
            "Scores with 95 % intervals",
            {
                "score": SCORES,
                "trained": now[:, 0],
                "low": now[:, 1],
                "high": now[:, 2],
                "random start (control)": start[:, 0],
                "control low": start[:, 1],
                "control high": start[:, 2],
                "n": (f"{self.spec.p**2} sums", *(f"{self.spec.width} neurons",) * 3),
                "estimator": ("Wilson", neurons, neurons, "a count, nothing is drawn"),
                "seed": np.array([self.spec.seed] * 4),
            },
        )
        course = Curves("How the clock forms", self.steps.astype(float), lines, x, y)
        votes = (self._votes(), self._cancelling())
        return (*pictures_of(self.theta[-1], self.xi[-1], picked), course, *votes, table)

    def _votes(self) -> Curves:
        """Accuracy and margin with neurons taken away, and of neurons alone."""
        lines, bands = {}, {}
        for k, name in enumerate(("accuracy", "margin / spread of logits")):
            values = self.left[:, :, k]
            lines[name] = values.mean(axis=0)
            bands[name] = tuple(np.quantile(values, q, axis=0) for q in (0.025, 0.975))
        lines["accuracy of a neuron alone"] = np.full(len(self.n_left), self.alone.mean())
        title = f"Neurons vote: 95 % of {_N_ORDERS} orders"
        return Curves(title, self.n_left.astype(float), lines, Axis("neurons left"),
                      Axis("share, margin"), bands)  # fmt: skip

    def _cancelling(self) -> Curves:
        """How well the phases of each frequency cancel, beside random ones."""
        n, twice, four_times = self.cancelled().T
        chance = np.array([by_chance(int(k)) if k else np.nan for k in n])
        lines = {"twice the phase": twice, "four times": four_times, "random phases": chance}
        frequency = np.arange(1.0, len(n) + 1)
        return Curves("Do phases cancel? 0: entirely", frequency, lines, Axis("frequency"),
                      Axis("|mean of e^(i k phase)|"), dots=lines)  # fmt: skip


def frames_of(spec: ModularSpec) -> Iterator[ModularFrame | ModularRun]:
    """The weights now and then, and the run last."""
    import torch

    from engines.geometry.learning.networks import n_threads

    draw = torch.Generator().manual_seed(spec.seed % 2**63)
    p, m = spec.p, spec.width
    theta = (torch.randn(p, m, generator=draw) * 0.1).requires_grad_()
    xi = (torch.randn(m, p, generator=draw) * 0.1).requires_grad_()
    grid = torch.arange(p)
    wanted = ((grid[:, None] + grid[None, :]) % p).ravel()
    optimiser = torch.optim.AdamW([theta, xi], spec.learning_rate, weight_decay=spec.weight_decay)
    kept: list[tuple[int, np.ndarray, np.ndarray]] = []
    every = max(1, spec.n_steps // 50)
    for step in range(spec.n_steps + 1):
        if step % every == 0 or step == spec.n_steps:
            now = theta.detach().numpy().copy(), xi.detach().numpy().copy()
            kept.append((step, *now))
            yield ModularFrame(step, *now, fraction=step / spec.n_steps)
        if step == spec.n_steps:
            break
        with n_threads(1):
            optimiser.zero_grad()
            hidden = (theta[:, None, :] + theta[None, :, :]).reshape(p * p, m) ** 2
            torch.nn.functional.cross_entropy(hidden @ xi, wanted).backward()
            optimiser.step()
    spectra = [fourier(t, x) for _, t, x in kept]
    end = [weights.astype(np.float64) for weights in kept[-1][1:]]
    n_left = np.unique(np.rint(np.geomspace(1, m, 16)).astype(np.int64))
    rng = np.random.Generator(np.random.Philox(key=[spec.seed, 5]))
    yield ModularRun(
        spec,
        np.array([s for s, _, _ in kept]),
        np.stack([t for _, t, _ in kept]),
        np.stack([x for _, _, x in kept]),
        np.array([accuracy(t, x) for _, t, x in kept]),
        np.array([float(np.median(f.share[f.used()])) for f in spectra]),
        np.array([float(np.median(f.phase_error()[f.used()])) for f in spectra]),
        n_left,
        left(end[0], end[1], n_left, _N_ORDERS, rng),
        singles(end[0], end[1]),
    )
