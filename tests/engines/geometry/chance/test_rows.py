"""What may be exchanged with what, and what an interval is allowed to call itself."""

from __future__ import annotations

import os

import numpy as np
import pytest

from engines.contract import InputError
from engines.geometry import layer_scores, parallelism
from engines.geometry.chance.resampled_dichotomies import ccgp_interval, parallelism_null
from engines.geometry.chance.resampling import CONFIDENCE, STABILITY, chance, kind_of_interval
from engines.geometry.chance.rows import Rows, block_length, dependence_warning
from engines.geometry.measures.dichotomies import ccgp_splits
from engines.geometry.measures.similarity import MEASURES, similarity
from engines.lab.statistics.covering import held

MEASURE = "CKA, debiased"


def p_of(x, y, rows, seed):
    value = similarity(x, y, MEASURE)
    return chance(x, y, MEASURE, value, axis="stimuli", n_draws=99, seed=seed, rows=rows).p


def test_only_what_covers_is_called_confidence():
    called = {m: kind_of_interval(m, "stimuli") for m in MEASURES}
    assert {m for m, k in called.items() if k == CONFIDENCE} == {"CKA, debiased", "RSA, Spearman"}
    assert {kind_of_interval(m, "units") for m in MEASURES} == {STABILITY}
    x = np.random.default_rng(0).standard_normal((8, 12))
    scores = layer_scores(x, None, tuple("aabbaabb"), 0)
    assert {s.interval for s in scores if "of many" not in s.name} == {STABILITY}


def test_independent_layers_of_repeated_items_are_no_finding():
    """12 items x 5 repeats; p is uniform under the null, so about 1 in 20 is at .05 or less."""
    item = np.repeat(np.arange(12), 5)
    alarms = {"repeats": 0, "each its own": 0}
    for seed in range(100):
        rng = np.random.default_rng([1, seed])
        x, y = (
            rng.standard_normal((12, 6))[item] + 0.3 * rng.standard_normal((60, 6))
            for _ in range(2)
        )
        alarms["repeats"] += p_of(x, y, Rows("repeats", item), seed) <= 0.05
        alarms["each its own"] += p_of(x, y, Rows(), seed) <= 0.05
        if seed == 0:
            labels = {"item": tuple(map(str, item))}
            assert "rows of one label are nearly alike" in dependence_warning(x, labels, Rows())
            assert not dependence_warning(x, labels, Rows("repeats", item))
    assert alarms["repeats"] <= 11  # 99.5 % of Binomial(100, .05)
    assert alarms["each its own"] > 50


def test_random_walks_get_a_warning_and_no_p():
    for seed in range(20):
        steps = np.random.default_rng([2, seed]).standard_normal((2, 60, 8))
        x, y = steps.cumsum(axis=1)
        assert "alike (autocorrelation" in dependence_warning(x, {}, Rows())
        rows = Rows("in time order", block=block_length(x, y))
        assert not rows.has_p(60)
        assert np.isnan(p_of(x, y, rows, seed))
        assert not dependence_warning(steps[0], {}, Rows())


def test_series_that_remember_little_have_a_p_of_blocks():
    """AR(1) with .5, 240 rows: about 1 in 20 independent pairs at .05 or less."""
    alarms = n_known = 0
    for seed in range(100):
        e = np.random.default_rng([3, seed]).standard_normal((2, 240, 4))
        for t in range(1, 240):
            e[:, t] += 0.5 * e[:, t - 1]
        rows = Rows("in time order", block=block_length(*e))
        p = p_of(*e, rows, seed)
        n_known += np.isfinite(p)
        alarms += p <= 0.05
    assert n_known > 90
    assert alarms <= 11


def test_orders_keep_items_and_blocks_together():
    rng = np.random.default_rng(0)
    item = np.tile(np.arange(4), 3)
    for order in Rows("repeats", item).orders(12, 20, rng):
        assert sorted(order) == list(range(12))
        for k in range(4):
            assert len(set(item[order[item == k]])) == 1
    for order in Rows("in time order", block=3).orders(12, 20, rng):
        assert (np.diff(order.reshape(4, 3), axis=1) == 1).all()
    with pytest.raises(InputError, match="unequal numbers of repeats"):
        Rows("repeats", np.array([0, 0, 1])).orders(3, 2, rng)


