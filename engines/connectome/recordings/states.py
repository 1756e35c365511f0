"""One planted recording with hidden states: fitted with every prior, beside its controls."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from engines.connectome.recordings import hidden
from engines.connectome.recordings.chain import posterior
from engines.connectome.recordings.couplings import Spikes, log_emission, spikes
from engines.connectome.recordings.hidden import PRIORS, Model
from engines.connectome.recordings.recovery import matching
from engines.connectome.recordings.shifting import shifted
from engines.lab.data.coupled import CoupledPopulation, coupled_states

N_TRAIN, N_STARTS = 8, 2
N_ROUNDS, N_MORE = 10, 6
"""Of each start, and of the best one with each prior."""
MODELS = ("one state", *PRIORS, "true parameters", "recording shifted")
ONE, TRUE, SHIFTED = 0, len(PRIORS) + 1, len(PRIORS) + 2
THRESHOLDS = np.linspace(0.05, 1.5, 30)
"""Sizes above which a coupling counts as there."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """Models of one recording and what they score on sequences that they did not learn from."""

    made: CoupledPopulation
    test: Spikes
    shifted_test: Spikes
    models: dict[str, Model]
    """By name; states in the order of what was planted, as far as they were matched."""
    score: np.ndarray
    """float64[model, (log likelihood per step, share of steps in the right state)]."""
    signs: np.ndarray
    """float64[(naive, Gaussian, one-hot, shifted), threshold]: balanced accuracy."""
    history_mean: np.ndarray = field(default_factory=lambda: np.zeros(0))
    """float64[1 + neuron]: mean history while learning."""

    def accuracy_without(self, name: str, gone: np.ndarray) -> float:
        """Share of steps in the right state when nobody looks at some neurons, bool[neuron].

        Nothing is learnt again: their counts say nothing, and what they did before is its mean.
        """
        before = self.test.history.copy()
        before[:, 1:][:, gone] = self.history_mean[1:][gone]
        given = replace(self.test, counts=self.test.counts[:, ~gone], history=before)
        model = self.models[name]
        seen = posterior(
            log_emission(given, model.weight[:, ~gone]), model.initial, model.transition
        )
        return accuracy(seen.state, self.made.state[N_TRAIN:])


def planted_and_fitted(
    seed: int, *, n_states: int, strength: float, window: int, stay: float
) -> Iterator[Fitted | None]:
    """None while it is worked on, every few rounds; everything last."""
    made = coupled_states(seed, stay=stay)
    train, test = spikes(made.counts[:N_TRAIN], window), spikes(made.counts[N_TRAIN:], window)
    rng = np.random.Generator(np.random.Philox(key=[seed, 2]))
    turned = shifted(made.counts, rng)
    twins = spikes(turned[:N_TRAIN], window), spikes(turned[N_TRAIN:], window)
    models = {MODELS[ONE]: hidden.one_state(train)}
    yield None
    start = yield from _best_start(train, n_states, seed)
    for prior in PRIORS:
        models[prior] = yield from _continued(train, start, prior, strength)
    start = yield from _best_start(twins[0], n_states, seed, n_starts=1)
    models[MODELS[SHIFTED]] = yield from _continued(twins[0], start, "naive", strength)
    n = made.weight.shape[1]
    equal = np.full(len(made.weight), 1.0 / len(made.weight))
    thirds = np.full((n, n, 3), 1.0 / 3.0)
    models[MODELS[TRUE]] = Model(equal, made.transition, made.weight, thirds)
    models = {name: _in_order(model, name, train, twins[0], made) for name, model in models.items()}
    score = np.array([_score(name, models[name], test, twins[1], made) for name in MODELS])
    curves = [_sign_curve(models[name].coupling, made) for name in (*PRIORS, MODELS[SHIFTED])]
    yield Fitted(made, test, twins[1], models, score, np.array(curves),
                 train.history.mean(axis=0))  # fmt: skip


def _best_start(
    given: Spikes, n_states: int, seed: int, n_starts: int = N_STARTS
) -> Generator[None, None, Model]:
    """The start with the largest likelihood while learning, as the generator's value."""
    best, most = hidden.begun(given, n_states, seed), -np.inf
    for k in range(n_starts):
        begun = hidden.begun(given, n_states, seed + k)
        *_, (model, reached) = yield from _every_third(
            hidden.rounds(given, begun, "naive", N_ROUNDS)
        )
        if reached > most:
            best, most = model, reached
    return best


