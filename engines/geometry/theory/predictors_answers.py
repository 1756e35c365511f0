"""Known answers of learning without negative pairs, each with the place it comes from."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engines.contract import KnownAnswer
from engines.geometry.theory.predictors import PredictorRun, PredictorSpec, frames_of
from engines.geometry.theory.resting import resting

_TIAN = "Tian, Chen & Ganguli 2021"
_FLOOR = "prototype of 5 seeds, its floor"


def predictor_answers() -> tuple[KnownAnswer, ...]:
    """A mode by itself, its rest, balance, collapse, and floors of a prototype."""
    return (
        KnownAnswer("aligned network at t = 40 less the two-variable equation of its modes",
                    f"{_TIAN}; scipy solve_ivp of two variables", 0.0, 1e-6, _less_modes),
        KnownAnswer("W W' - W_p' W_p / alpha_p at t = 20 over its start, largest distance from "
                    "e^(-2 eta t)", f"{_TIAN}, theorem 1: balance", 0.0, 1e-6, _balance),
        KnownAnswer("size of live modes at the end, largest distance from their rest",
                    "closed form: (1 + s) p² with p (1 - p (1 + s)) = η", 0.0, 1e-5,
                    lambda: _end()[0]),
        KnownAnswer("tr F without a predictor at t = 100, over its start",
                    "closed form: e^(-2 (η + s) t)", float(np.exp(-10.0)), 1e-9,
                    lambda: _end()[1]),
        KnownAnswer("greatest decay at which a mode can rest, s = .03",
                    "closed form: 1 / 4(1 + s)", 0.25 / 1.03, 1e-6, _greatest),
        KnownAnswer("alignment at the end, above .95", _FLOOR, 1.0, 0.05, lambda: _end()[2]),
        KnownAnswer("tr F at the end without stop-gradient, below 1e-6", _FLOOR, 0.0, 1e-6,
                    lambda: _end()[3]),
        KnownAnswer("tr F at the end with decay .3, below 1e-6", _FLOOR, 0.0, 1e-6,
                    lambda: _end()[4]),
        KnownAnswer("commutator at the end, below 1e-4", _FLOOR, 0.0, 1e-4, lambda: _end()[5]),
    )  # fmt: skip


def _less_modes() -> float:
    import torch
    from scipy.integrate import solve_ivp

    from engines.geometry.theory.noncontrastive import Rules, moved
    from engines.lab.training import one_thread

    rng = np.random.Generator(np.random.Philox(0))
    left, right = (np.linalg.qr(rng.standard_normal((6, 6)))[0] for _ in range(2))
    p, w, s, eta, rate = np.linspace(0.1, 0.6, 6), np.linspace(0.7, 0.2, 6), 0.03, 0.02, 0.7
    one = torch.ones(1, 1, 1, dtype=torch.float64)
    rules = Rules(one, one, eta * one, rate * one, 0 * one, s * one)
    features = torch.from_numpy(left @ np.diag(w) @ right.T)[None]
    state = torch.from_numpy(left @ np.diag(p) @ left.T)[None], features, features
    with one_thread():
        for _ in range(800):
            state = moved(state, rules, 0.05)

    def mode(_t: float, y: np.ndarray) -> np.ndarray:
        p, w = y[:6], y[6:]
        off = 1.0 - p * (1.0 + s)
        return np.concatenate([rate * w**2 * off - eta * p, w * (p * off - eta)])

    found = solve_ivp(mode, (0, 40), np.concatenate([p, w]), rtol=1e-10, atol=1e-12).y[:, -1]
    ours = [np.diag(left.T @ state[0][0].numpy() @ left),
            np.diag(left.T @ state[1][0].numpy() @ right)]  # fmt: skip
    return float(np.abs(np.concatenate(ours) - found).max())


def _balance() -> float:
    import torch

    from engines.geometry.theory.noncontrastive import Rules, begun, moved
    from engines.lab.training import one_thread

    one = torch.ones(1, 1, 1, dtype=torch.float64)
    rules = Rules(one, one, 0.05 * one, 2.0 * one, 0.1 * one, 0.03 * one)
    state = begun(0, 3, 8, 0.3)

    def kept(predictor: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        return features @ features.mT - predictor.mT @ predictor / 2.0

    before = kept(*state[:2])
    with one_thread():
        for _ in range(400):
            state = moved(state, rules, 0.05)
    return float((kept(*state[:2]) - np.exp(-2.0) * before).abs().max())


@lru_cache(maxsize=1)
def _end() -> tuple[float, ...]:
    spec = PredictorSpec(n_seeds=5)
    *_, run = frames_of(spec)
    assert isinstance(run, PredictorRun)
    rest = resting(spec.decay, spec.rate, spec.augmented)
    assert rest is not None
    live = run.sizes[-1][run.sizes[-1] > 1e-2]
    faded = (run.total[20, 1] / run.total[0, 1]).mean()
    ends = run.total[-1].max(axis=1)
    return (
        float(np.abs(live - rest[1]).max()), float(faded), float(run.alignment[-1, 0].min()),
        float(ends[2]), float(ends[4]), float(run.commutator[0].max()),
    )  # fmt: skip


def _greatest() -> float:
    decays = np.linspace(0.0, 0.5, 1_000_001)
    high = np.searchsorted([resting(d, 1.0, 0.03) is None for d in decays[::1000]], True)
    near = decays[(high - 1) * 1000 : high * 1000 + 1]
    return float(near[np.searchsorted([resting(d, 1.0, 0.03) is None for d in near], True)])
