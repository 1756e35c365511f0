"""Liquids: closed forms, the equations written out densely, readouts, what claims say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from engines.connectome.answers.networks.liquids import liquid_answers
from engines.connectome.experiments.memory.liquid import (
    ARMS,
    ASTROCYTE,
    EXPERIMENT,
    HAND,
    INPUT,
    MEAN,
    LiquidSpec,
)
from engines.connectome.liquid import examining, kernel
from engines.connectome.liquid.telling import best_lines, lines, right
from engines.connectome.liquid.watching import (
    WITHIN,
    Plasticity,
    branching,
    input_spikes,
    shown,
)
from engines.connectome.liquid.wiring import INHIBITS, Liquid, liquid, synapses


@pytest.mark.parametrize("answer", liquid_answers(), ids=lambda one: one.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


def small(seed: int) -> tuple[Liquid, np.ndarray]:
    """Ten neurons that six inputs drive hard, and spikes of three pictures."""
    rng = np.random.default_rng(seed)
    there = rng.random((10, 10)) < 0.4
    np.fill_diagonal(there, val=False)
    inputs = synapses(rng.random((6, 10)) < 0.5)
    entry = rng.normal(6.0, 8.0, len(inputs.post))
    made = Liquid(np.where(rng.random(10) < 0.3, -1, 1), synapses(there), inputs, entry)
    return made, rng.random((3, 30, 6)) < 0.2


def dense(made: Liquid, spikes: np.ndarray, size: float, rule: Plasticity, *, carries: bool) -> Any:
    """The equations with whole matrices: spikes, weights and levels of every picture."""
    n, sign = made.n, made.sign.astype(float)
    there = made.joined()
    enter = np.zeros((spikes.shape[2], n))
    enter[made.inputs.pre, made.inputs.post] = made.entry
    start = np.where(there, size * sign[:, None], 0.0)
    keep, keep_trace = np.exp(-1 / 16), np.exp(-1 / 10)
    weight, level, fired, levels = start.copy(), rule.down, [], []
    for picture in spikes:
        if not carries:
            weight, level = start.copy(), rule.down
        v, u, trace, rest, last = (np.zeros(n) for _ in range(5))
        for came in picture:
            u = keep * u + came @ enter + last @ weight
            hears = rest == 0
            v = keep * v + np.where(hears, u, 0.0)
            last = (hears & (v > 20.0)).astype(float)
            rest = np.where(last > 0, 2, np.maximum(rest - 1, 0))
            v = np.where(last > 0, 0.0, v)
            if rule.up:
                after, before = np.outer(trace, last), np.outer(last, trace)
                ups = np.where(sign[:, None] > 0, after, before)
                downs = np.where(sign[:, None] > 0, before, after)
                weight = weight + there * (rule.up * ups - level * downs)
                low, high = np.where(sign > 0, 0, -3), np.where(sign > 0, 3, 0)
                weight = np.clip(weight, low[:, None], high[:, None])
                trace = keep_trace * (trace + 0.1 * last)
            if rule.hears:
                level += (rule.hears * (last.sum() - came.sum()) + rule.down - level) / rule.tau
                level = max(0.0, level)
            fired.append(last.astype(bool))
            levels.append(level)
    return np.array(fired), weight, np.array(levels)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.booleans(), st.sampled_from([0.0, 0.02]))
def test_a_liquid_is_its_equations_written_with_whole_matrices(seed, carries, hears):
    made, spikes = small(seed)
    rule = Plasticity(0.4, 0.3, hears, 7.0)
    seen = shown(made, spikes, made.weights(1.0), rule, carries=carries, n_kept=3)
    fired, weight, level = dense(made, spikes, 1.0, rule, carries=carries)
    np.testing.assert_array_equal(seen.raster.reshape(-1, 10), fired)
    theirs = weight[made.synapses.pre, made.synapses.post]
    # Where both ends spike at once near a bound, sums are cut in another order.
    pre, post = made.synapses.pre, made.synapses.post
    apart = ~(fired[:, pre] & fired[:, post]).any(axis=0)
    np.testing.assert_allclose(seen.weight[apart], theirs[apart], atol=1e-9)
    np.testing.assert_allclose(seen.level.ravel(), level, atol=1e-12)
    np.testing.assert_array_equal(seen.count, seen.raster.sum(axis=1))


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000))
def test_weights_keep_the_sign_of_who_sends_and_their_bound(seed):
    made, spikes = small(seed)
    loud = np.repeat(spikes, 5, axis=0)
    seen = shown(made, loud, made.weights(1.0), Plasticity(2.0, 2.0), carries=True)
    assert (seen.weight * made.sign[made.synapses.pre] >= 0.0).all()
    assert np.abs(seen.weight).max(initial=0.0) <= kernel.WEIGHT_MAX


def test_without_plasticity_no_weight_moves():
    made, spikes = small(0)
    seen = shown(made, spikes, made.weights(1.0), Plasticity(), carries=True)
    np.testing.assert_array_equal(seen.weight, made.weights(1.0))


def test_branching_is_counted_spike_by_spike():
    rng = np.random.default_rng(0)
    raster, joined = rng.random((2, 25, 7)) < 0.2, rng.random((7, 7)) < 0.5
    found = []
    for one in raster:
        for t in range(WITHIN, 25 - WITHIN):
            for i in np.flatnonzero(one[t]):
                later = one[t + 1 : t + 1 + WITHIN][:, joined[i]].sum()
                before = one[t - WITHIN : t][:, joined[:, i]].sum()
                found.append(later / max(1, before))
    assert branching(raster, joined) == pytest.approx(np.mean(found))
    assert np.isnan(branching(np.zeros((1, 25, 7), bool), joined))


def test_near_neurons_are_joined_more_often_and_a_fifth_inhibits():
    made = liquid(np.random.default_rng(0), 8, 256)
    assert (made.sign < 0).mean() == INHIBITS
    joined = made.joined()
    assert not joined.diagonal().any()
    near, far = joined.diagonal(1).mean(), joined[:25, -25:].mean()
    assert near > far
    np.testing.assert_array_equal(made.synapses.post[made.synapses.back],
                                  np.sort(made.synapses.post))  # fmt: skip


def test_lines_are_scikit_learns_ridge():
    rng = np.random.default_rng(0)
    count, digit = rng.poisson(3.0, (80, 12)).astype(float), rng.integers(0, 10, 80)
    count[:, 3] = 5.0
    made = lines(count, digit, 10.0)
    varies = count.std(axis=0) > 0
    scaled = (count[:, varies] - count[:, varies].mean(axis=0)) / count[:, varies].std(axis=0)
    theirs = Ridge(alpha=10.0).fit(scaled, np.eye(10)[digit]).predict(scaled)
    np.testing.assert_allclose(count @ made[:-1] + made[-1], theirs, atol=1e-9)
    share, best = best_lines(count, digit, 50)
    assert share == right(count[50:], digit[50:], best)


def test_spikes_that_come_in_are_as_frequent_as_pixels_are_bright():
    pixels = np.tile([[0.0, 0.5, 1.0]], (400, 1))
    share = input_spikes(np.random.default_rng(0), pixels, 50).mean(axis=(0, 1)).reshape(3, -1)
    np.testing.assert_allclose(share.mean(axis=1), [0.0, 0.05, 0.1], atol=0.002)


@pytest.fixture(scope="module")
def found() -> Any:
    return EXPERIMENT.result(LiquidSpec(n_networks=3, n_steps=30, n_learnt=150))


def test_an_astrocyte_quietens_a_liquid_that_its_mean_does_not(found):
    assert (found.ratio[ASTROCYTE] < found.ratio[MEAN]).all()
    assert (found.off(ASTROCYTE) < found.off(MEAN)).all()
    assert found.told.shape == (len(ARMS), 3)
    assert (found.told > 0.3).all()
    assert found.told[INPUT].mean() > found.told[HAND].mean() - 0.05
    assert found.pictures()


def test_the_mean_is_the_astrocytes(found):
    np.testing.assert_allclose(
        found.level[1], found.level[0].mean(axis=1, keepdims=True) + 0 * found.level[1]
    )


def test_a_deaf_astrocyte_says_nothing(found):
    assert [one.figure(found) is None for one in EXPERIMENT.claims] == [
        False, False, False,
    ]  # fmt: skip
    few = LiquidSpec(hears=0.0, depth=2, n_steps=15, n_learnt=50, n_networks=3)
    deaf: Any = EXPERIMENT.result(few)
    assert not EXPERIMENT.findings(deaf)
    np.testing.assert_array_equal(deaf.told[ASTROCYTE], deaf.told[MEAN])


def test_runs_repeat_to_the_byte_and_networks_differ():
    few = LiquidSpec(depth=2, n_steps=15, n_learnt=50, n_networks=3)
    one, two = (EXPERIMENT.result(few) for _ in range(2))
    np.testing.assert_array_equal(one.told, two.told)  # type: ignore[attr-defined]
    a, b = (examining.network(0, k, 2, 50, 15, Plasticity()) for k in range(2))
    assert not np.array_equal(a.made.joined(), b.made.joined())
    assert not np.array_equal(a.data.digit, b.data.digit)
