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
from engines.contract import InputError
from engines.lab.data.coupled import CoupledPopulation, coupled_states

N_TRAIN, N_STARTS = 8, 2
N_ROUNDS, N_MORE = 10, 6
"""Of each start, and of the best one with each prior."""
MODELS = ("one state", *PRIORS, "true parameters", "recording shifted")
ONE, TRUE, SHIFTED = 0, len(PRIORS) + 1, len(PRIORS) + 2
CONTROLLED: hidden.Prior = "one-hot"
"""The prior that claims are about: the shifted recording is learnt with it, as the other one is."""
THRESHOLDS = np.linspace(0.05, 1.5, 30)
"""Sizes above which a coupling counts as there."""
N_STRETCHES, _LEAST, _PRODUCTS_MAX = 10, 20, 30_000_000
"""Of an own recording, every other one held out; bins of one; numbers that are held to fit it."""


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
    floor: float = np.nan
    """Log likelihood per step of the shifted recording with one state of its own."""
    history_mean: np.ndarray = field(default_factory=lambda: np.zeros(0))
    """float64[1 + neuron]: mean history while learning."""

    def accuracy_without(self, name: str, gone: np.ndarray) -> float:
        """Share of steps in the right state when nobody looks at some neurons, bool[neuron].

        Nothing is learnt again.
        """
        state = _without(self.test, self.models[name], gone, self.history_mean)
        return accuracy(state, self.made.state[N_TRAIN:])


@dataclass(frozen=True, eq=False)
class OwnFitted:
    """Models of an own recording, and what they say of stretches that they did not learn from.

    ``score`` float64[held-out stretch, model]: log likelihood per bin, of `MODELS`; nan for true
    parameters, which nobody knows. ``floor`` float64[held-out stretch] is that of the shifted
    recording with one state of its own.
    """

    test: Spikes
    shifted_test: Spikes
    models: dict[str, Model]
    score: np.ndarray
    floor: np.ndarray
    history_mean: np.ndarray

    def states_without(self, name: str, gone: np.ndarray) -> np.ndarray:
        """int64[stretch, bin]: likeliest states when nobody looks at some neurons, bool[neuron]."""
        return _without(self.test, self.models[name], gone, self.history_mean).argmax(axis=2)


def own_and_fitted(
    counts: np.ndarray, seed: int, *, n_states: int, strength: float, window: int
) -> Iterator[OwnFitted | None]:
    """None while it is worked on; everything last. States are in the order of their time.

    Args:
        counts: float64[bin, neuron].
        seed: of starts and shifts.
        n_states: how many are looked for.
        strength: of the priors.
        window: how many bins back spikes are felt.

    Raises:
        InputError: too short for so many stretches, or too large to be held.
    """
    n_bins, n = counts.shape
    length = n_bins // N_STRETCHES
    if length < max(_LEAST, window + 1):
        least = N_STRETCHES * max(_LEAST, window + 1)
        raise InputError(f"{n_bins:,} bins are too few; {least:,} are needed, so make bins shorter")
    if (n_products := n_bins * (n + 1) * (n + 2) // 2) > _PRODUCTS_MAX:
        raise InputError(
            f"{n:,} neurons in {n_bins:,} bins have {n_products:,} products; at most "
            f"{_PRODUCTS_MAX:,} are held. Choose neurons when the file is opened, or wider bins"
        )
    turned = shifted(counts, np.random.Generator(np.random.Philox(key=[seed, 2])))
    parts = []
    for one in (counts, turned):
        cut = one[: N_STRETCHES * length].reshape(N_STRETCHES, length, n)
        parts += [spikes(cut[::2], window), spikes(cut[1::2], window)]
    train, test, twin, twin_test = parts
    models = {MODELS[ONE]: hidden.one_state(train)}
    yield None
    start = yield from _best_start(train, n_states, seed)
    for prior in PRIORS:
        made = yield from _continued(train, start, prior, strength)
        models[prior] = _by_time(made, train)
    start = yield from _best_start(twin, n_states, seed)
    made = yield from _continued(twin, start, CONTROLLED, strength)
    models[MODELS[SHIFTED]] = _by_time(made, twin)
    score = np.full((len(test.counts) // length, len(MODELS)), np.nan)
    for k, name in enumerate(MODELS):
        if name in models:
            given = twin_test if k == SHIFTED else test
            score[:, k] = models[name].reads(given).log_likelihood / length
    floor = hidden.one_state(twin).reads(twin_test).log_likelihood / length
    yield OwnFitted(test, twin_test, models, score, floor, train.history.mean(axis=0))


def _by_time(model: Model, given: Spikes) -> Model:
    """States in the order of the time that is spent in them, the longest first."""
    order = np.argsort(-model.reads(given).state.sum(axis=(0, 1)), kind="stable")
    return Model(model.initial[order], model.transition[np.ix_(order, order)],
                 model.weight[order], model.signs)  # fmt: skip


def _without(given: Spikes, model: Model, gone: np.ndarray, history_mean: np.ndarray) -> np.ndarray:
    """float64[sequence, step, state] when counts of some neurons, bool[neuron], say nothing.

    Nothing is learnt again: what they did before is its mean.
    """
    before = given.history.copy()
    before[:, 1:][:, gone] = history_mean[1:][gone]
    left = replace(given, counts=given.counts[:, ~gone], history=before)
    seen = log_emission(left, model.weight[:, ~gone])
    return posterior(seen, model.initial, model.transition).state


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
    start = yield from _best_start(twins[0], n_states, seed)
    models[MODELS[SHIFTED]] = yield from _continued(twins[0], start, CONTROLLED, strength)
    n = made.weight.shape[1]
    equal = np.full(len(made.weight), 1.0 / len(made.weight))
    thirds = np.full((n, n, 3), 1.0 / 3.0)
    models[MODELS[TRUE]] = Model(equal, made.transition, made.weight, thirds)
    models = {name: _in_order(model, name, train, twins[0], made) for name, model in models.items()}
    score = np.array([_score(name, models[name], test, twins[1], made) for name in MODELS])
    curves = [_sign_curve(models[name].coupling, made) for name in (*PRIORS, MODELS[SHIFTED])]
    floor = hidden.one_state(twins[0]).per_step(twins[1])
    yield Fitted(made, test, twins[1], models, score, np.array(curves), floor,
                 train.history.mean(axis=0))  # fmt: skip


def _best_start(given: Spikes, n_states: int, seed: int) -> Generator[None, None, Model]:
    """The start with the largest likelihood while learning, as the generator's value."""
    best, most = hidden.begun(given, n_states, seed), -np.inf
    for k in range(N_STARTS):
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
