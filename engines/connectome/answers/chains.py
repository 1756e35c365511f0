"""Chains of which every path can be counted, and regressions that another solver solves."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np

from engines.connectome.recordings import hidden
from engines.connectome.recordings.chain import Posterior, posterior, stationary
from engines.connectome.recordings.couplings import spikes
from engines.connectome.recordings.states import (
    MODELS,
    ONE,
    TRUE,
    Fitted,
    accuracy,
    planted_and_fitted,
)
from engines.contract import KnownAnswer
from engines.lab.data.coupled import coupled_states

_PLAN = "bound of the plan, measured on other planted data of the same size by other code"


def small_chain(
    seed: int = 0, n_states: int = 3, n_steps: int = 6
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log emissions float64[1, step, state], start and transitions drawn at random."""
    rng = np.random.Generator(np.random.Philox(seed))
    transition = rng.dirichlet(np.ones(n_states), n_states)
    return rng.normal(0, 3, (1, n_steps, n_states)), rng.dirichlet(np.ones(n_states)), transition


def by_all_paths(
    log_emission: np.ndarray, initial: np.ndarray, transition: np.ndarray
) -> Posterior:
    """The same as `posterior`, by adding up every path of states of one sequence."""
    n_steps, n_states = log_emission.shape[1:]
    total, state, moves = 0.0, np.zeros((n_steps, n_states)), np.zeros((n_states, n_states))
    for path in itertools.product(range(n_states), repeat=n_steps):
        weight = initial[path[0]] * np.prod([transition[i, j] for i, j in itertools.pairwise(path)])
        weight *= np.exp(sum(log_emission[0, t, s] for t, s in enumerate(path)))
        total += weight
        for t, s in enumerate(path):
            state[t, s] += weight
        for i, j in itertools.pairwise(path):
            moves[i, j] += weight
    return Posterior(np.array([np.log(total)]), state[None] / total, moves / total)


def off_from_all_paths(seed: int = 0) -> float:
    """Largest difference in likelihood, states and moves."""
    chain = small_chain(seed)
    ours, theirs = posterior(*chain), by_all_paths(*chain)
    parts = ("log_likelihood", "state", "moves")
    return max(float(np.abs(getattr(ours, p) - getattr(theirs, p)).max()) for p in parts)


def off_from_scipy() -> float:
    """Largest difference in the couplings of one neuron with a single state to BFGS's."""
    from scipy.optimize import minimize

    made = coupled_states(5, n_neurons=4, n_sequences=2, density=0.5)
    given = spikes(made.counts)
    counts = given.counts[:, 0]

    def loss(weight: np.ndarray) -> float:
        log_rate = -np.logaddexp(0.0, -(given.history @ weight))
        return float((np.exp(log_rate) - counts * log_rate).sum() / len(counts))

    theirs = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-8}).x
    return float(np.abs(hidden.one_state(given, 12).weight[0, 0] - theirs).max())


def least_rise(n_rounds: int = 15) -> float:
    """The least change of the likelihood per step in any round of a naive fit."""
    made = coupled_states(2, n_steps=300, n_sequences=4)
    given = spikes(made.counts)
    fits = hidden.rounds(given, hidden.begun(given, 3, 0), "naive", n_rounds)
    return float(np.diff([reached for _, reached in fits]).min())


@cache
def fitted(seed: int = 0) -> Fitted:
    """One recording at the plan's size, with all models."""
    *_, made = planted_and_fitted(seed, n_states=3, strength=1.0, window=5, stay=0.98)
    assert made is not None
    return made


def _accuracy(name: str) -> float:
    return float(fitted().score[MODELS.index(name), 1])


def _gain(name: str) -> float:
    return float(fitted().score[MODELS.index(name), 0] - fitted().score[ONE, 0])


def perfect_reading() -> float:
    """Accuracy of states that are called by other names."""
    planted = np.array([[0, 0, 1, 2, 2, 1]])
    return accuracy(np.eye(3)[[2, 0, 1]][planted], planted)


