"""Effect sizes, tests and intervals against scipy, closed forms and textbook numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from engines.lab.statistics import (
    cliffs_delta,
    curve_interval,
    holm,
    mean_intervals,
    sign_flip_test,
    unpaired_z,
    wilson,
)
from engines.lab.statistics import paired as lab_paired
from engines.sorting.chance.statistics import paired

samples = st.lists(st.integers(-50, 50), min_size=2, max_size=30)


@pytest.fixture
def two():
    drawn = np.random.default_rng(3)
    a = drawn.normal(size=40)
    return a, a + drawn.normal(0.2, 1.0, size=40)


# Against scipy ----------------------------------------------------------------------------------


def test_sign_flips_agree_with_scipys_permutation_test(two):
    difference = two[1] - two[0]
    found = stats.permutation_test(
        (difference,), np.mean, permutation_type="samples", n_resamples=20_000, rng=1
    )
    # 20,000 and 10,000 draws of a probability near 0.15: 0.0044 is one standard error.
    assert sign_flip_test(difference, 0).p == pytest.approx(found.pvalue, abs=4 * 0.0044)


def test_all_sign_flips_of_few_pairs_can_be_counted():
    # 2 of the 2**5 patterns of signs reach |1 + 2 + 3 + 4 + 5|.
    p = sign_flip_test(np.arange(1.0, 6.0), 0).p
    assert p == pytest.approx(2 / 32, abs=4 * math.sqrt(2 / 32 * 30 / 32 / 10_000))


def test_the_paired_interval_agrees_with_scipys_bootstrap(two):
    a, b = two
    ours = lab_paired(a, b, 0, method="percentile")
    found = stats.bootstrap(
        (b - a,), np.mean, n_resamples=10_000, method="percentile", rng=1
    ).confidence_interval
    assert ours.low == pytest.approx(found.low, abs=0.02)
    assert ours.high == pytest.approx(found.high, abs=0.02)


@given(samples, samples)
def test_cliffs_delta_is_what_mann_whitney_counts(a, b):
    u = stats.mannwhitneyu(b, a).statistic  # pairs with b above a, ties half
    expected = 2 * u / (len(a) * len(b)) - 1
    assert cliffs_delta(np.array(a), np.array(b)) == pytest.approx(expected)


@given(st.integers(0, 300), st.integers(1, 300))
def test_wilson_is_scipys(n_hits, n):
    n_hits = min(n_hits, n)
    found = stats.binomtest(n_hits, n).proportion_ci(method="wilson")
    assert wilson(n_hits, n) == pytest.approx((found.low, found.high), abs=1e-12)


def test_the_papers_z_is_welchs_t(two):
    a, b = two
    assert unpaired_z(b, a) == pytest.approx(stats.ttest_ind(b, a, equal_var=False).statistic)


# Against closed forms ---------------------------------------------------------------------------


def test_holm_is_that_of_the_paper_of_1979():
    # Sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1, never decreasing.
    adjusted = holm(np.array([0.01, 0.04, 0.03, 0.005, np.nan]))
    np.testing.assert_allclose(adjusted, [0.03, 0.06, 0.06, 0.02, np.nan])


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=40))
def test_holm_is_between_p_and_bonferroni_and_keeps_the_order(values):
    p = np.array(values)
    adjusted = holm(p)
    assert (adjusted >= p - 1e-15).all()
    assert (adjusted <= np.minimum(1.0, len(p) * p) + 1e-15).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(adjusted[order]) >= 0).all()


def test_dz_is_the_mean_over_the_deviation(two):
    a, b = two
    assert paired(a, b, 0).dz == pytest.approx((b - a).mean() / (b - a).std(ddof=1))


def test_samples_that_agree_are_identical_and_nothing_is_infinite():
    a = np.arange(10.0)
    same, shifted = paired(a, a, 0), paired(a, a + 2.0, 0)
    assert same.identical
    assert same.exact
    assert (same.mean, same.low, same.high, same.p) == (0.0, 0.0, 0.0, 1.0)
    assert not shifted.identical
    assert shifted.exact
    assert (shifted.mean, shifted.low, shifted.high) == pytest.approx((2.0, 2.0, 2.0))
    constant = paired(np.ones(5), np.full(5, 3.0), 0)
    assert math.isnan(constant.paper_z)
    for found in (same, shifted, constant):
        assert not any(math.isinf(getattr(found, name)) for name in ("dz", "p", "paper_z", "delta"))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=2, max_size=20))
def test_exchanging_the_conditions_turns_every_sign(pairs):
    a, b = np.array(pairs, float).T
    one, other = paired(a, b, 5), paired(b, a, 5)
    assert one.mean == pytest.approx(-other.mean)
    assert one.low == pytest.approx(-other.high)
    assert one.delta == pytest.approx(-other.delta)
    assert one.p == other.p
    assert one.low <= one.mean <= one.high


def test_an_interval_of_a_mean_curve_is_that_of_the_mean():
    drawn = np.random.default_rng(0).normal(size=(50, 1))
    value, deviation, low, high = curve_interval(drawn, 4, lambda means: means[:, 0])
    _, sd, low_of_mean, high_of_mean = mean_intervals(drawn.T, 4, method="percentile")[0]
    assert value == pytest.approx(drawn.mean())
    assert deviation == pytest.approx(sd * math.sqrt(49 / 50) / math.sqrt(50), rel=0.03)
    assert (low, high) == pytest.approx((low_of_mean, high_of_mean))


def test_the_interval_of_a_peak_is_that_of_the_mean_curves_peak():
    curves = np.random.default_rng(1).normal(size=(30, 7))
    curves[:, 3] += 1.0
    value, _, low, high = curve_interval(curves, 0, lambda means: means.max(axis=1))
    assert value == pytest.approx(curves.mean(axis=0).max())
    assert low < value < high