def _continued(
    given: Spikes, start: Model, prior: hidden.Prior, strength: float
) -> Generator[None, None, Model]:
    """The start learnt on with a prior."""
    learnt = hidden.rounds(given, start, prior, N_MORE, strength=strength)
    *_, (model, _) = yield from _every_third(learnt)
    return model


def _every_third(
    learnt: Iterator[tuple[Model, float]],
) -> Generator[None, None, list[tuple[Model, float]]]:
    """A moment for whoever watches after every third round; the last round as the value."""
    last: list[tuple[Model, float]] = []
    for number, one in enumerate(learnt):
        last = [one]
        if number % 3 == 0:
            yield None
    return last


def confusion(state: np.ndarray, planted: np.ndarray) -> np.ndarray:
    """float64[planted, found]: how often a step of a planted state is most likely in a found one.

    ``state`` float64[sequence, step, found], ``planted`` int64[sequence, step].
    """
    said = state.argmax(axis=2)
    table = np.zeros((int(planted.max()) + 1, state.shape[2]))
    np.add.at(table, (planted.ravel(), said.ravel()), 1.0)
    return table


def accuracy(state: np.ndarray, planted: np.ndarray) -> float:
    """Share of steps in the right state after the best one-to-one matching (Kuhn 1955)."""
    table = confusion(state, planted)
    partner = matching(table)
    there = partner >= 0
    return float(table[np.flatnonzero(there), partner[there]].sum() / planted.size)


def balanced_accuracy(found: np.ndarray, planted: np.ndarray) -> float:
    """Mean over inhibits, none and excites of the share that is recognised; signs -1, 0, 1."""
    kinds = [kind for kind in (-1, 0, 1) if (planted == kind).any()]
    return float(np.mean([(found[planted == kind] == kind).mean() for kind in kinds]))


def _sign_curve(coupling: np.ndarray, made: CoupledPopulation) -> np.ndarray:
    """float64[threshold] over all pairs of different neurons, in all planted states."""
    truth = np.sign(made.weight[:, :, 1:])
    found = np.zeros_like(truth)
    n_states = min(len(coupling), len(truth))
    found[:n_states] = coupling[:n_states]
    pairs = ~np.eye(truth.shape[1], dtype=bool)
    sized = [np.where(np.abs(found) > least, np.sign(found), 0.0) for least in THRESHOLDS]
    return np.array([balanced_accuracy(one[:, pairs], truth[:, pairs]) for one in sized])


def _in_order(
    model: Model, name: str, train: Spikes, twin: Spikes, made: CoupledPopulation
) -> Model:
    """States renamed so that each planted one has the number of the one matched to it."""
    if len(model.weight) < 2 or name == MODELS[TRUE]:
        return model
    seen = model.reads(twin if name == MODELS[SHIFTED] else train)
    partner = matching(confusion(seen.state, made.state[:N_TRAIN]))
    first = [int(k) for k in partner if k >= 0]
    order = np.array(first + [k for k in range(len(model.weight)) if k not in first])
    return Model(model.initial[order], model.transition[np.ix_(order, order)],
                 model.weight[order], model.signs)  # fmt: skip


def _score(
    name: str, model: Model, test: Spikes, twin: Spikes, made: CoupledPopulation
) -> tuple[float, float]:
    given = twin if name == MODELS[SHIFTED] else test
    n, n_steps = given.shape
    seen = model.reads(given)
    per_step = float(seen.log_likelihood.sum() / (n * n_steps))
    return per_step, accuracy(seen.state, made.state[N_TRAIN:])