def test_parallelism_of_noise_is_told_by_its_p():
    """Its level in noise is above 0 (.106 at 10 units in the cases), so 0 is no control."""
    right = np.arange(8) < 4
    noise = [np.random.default_rng([4, k]).standard_normal((8, 10)) for k in range(60)]
    values = [parallelism(x, right) for x in noise]
    assert np.mean(values) > 0.03
    found = [parallelism_null(x, right, v, 99, 0)[1] for x, v in zip(noise, values, strict=True)]
    assert sum(p <= 0.05 for p in found) <= 9  # 99.8 % of Binomial(60, .05)


def conditions(seed, side, p, apart):
    """Random conditions, or two sides apart along a direction of their own."""
    rng = np.random.default_rng([8, seed])
    x, way = rng.standard_normal((2 * side, p)), rng.standard_normal(p)
    right = np.arange(2 * side) < side
    return x + apart * np.where(right, 1.0, -1.0)[:, None] * way / np.linalg.norm(way), right


def test_ccgp_of_random_conditions_is_no_finding():
    """G26: with splits drawn anew the interval left out .5, the truth, in 45 % of 8 conditions."""
    n_held = 0
    for seed in range(60):
        x, right = conditions(seed, 4, 100, 0.0)
        value = float(ccgp_splits(x, right, n_trials=4, n_splits=8, seed=seed).mean())
        low, high = ccgp_interval(value, 8)
        assert low <= value <= high
        n_held += low <= 0.5 <= high
    assert n_held >= 52  # once in 100 times Binomial(60, .95) is less


@pytest.mark.slow
@pytest.mark.skipif("EXPLORER_SLOW_COVERAGE" not in os.environ, reason="minutes; asked for")
@pytest.mark.parametrize(
    ("side", "p", "apart"), [(4, 100, 0.0), (4, 10, 1.0), (4, 100, 3.0), (8, 20, 1.0)]
)
def test_intervals_of_ccgp_cover_what_other_conditions_give(side, p, apart):
    """The truth of planted sides is the mean of all repeats; of random ones it is .5."""
    drawn = [conditions(seed, side, p, apart) for seed in range(300)]
    found = np.array([ccgp_splits(x, right, n_trials=8, n_splits=8).mean() for x, right in drawn])
    truth = found.mean() if apart else 0.5
    ends = np.array([ccgp_interval(float(value), 2 * side) for value in found])
    assert held(ends, truth).share >= 0.92


@pytest.mark.parametrize(("side", "n_splits", "n"), [(4, 16, 16), (4, 8, 8), (4, 6, 4), (8, 8, 8)])
def test_every_condition_is_left_out_equally_often(side, n_splits, n):
    from engines.geometry.measures import dichotomies

    made = dichotomies._splits(
        np.arange(side), np.arange(side, 2 * side), n_splits, np.random.default_rng(0)
    )
    assert len(made) == len(set(made)) == n
    assert set(np.bincount(np.ravel(made))) == {n // side}


def sampled(rng, n):
    z = rng.standard_normal((n, 6))
    one, other = (np.random.default_rng(k).standard_normal((6, p)) for k, p in ((1, 10), (2, 12)))
    x = z @ one + 2.0 * rng.standard_normal((n, 10))
    return x, np.tanh(z) @ other + rng.standard_normal((n, 12))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measure", "n", "n_truth"), [("CKA, debiased", 120, 20_000), ("RSA, Spearman", 60, 1_500)]
)
def test_what_is_called_confidence_covers(measure, n, n_truth):
    """Nominal 95 % holds the value of a very large sample in 93 to 97 % of 1,000 repeats."""
    many = [np.random.default_rng([9, k]) for k in range(4)]
    truth = float(np.mean([similarity(*sampled(rng, n_truth), measure) for rng in many]))
    ends = np.empty((1000, 2))
    for k in range(1000):
        x, y = sampled(np.random.default_rng([5, k]), n)
        told = chance(x, y, measure, similarity(x, y, measure), axis="stimuli", n_draws=60, seed=k)
        ends[k] = told.low, told.high
    assert 0.93 <= held(ends, truth).share <= 0.97
