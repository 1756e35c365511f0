"""Deep linear networks learn one mode after the other: Saxe, McClelland and Ganguli 2014.

With whitened inputs and balanced, aligned weights each mode of strength s follows
u' = 2 u (s - u) / tau, whose solution is u(t) = s e^(2st/tau) / (e^(2st/tau) - 1 + s/u0).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.contract import Frame, Result, Seed, Spec, SpecError, knob
from engines.contract.pictures import Axis, Curves, Picture, Table


class SaxeSpec(Spec):
    """A two-layer linear network that learns a map of a few strengths."""

    strengths: tuple[float, ...] = knob(
        (4.0, 3.0, 2.0, 1.0),
        label="Strengths",
        help="Singular values of the map that is learnt, largest first, as a JSON list.",
        group="Task",
        min_length=1,
        max_length=8,
    )
    start: Literal["aligned", "random"] = knob(
        "aligned",
        label="Start",
        help="Aligned and balanced weights follow the closed form; small random ones nearly do.",
        group="Network",
    )
    first: float = knob(
        0.001,
        label="First strength u0",
        help="Strength of each mode before training; the scale squared for a random start.",
        group="Network",
        gt=0.0,
        le=0.5,
        log=True,
        soft=(1e-6, 0.1),
    )
    width: int = knob(16, label="Hidden units", help="How many.", group="Network", ge=1, le=256)
    step_size: float = knob(
        0.005, label="Step h", help="Learning rate over tau, of gradient descent.",
        group="Training", gt=0.0, le=0.2, soft=(0.001, 0.05), log=True,
    )  # fmt: skip
    duration: float = knob(
        8.0, label="Duration t / tau", help="How long it learns.", group="Training", gt=0.0,
        le=100.0, soft=(1.0, 20.0),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Turns the map, and draws a random start.",
                      group="Training")  # fmt: skip

    def model_post_init(self, _context: object) -> None:
        """Strengths must be positive, and the start below them."""
        if min(self.strengths) <= self.first:
            raise SpecError(
                f"every strength must be above the first strength {self.first:g}, got "
                f"{min(self.strengths):g}"
            )
        if self.width < len(self.strengths):
            raise SpecError(
                f"{len(self.strengths)} modes need at least as many hidden units, got {self.width}"
            )
        if self.step_size * max(self.strengths) > 0.5:
            raise SpecError(
                f"step {self.step_size:g} is too large for strength {max(self.strengths):g}: "
                f"gradient descent would oscillate; take at most {0.5 / max(self.strengths):.3g}"
            )


def strength_at(t: np.ndarray | float, s: float, u0: float) -> np.ndarray:
    """Strength of a mode at time t / tau; stable for large t.

    >>> float(strength_at(0.0, 3.0, 0.1)), round(float(strength_at(50.0, 3.0, 0.1)), 9)
    (0.1, 3.0)
    """
    shrunk = np.exp(-2.0 * s * np.asarray(t, np.float64))
    return s / (1.0 + (s / u0 - 1.0) * shrunk)


def half_time(s: float, u0: float) -> float:
    """When a mode has half its strength: ln(s / u0 - 1) / (2 s)."""
    return float(np.log(s / u0 - 1.0) / (2.0 * s))


def flow(u: np.ndarray, s: np.ndarray) -> np.ndarray:
    """du/dt of each mode."""
    return 2.0 * u * (s - u)


def euler(u0: np.ndarray, s: np.ndarray, h: float, n: int) -> np.ndarray:
    """Strengths [step, mode] by Euler's method; what gradient descent does, to first order."""
    return _integrated(lambda u: u + h * flow(u, s), u0, n)


def runge_kutta(u0: np.ndarray, s: np.ndarray, h: float, n: int) -> np.ndarray:
    """Strengths [step, mode] by the classical fourth-order method."""

    def step(u: np.ndarray) -> np.ndarray:
        a = flow(u, s)
        b = flow(u + h / 2 * a, s)
        c = flow(u + h / 2 * b, s)
        d = flow(u + h * c, s)
        return u + h / 6 * (a + 2 * b + 2 * c + d)

    return _integrated(step, u0, n)


def _integrated(step: Callable[[np.ndarray], np.ndarray], u0: np.ndarray, n: int) -> np.ndarray:
    found = np.empty((n + 1, len(u0)))
    found[0] = u0
    for k in range(n):
        found[k + 1] = step(found[k])
    return found