def chain_answers() -> tuple[KnownAnswer, ...]:
    """Enumeration, another solver, laws of chains, and the bounds of the plan."""
    return (
        KnownAnswer(
            "forward-backward less all 729 paths of six steps, largest difference",
            "brute force", 0.0, 1e-10, off_from_all_paths,
        ),
        KnownAnswer(
            "couplings of a single state less scipy's BFGS, largest difference",
            "scipy.optimize.minimize on the same likelihood", 0.0, 1e-4, off_from_scipy,
        ),
        KnownAnswer(
            "how far the likelihood falls in any round of learning",
            "expectation maximisation never lets it fall (Dempster, Laird & Rubin 1977)",
            0.0, 1e-9, lambda: float(min(least_rise(), 0.0)),
        ),
        KnownAnswer(
            "share of time in the first of two states", "closed form: b / (a + b)", 0.25, 1e-12,
            lambda: float(stationary(np.array([[0.7, 0.3], [0.1, 0.9]]))[0]),
        ),
        KnownAnswer(
            "accuracy when states have other names", "names mean nothing: 1", 1.0, 0.0,
            perfect_reading,
        ),
        KnownAnswer(
            "steps in the right state, one-hot", _PLAN + ": at least 0.93", 1.0, 0.07,
            lambda: _accuracy("one-hot"),
        ),
        KnownAnswer(
            "steps in the right state, one-hot less true parameters", _PLAN + ": within 0.01",
            0.0, 0.01, lambda: _accuracy("one-hot") - float(fitted().score[TRUE, 1]),
        ),
        KnownAnswer(
            "held-out nats per step above one state, naive", _PLAN + ": 0.15 to 0.5",
            0.325, 0.175, lambda: _gain("naive"),
        ),
        KnownAnswer(
            "held-out nats per step, one-hot less true parameters",
            "no model beats the true one by more than chance; the plan's lost 0.009 to 0.026",
            -0.015, 0.02, lambda: _gain("one-hot") - _gain("true parameters"),
        ),
    )  # fmt: skip


def _rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def _share_of_paths() -> float:
    """Largest gap between how often paths are drawn and how likely they are, all 3^4 of them."""
    from engines.connectome.grouping.regimes import path

    rng, n_draws = _rng(0), 20_000
    logs, moves = rng.normal(size=(4, 3)), rng.dirichlet(np.ones(3), 3)
    every = np.array(list(itertools.product(range(3), repeat=4)))
    odds = np.exp(logs[np.arange(4), every].sum(axis=1))
    odds *= moves[every[:, :-1], every[:, 1:]].prod(axis=1)
    drawn = np.array([path(logs, moves, rng.random(4)) for _ in range(n_draws)])
    often = np.bincount(drawn @ [27, 9, 3, 1], minlength=81) / n_draws
    return float(np.abs(often - odds / odds.sum()).max())


def _agreement(spread: float) -> float:
    from engines.connectome.grouping import regimes
    from engines.connectome.partitions.agreement import ari

    made = regimes.planted(_rng(1), 45, 300, mean=0.3, spread=spread, stay=0.95)
    drawn = regimes.drawn(_rng(2), made.counts, 3, 3, 60)
    return ari(max(drawn, key=lambda one: one.log_joint).regime, made.regime)


def regime_answers() -> tuple[KnownAnswer, ...]:
    """Of the sampler, and of recordings with nothing and with much in them."""
    return (
        KnownAnswer("share of 20,000 drawn paths less their probability, largest of 81",
                    "all paths enumerated; five binomial errors", 0.0, 0.016, _share_of_paths),
        KnownAnswer("agreement of regimes where all rates are alike", "chance", 0.0, 0.05,
                    lambda: _agreement(0.0)),
        KnownAnswer("agreement of regimes where rates differ by far", "nothing to mistake", 1.0,
                    0.02, lambda: _agreement(2.0)),
    )  # fmt: skip
