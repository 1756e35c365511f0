"""Intervals against scipy, closed forms and what must be true of any interval."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from engines.contract import InputError
from engines.lab.statistics import (
    bootstrap,
    half_widths,
    jackknife,
    mean_intervals,
    mean_over,
    paired,
    rate,
    standard_error,
    wilson,
)

VALUES = arrays(np.float64, st.integers(6, 30), elements=st.integers(-999, 999).map(float))


@given(VALUES)
def test_a_mean_has_the_t_interval_of_scipy(x):
    found = mean_over(x, of="x", unit="seeds")
    error = stats.sem(x)
    if error == 0:
        assert found.low == pytest.approx(found.high)
        return
    wanted = stats.t.interval(0.95, len(x) - 1, x.mean(), error)
    assert (found.low, found.high) == pytest.approx(wanted, abs=1e-9)
    assert found.n == len(x)


@given(VALUES)
def test_rows_repeated_within_their_unit_change_nothing(x):
    unit = np.repeat(np.arange(len(x)), 3)
    one, n = standard_error(x)
    many, n_units = standard_error(np.repeat(x, 3), unit)
    assert n == n_units
    assert many == pytest.approx(one, abs=1e-9)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_rate_has_the_wilson_interval_of_scipy(hits_and_n):
    hits, n = hits_and_n
    wanted = stats.binomtest(hits, n).proportion_ci(0.95, "wilson")
    assert wilson(hits, n) == pytest.approx((wanted.low, wanted.high), abs=1e-12)
    found = rate(hits, n, of="hits", unit="tries")
    assert found.low <= found.value <= found.high


def test_a_rate_of_nothing_is_anything():
    assert wilson(0, 0) == (0.0, 1.0)
    with pytest.raises(InputError, match="got 3 of 2"):
        wilson(3, 2)
    with pytest.raises(InputError, match="got none"):
        rate(0, 0, of="hits", unit="tries")


@settings(deadline=None, max_examples=30)
@given(VALUES, st.floats(0.1, 10), st.floats(-100, 100))
def test_the_bootstrap_moves_and_stretches_with_its_units(x, scale, shift):
    mean, _sd, low, high = mean_intervals(x[None], 3)[0]
    moved = mean_intervals((scale * x + shift)[None], 3)[0]
    slack = 1e-6 * (np.abs(x).max() + 1) * scale
    if np.ptp(x) > 0:
        assert moved[[0, 2, 3]] == pytest.approx(
            scale * np.array([mean, low, high]) + shift, abs=slack, rel=1e-6
        )
    assert low - 1e-9 <= mean <= high + 1e-9


@pytest.mark.parametrize("method", ["studentised", "percentile"])
def test_the_bootstrap_is_the_same_for_units_of_repeated_rows(method):
    x = np.random.default_rng(0).normal(size=(2, 12))
    unit = np.repeat(np.arange(12), 4)
    one = mean_intervals(x, 1, method=method)
    many = mean_intervals(np.repeat(x, 4, axis=1), 1, groups=unit, method=method)
    np.testing.assert_allclose(many[:, [0, 2, 3]], one[:, [0, 2, 3]], rtol=1e-9)


def test_few_units_get_students_t():
    x = np.array([[1.0, 2.0, 4.0]])
    wanted = stats.t.interval(0.95, 2, x.mean(), stats.sem(x[0]))
    assert tuple(mean_intervals(x, 0)[0, 2:]) == pytest.approx(wanted)
    assert mean_intervals(np.array([[5.0]]), 0)[0].tolist() == [5.0, 0.0, 5.0, 5.0]


def test_the_studentised_interval_is_scipys():
    # scipy has no bootstrap-t; its quantiles are found here with numpy's own generator.
    x = np.random.default_rng(4).gamma(2.0, size=25)
    drawn = np.random.default_rng(5).choice(x, (200_000, 25))
    t = (drawn.mean(1) - x.mean()) / (drawn.std(1, ddof=1) / 5)
    high, low = x.mean() - np.quantile(t, [0.025, 0.975]) * x.std(ddof=1) / 5
    assert mean_intervals(x[None], 2)[0, 2:] == pytest.approx([low, high], abs=0.03)


def test_bca_is_scipys():
    x = np.random.default_rng(6).exponential(size=40)
    ours = bootstrap(
        lambda rows: float(np.std(x[rows])), 40, seed=1, of="sd", unit="runs", n_draws=10_000
    )
    together = bootstrap(
        lambda rows: np.std(x[rows], axis=1), 40, seed=1, of="sd", unit="runs", n_draws=10_000,
        batched=True,
    )  # fmt: skip
    assert (together.low, together.high) == pytest.approx((ours.low, ours.high))
    theirs = stats.bootstrap((x,), np.std, n_resamples=10_000, rng=np.random.default_rng(1))
    wanted = theirs.confidence_interval
    assert (ours.low, ours.high) == pytest.approx((wanted.low, wanted.high), abs=0.02)


def test_groups_are_drawn_whole():
    group = np.repeat([0, 1, 2, 3], 5)

    def statistic(rows):
        assert not len(rows) % 5
        assert (np.bincount(group[rows]) % 5 == 0).all()
        return float(group[rows].mean())

    found = bootstrap(statistic, 20, seed=0, of="g", unit="animals", groups=group, n_draws=200)
    assert found.n == 4


def test_an_interval_that_misses_its_estimate_is_refused():
    # Distances to the nearest other row are 0 wherever a row is drawn twice.
    x = np.random.default_rng(0).normal(size=(12, 3))

    def nearest(rows):
        gap = np.linalg.norm(x[rows][:, None] - x[rows][None], axis=2)
        return float((gap + np.eye(len(rows)) * 1e9).min(axis=1).mean())

    with pytest.raises(InputError, match="misses the estimate"):
        bootstrap(nearest, 12, seed=0, of="gap", unit="stimuli", method="percentile", n_draws=300)


def test_the_jackknife_of_a_mean_is_the_t_interval():
    # Closed form: the jackknife error of a mean is its standard error (Tukey 1958).
    x = np.random.default_rng(1).normal(size=9)
    found = jackknife(lambda used: float(x[used].mean()), 9, of="x", unit="networks")
    wanted = mean_over(x, of="x", unit="networks")
    assert (found.value, found.low, found.high) == pytest.approx(
        (wanted.value, wanted.low, wanted.high)
    )


def test_too_few_units_are_said():
    with pytest.raises(InputError, match="at least 2 units, got 1"):
        mean_over(np.array([1.0]), of="x", unit="seeds")
    with pytest.raises(InputError, match="3 rows and 2 labels"):
        standard_error(np.zeros(3), np.zeros(2))
    with pytest.raises(InputError, match="same units"):
        paired(np.zeros(3), np.zeros(2), 0)


def test_pairs_that_agree_are_identical_and_pairs_that_move_together_exact():
    a = np.arange(8.0)
    same, moved = paired(a, a, 0), paired(a, a + 2.0, 0)
    assert (same.identical, same.mean, same.low, same.high) == (True, 0.0, 0.0, 0.0)
    assert (moved.exact, moved.low, moved.mean, moved.high) == (True, 2.0, 2.0, 2.0)
    assert moved.p == pytest.approx(2 / 2**8)
    assert moved.estimate("b less a", "runs").n == 8


@given(
    rows=arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(2, 7)),
                elements=st.floats(-1e3, 1e3) | st.just(np.nan)),
    axis=st.sampled_from([0, 1]),
)  # fmt: skip
def test_half_widths_are_those_of_scipys_t_over_what_is_finite(rows, axis):
    got = half_widths(rows, axis=axis)
    for row, half in zip(np.moveaxis(rows, axis, -1), got, strict=True):
        known = row[np.isfinite(row)]
        if len(known) < 2:
            assert np.isnan(half)
            continue
        wanted = stats.t.ppf(0.975, len(known) - 1) * stats.sem(known)
        assert half == pytest.approx(wanted, rel=1e-9, abs=1e-9)