@dataclass(frozen=True, eq=False)
class SaxeFrame(Frame):
    """The network so far."""

    spec: SaxeSpec
    t: np.ndarray
    strengths: np.ndarray
    """float64[moment, mode] of the network."""

    def pictures(self) -> tuple[Picture, ...]:
        """Points on theory."""
        return (trajectories(self.spec, self.t, self.strengths),)


@dataclass(frozen=True, eq=False)
class SaxeRun(Result):
    """The network's modes through time, and how far from theory they are."""

    spec: SaxeSpec
    t: np.ndarray
    strengths: np.ndarray
    """float64[moment, mode]."""
    loss: np.ndarray

    def half_times(self) -> np.ndarray:
        """When each mode passed half its strength, nan if it did not; float64[mode]."""
        found = []
        for k, s in enumerate(self.spec.strengths):
            above = np.flatnonzero(self.strengths[:, k] >= s / 2)
            if not len(above) or above[0] == 0:
                found.append(np.nan)
                continue
            j = int(above[0])
            low, high = self.strengths[j - 1 : j + 1, k]
            share = (s / 2 - low) / (high - low)
            found.append(float(self.t[j - 1] + share * (self.t[j] - self.t[j - 1])))
        return np.array(found)

    def pictures(self) -> tuple[Picture, ...]:
        """Points on theory, the loss, and when each mode is learnt."""
        loss = Curves("Loss", self.t, {"network": self.loss}, Axis("time t / tau"), Axis("loss"))
        s = np.array(self.spec.strengths)
        theory = np.array([half_time(v, self.spec.first) for v in s])
        worst = np.abs(self.strengths - _theory(self.spec, self.t)).max(axis=0)
        table = Table(
            "Half times",
            {
                "strength s": s,
                "theory": theory,
                "network": self.half_times(),
                "network x s": self.half_times() * s,
                "largest distance from theory": worst,
            },
        )
        return (trajectories(self.spec, self.t, self.strengths), loss, table)


def _theory(spec: SaxeSpec, t: np.ndarray) -> np.ndarray:
    return np.stack([strength_at(t, s, spec.first) for s in spec.strengths], axis=1)


def trajectories(spec: SaxeSpec, t: np.ndarray, found: np.ndarray) -> Curves:
    """Theory as lines, the network as points."""
    every = max(1, len(t) // 60)
    theory = _theory(spec, t)
    lines = {f"s = {s:g}": theory[:, k] for k, s in enumerate(spec.strengths)}
    shown = np.zeros(len(t), bool)
    shown[::every] = True
    dots = {
        f"s = {s:g}": np.where(shown, found[:, k], np.nan) for k, s in enumerate(spec.strengths)
    }
    title = "Strength of each mode: lines are theory, points the network"
    return Curves(title, t, lines, Axis("time t / tau"), Axis("strength u"), dots=dots)


def frames_of(spec: SaxeSpec) -> Iterator[SaxeFrame | SaxeRun]:
    """A few dozen moments of gradient descent, and the run last."""
    s = np.array(spec.strengths)
    n_modes, h = len(s), spec.step_size
    rng = np.random.default_rng(spec.seed)
    left, _ = np.linalg.qr(rng.standard_normal((n_modes, n_modes)))
    right, _ = np.linalg.qr(rng.standard_normal((n_modes, n_modes)))
    target = left @ np.diag(s) @ right.T
    w1, w2 = _start(spec, left, right, rng)
    n = int(np.ceil(spec.duration / h))
    every = max(1, n // 400)
    t, found, loss = [], [], []
    for k in range(n + 1):
        if k % every == 0 or k == n:
            product = w2 @ w1
            t.append(k * h)
            found.append(np.diag(left.T @ product @ right))
            loss.append(0.5 * float(((target - product) ** 2).sum()))
            if k % (every * 20) == 0:
                yield SaxeFrame(spec, np.array(t), np.stack(found), fraction=k / n)
        # Whitened inputs: the gradient needs the error of the map alone.
        error = target - w2 @ w1
        w1, w2 = w1 + h * (w2.T @ error), w2 + h * (error @ w1.T)
    yield SaxeRun(spec, np.array(t), np.stack(found), np.array(loss))


def _start(
    spec: SaxeSpec, left: np.ndarray, right: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    n_modes, scale = len(spec.strengths), np.sqrt(spec.first)
    if spec.start == "random":
        size = scale / np.sqrt(spec.width)
        return (
            size * rng.standard_normal((spec.width, n_modes)),
            size * rng.standard_normal((n_modes, spec.width)),
        )
    hidden, _ = np.linalg.qr(rng.standard_normal((spec.width, n_modes)))
    return scale * hidden @ right.T, scale * left @ hidden.T
