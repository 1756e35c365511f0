"""Permutation tests, nulls, families of tests and series, against scipy and brute force."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from engines.contract import InputError
from engines.lab.statistics import (
    Permuted,
    autocorrelation,
    effective_n,
    holm,
    max_statistic,
    p_against,
    permutation_test,
    series_warning,
    sign_flip_test,
    z_against,
)

SMALL = arrays(np.float64, st.integers(1, 9), elements=st.integers(-9, 9).map(float))


@given(SMALL)
def test_signs_of_few_pairs_are_all_tried(d):
    every = [abs(np.dot(s, d)) for s in itertools.product((-1, 1), repeat=len(d))]
    wanted = np.mean(np.array(every) >= abs(d.sum()) - 1e-9)
    found = sign_flip_test(d, 0)
    assert found.exact
    assert found.p == pytest.approx(wanted)
    assert found.p >= found.floor


def test_signs_of_many_pairs_are_drawn():
    d = np.random.default_rng(0).normal(0.4, 1.0, 30)
    theirs = stats.permutation_test(
        (d,), np.mean, permutation_type="samples", n_resamples=50_000, rng=np.random.default_rng(1)
    )
    found = sign_flip_test(d, 0)
    assert not found.exact
    assert found.p == pytest.approx(theirs.pvalue, abs=0.01)


def correlation_of(x, y):
    x, y = x - x.mean(), y - y.mean()
    return lambda orders: x[orders] @ y


def test_few_orders_are_all_tried():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=7), rng.normal(size=7)
    theirs = stats.permutation_test(
        (x,), lambda z: z @ (y - y.mean()), permutation_type="pairings", n_resamples=np.inf,
        alternative="greater",
    )  # fmt: skip
    found = permutation_test(correlation_of(x, y), 7, 0, sided="greater")
    assert (found.exact, found.n_orders) == (True, 5040)
    assert found.p == pytest.approx(theirs.pvalue)


def test_p_of_drawn_orders_is_uniform_under_the_null():
    rng = np.random.default_rng(4)
    p = [
        permutation_test(
            correlation_of(rng.normal(size=12), rng.normal(size=12)), 12, k, n_draws=99
        ).p
        for k in range(400)
    ]
    assert stats.kstest(p, "uniform").pvalue > 0.01


def test_p_is_never_0_and_its_floor_is_printed():
    x = np.arange(40.0)
    found = permutation_test(correlation_of(x, x), 40, 0, n_draws=999, sided="greater")
    assert found == Permuted(0.001, 0.001, 999, exact=False)
    assert str(found) == "p = 0.001 (the least of 999 draws)"
    assert "at least 0.001 by 999 draws" in str(Permuted(0.2, 0.001, 999, exact=False))


def test_rows_are_exchanged_within_their_group_only():
    group = np.array([0, 1, 0, 1, 2, 0])

    def statistic(orders):
        assert (group[orders] == group).all()
        assert (np.sort(orders, axis=1) == np.arange(6)).all()
        return orders[:, 0].astype(float)

    found = permutation_test(statistic, 6, 0, within=group)
    assert (found.exact, found.n_orders) == (True, 12)  # 3! 2! 1!
    assert not permutation_test(statistic, 6, 0, within=group, n_draws=11).exact


def test_rows_in_time_order_are_exchanged_in_blocks():
    def statistic(orders):
        blocks = orders.reshape(len(orders), -1, 3)
        assert (np.diff(blocks, axis=2) == 1).all()
        assert (blocks[:, :, 0] % 3 == 0).all()
        return orders[:, 0].astype(float)

    assert permutation_test(statistic, 12, 0, block=3).n_orders == 24
    permutation_test(statistic, 30, 0, block=3, n_draws=50)
    with pytest.raises(InputError, match="cut into blocks"):
        permutation_test(statistic, 10, 0, block=3)


def test_blocks_keep_the_level_where_free_orders_do_not():
    # Two independent random walks, smoothed: nothing connects them.
    rng = np.random.default_rng(5)

    def walk():
        return np.convolve(rng.normal(size=219), np.ones(20), "valid")

    pairs = [(walk(), walk()) for _ in range(150)]
    free, blocks = (
        np.mean([permutation_test(correlation_of(x, y), 200, k, block=b, n_draws=99).p <= 0.05
                 for k, (x, y) in enumerate(pairs)])
        for b in (1, 40)
    )  # fmt: skip
    assert free > 0.3
    assert blocks < 0.15


@given(arrays(np.float64, (20, 3), elements=st.integers(-9, 9).map(float)), st.integers(0, 2))
def test_a_number_against_its_nulls_is_counted(nulls, k):
    real = nulls[7]
    centre = nulls.mean(axis=0)
    more = (np.abs(nulls - centre) >= np.abs(real - centre) - 1e-9).sum(axis=0)
    assert p_against(real, nulls)[k] == pytest.approx((1 + more[k]) / 21, abs=1 / 21 + 1e-9)
    assert (p_against(real, nulls) >= 1 / 21).all()
    greater = p_against(real, nulls, sided="greater") + p_against(real, nulls, sided="less")
    assert (greater > 1.0).all()


def test_distance_in_deviations_needs_some():
    assert z_against(np.array([3.0]), np.array([[0.0], [2.0]]))[0] == 2.0
    assert np.isnan(z_against(np.array([1.0]), np.ones((5, 1))))[0]


@given(arrays(np.float64, st.integers(1, 12), elements=st.floats(0, 1)))
def test_holm_is_its_definition(p):
    order = np.argsort(p)
    wanted, before = np.empty(len(p)), 0.0
    for rank, k in enumerate(order):
        before = max(before, min(1.0, (len(p) - rank) * p[k]))
        wanted[k] = before
    np.testing.assert_allclose(holm(p), wanted)
    grown = holm(np.append(p, np.nan))
    np.testing.assert_array_equal(grown[:-1], holm(p))


def test_the_largest_statistic_keeps_the_family_at_its_level():
    rng = np.random.default_rng(6)
    n_tests, n_false = 20, 0
    for _ in range(300):
        null = rng.normal(size=(200, n_tests))
        n_false += (max_statistic(rng.normal(size=n_tests), null) <= 0.05).any()
    low, high = stats.binomtest(int(n_false), 300).proportion_ci(0.999)
    assert low <= 0.05 <= high


def test_a_family_of_copies_costs_nothing_and_step_down_never_loses():
    rng = np.random.default_rng(7)
    null = rng.normal(size=(999, 1))
    alone = max_statistic(np.array([2.5]), null)
    copies = max_statistic(np.full(6, 2.5), np.repeat(null, 6, axis=1))
    np.testing.assert_allclose(copies, alone[0])
    observed, drawn = rng.normal(1.5, 1.0, 8), rng.normal(size=(500, 8))
    down = max_statistic(observed, drawn)
    assert (down <= max_statistic(observed, drawn, step_down=False) + 1e-12).all()
    assert np.isnan(max_statistic(np.array([np.nan, 3.0]), drawn[:, :2])[0])


def test_an_autoregressive_series_is_worth_what_theory_says():
    # Closed form: n (1 - phi) / (1 + phi) for x_t = phi x_(t-1) + noise.
    from scipy.signal import lfilter

    for phi in (0.0, 0.5, 0.9):
        x = lfilter([1.0], [1.0, -phi], np.random.default_rng(8).normal(size=40_000))
        assert effective_n(x) == pytest.approx(40_000 * (1 - phi) / (1 + phi), rel=0.12)
        assert autocorrelation(x)[1] == pytest.approx(phi, abs=0.02)
    assert "worth about" in series_warning(x, "frames")
    assert series_warning(np.random.default_rng(9).normal(size=500)) == ""
    assert np.isnan(effective_n(np.ones(10)))


def test_autocorrelation_is_its_definition():
    x = np.random.default_rng(10).normal(size=30)
    d = x - x.mean()
    wanted = [(d[: 30 - k] * d[k:]).sum() / (d * d).sum() for k in range(30)]
    np.testing.assert_allclose(autocorrelation(x), wanted, atol=1e-12)
