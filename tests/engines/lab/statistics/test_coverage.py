"""Nominal 95 % covers 93 to 97 % over 1,000 repeats of a known truth, for every interval."""

import numpy as np
import pytest
from scipy import stats

from engines.lab.statistics import (
    around,
    bootstrap,
    coverage,
    curve_interval,
    halves,
    held,
    jackknife,
    mean_intervals,
    mean_over,
    paired,
    wilson,
)
from engines.lab.statistics.resampling import PERCENTILE_LEAST

N_REPEATS = 1_000
COVERED = (0.93, 0.97)


def covers(found) -> bool:
    return COVERED[0] <= found.share <= COVERED[1] and found.n_repeats == N_REPEATS


def ends(estimate) -> tuple[float, float]:
    return estimate.low, estimate.high


@pytest.mark.parametrize("n", [2, 5, 40])
def test_the_t_interval_of_a_mean(n):
    found = coverage(
        lambda x, _s: ends(mean_over(x, of="x", unit="seeds")), lambda r: r.normal(3, 2, n), 3.0
    )
    assert covers(found)


def test_the_t_interval_over_units_of_many_rows():
    # Ten animals with twenty trials each; an interval over the 200 rows would cover about a third.
    animal = np.repeat(np.arange(10), 20)

    def sample(r):
        return r.normal(size=10)[animal] + 0.5 * r.normal(size=200)

    over_animals = coverage(
        lambda x, _s: ends(mean_over(x, of="x", unit="animals", groups=animal)), sample, 0.0
    )
    over_rows = coverage(lambda x, _s: ends(mean_over(x, of="x", unit="rows")), sample, 0.0)
    assert covers(over_animals)
    assert over_rows.share < 0.6


@pytest.mark.parametrize(
    ("draw", "truth", "n"),
    [("normal", 0.0, 6), ("normal", 0.0, 10), ("normal", 0.0, 50), ("exponential", 1.0, 30)],
)
def test_the_studentised_interval_of_a_mean(draw, truth, n):
    x = getattr(np.random.default_rng([1, n]), draw)(size=(N_REPEATS, n))
    assert covers(held(mean_intervals(x, 7)[:, 2:], truth))


def test_the_studentised_interval_over_units_of_unequal_size():
    rng = np.random.default_rng(2)
    unit = np.repeat(np.arange(20), rng.integers(1, 9, 20))
    own = rng.normal(size=(N_REPEATS, 20))
    x = own[:, unit] + rng.normal(size=(N_REPEATS, len(unit)))
    assert covers(held(mean_intervals(x, 7, groups=unit)[:, 2:], 0.0))


@pytest.mark.parametrize(("draw", "truth"), [("normal", 0.0), ("exponential", 1.0)])
def test_the_percentile_interval_of_a_mean_with_enough_units(draw, truth):
    x = getattr(np.random.default_rng(3), draw)(size=(N_REPEATS, PERCENTILE_LEAST))
    assert covers(held(mean_intervals(x, 7, method="percentile")[:, 2:], truth))


def test_the_percentile_interval_is_too_narrow_for_few_units():
    x = np.random.default_rng(3).normal(size=(N_REPEATS, 10))
    assert held(mean_intervals(x, 7, method="percentile")[:, 2:], 0.0).share < COVERED[0]


def test_the_percentile_interval_of_a_curve(monkeypatch):
    monkeypatch.setattr("engines.lab.statistics.resampling.N_DRAWS", 500)
    slope = np.linspace(0.0, 1.0, 5)

    def interval(samples, seed):
        return curve_interval(samples, seed, lambda curves: curves.mean(axis=1))[2:]

    found = coverage(interval, lambda r: slope + r.normal(size=(100, 5)), 0.5)
    assert covers(found)


def test_the_interval_of_a_paired_difference(monkeypatch):
    monkeypatch.setattr("engines.lab.statistics.resampling.N_DRAWS", 1000)
    monkeypatch.setattr("engines.lab.statistics.permutation.N_DRAWS", 10)

    def interval(both, seed):
        found = paired(both[0], both[1], seed)
        return found.low, found.high

    def sample(r):
        shared = 10 * r.normal(size=12)
        return np.stack([shared, shared + 1.0 + r.exponential(size=12) - 1.0])

    assert covers(coverage(interval, sample, 1.0))


@pytest.mark.parametrize(("share", "n"), [(0.5, 100), (0.9, 60), (0.98, 400)])
def test_the_wilson_interval(share, n):
    # A rate takes n + 1 values, so its coverage is exact: a sum over the binomial.
    k = np.arange(n + 1)
    low, high = np.array([wilson(int(hits), n) for hits in k]).T
    weight = stats.binom.pmf(k, n, share)
    exact = weight[(low <= share) & (share <= high)].sum()
    assert COVERED[0] <= exact <= COVERED[1]
    found = coverage(lambda x, _s: wilson(int(x.sum()), n), lambda r: r.random(n) < share, share)
    assert found.share == pytest.approx(exact, abs=0.025)


def test_the_bca_interval_of_a_correlation():
    def interval(xy, seed):
        def correlation(rows):
            x, y = np.moveaxis(xy[rows] - xy[rows].mean(axis=1, keepdims=True), 2, 0)
            return (x * y).sum(1) / np.sqrt((x * x).sum(1) * (y * y).sum(1))

        found = bootstrap(
            correlation, len(xy), seed=seed, of="r", unit="pairs", n_draws=400, batched=True
        )
        return ends(found)

    def sample(r):
        x = r.normal(size=60)
        return np.stack([x, 0.6 * x + 0.8 * r.normal(size=60)], axis=1)

    assert covers(coverage(interval, sample, 0.6))


def test_the_jackknife_over_networks_of_a_mean_over_pairs():
    # Twelve networks of planted quality; a pair is as alike as both are good.
    def interval(quality, _seed):
        def alike(used):
            pairs = np.add.outer(quality[used], quality[used])
            return float(pairs[np.triu_indices(len(used), 1)].mean())

        return ends(jackknife(alike, len(quality), of="likeness", unit="networks"))

    assert covers(coverage(interval, lambda r: r.normal(1.0, 0.3, 12), 2.0))


def test_random_halves_laid_around_an_estimate():
    def interval(x, seed):
        rng = np.random.default_rng([seed, 5])
        drawn = x[halves(len(x), 200, rng)].mean(axis=1)
        return around(float(x.mean()), drawn)

    assert covers(coverage(interval, lambda r: r.normal(size=60), 0.0))


def test_the_harness_counts_both_sides():
    found = held(np.array([[0.0, 1.0], [2.0, 3.0], [-3.0, -2.0], [0.4, 0.6]]), 0.5)
    assert (found.share, found.n_below, found.n_above, found.width) == (0.5, 1, 1, 0.8)
