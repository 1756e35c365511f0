"""The participation ratio of many stimuli and units from few: the authors' numbers, closed forms."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from engines.contract import InputError
from engines.geometry import layer_scores, participation_ratio, participation_ratio_corrected
from engines.geometry.chance.resampling import STABILITY
from engines.geometry.measures.participation import SAMPLED, corrected_with_interval
from engines.geometry.tasks.hypercube import hypercube
from engines.lab.statistics.covering import held

EQUAL, FALLING = np.ones(8), np.arange(1, 41) ** -1.0
"""Variances of latent directions."""


def planted(seed: int, n: int, p: int, variances: np.ndarray) -> np.ndarray:
    """Units that weigh latent directions at random: of many, the ratio is that of the variances."""
    rng = np.random.default_rng([11, seed])
    latent = rng.standard_normal((n, len(variances))) * np.sqrt(variances)
    return latent @ rng.standard_normal((len(variances), p))


def truth(variances: np.ndarray) -> float:
    """Closed form: (trace)^2 / trace of the square, of the covariance of the latents."""
    return float(variances.sum() ** 2 / (variances**2).sum())


@pytest.mark.parametrize(
    ("sampled", "theirs"),
    [
        ("stimuli and units", 2.88012520287285),
        ("stimuli", 1.9427895682681642),
        ("units", 2.305940218065587),
    ],
)
def test_it_is_the_authors_number(sampled, theirs):
    """Of the package `dimensionality` 0.1.4 (Chun et al. 2025): its both, row and col."""
    i, j = np.ogrid[:9, :5]
    x = np.sin(1.0 + 3 * i + 2 * j + i * j) + 0.3 * i
    assert participation_ratio_corrected(x, sampled) == pytest.approx(theirs, rel=1e-12)


def test_it_is_the_mean_over_all_different_stimuli_and_units():
    """Brute force: every four stimuli that differ and every two units that do."""
    x = np.random.default_rng(0).standard_normal((6, 3)) + 3.0
    above = below = 0.0
    for i, j, k, m in permutations(range(6), 4):
        one, other = x[i] - x[j], x[k] - x[m]
        for a, b in permutations(range(3), 2):
            above += one[a] ** 2 * other[b] ** 2
            below += one[a] * one[b] * other[a] * other[b]
    if below > 0:
        assert participation_ratio_corrected(x) == pytest.approx(above / below, rel=1e-9)
    else:
        assert np.isnan(participation_ratio_corrected(x))


@pytest.mark.parametrize("variances", [EQUAL, FALLING], ids=["equal", "falling"])
@pytest.mark.parametrize(("n", "p"), [(40, 20), (40, 100), (200, 20)])
def test_few_stimuli_and_units_give_the_ratio_of_many(variances, n, p):
    """G23: the plain ratio was 5.05 for 8.32 and its interval held the truth in 0 of 200."""
    drawn = [planted(k, n, p, variances) for k in range(120)]
    inverse = np.array([1.0 / participation_ratio_corrected(x) for x in drawn])
    error = inverse.std() / np.sqrt(len(inverse))
    assert abs(inverse.mean() - 1.0 / truth(variances)) < 4.0 * error
    assert np.mean([participation_ratio(x) for x in drawn]) < 0.9 * truth(variances)


@pytest.mark.parametrize("variances", [EQUAL, FALLING], ids=["equal", "falling"])
def test_its_interval_covers(variances):
    """Nominal 95 %; 1,000 repeats gave 93 % at least, so 200 give 178 but once in 100 times."""
    found = [corrected_with_interval(planted(k, 40, 20, variances)) for k in range(200)]
    ends = np.array([(each.low, each.high) for each in found])
    assert held(ends, truth(variances)).share >= 0.89
    assert all(each.low <= each.value <= each.high for each in found)


@pytest.mark.parametrize("size", [1e-140, 1e-10, 1e200])
@pytest.mark.parametrize("sampled", SAMPLED)
def test_it_depends_on_no_scale_and_no_offset(size, sampled):
    x = planted(0, 30, 12, EQUAL)
    wanted = participation_ratio_corrected(x, sampled)
    assert participation_ratio_corrected(size * x, sampled) == pytest.approx(wanted, rel=1e-9)
    assert participation_ratio_corrected(x + 7.0, sampled) == pytest.approx(wanted, rel=1e-9)


def test_too_few_and_nothing_that_varies_are_told():
    with pytest.raises(InputError, match="at least 4 stimuli and 2 units, got 3 x 5"):
        participation_ratio_corrected(np.ones((3, 5)))
    with pytest.raises(InputError, match="there are: stimuli and units, units, stimuli"):
        participation_ratio_corrected(np.ones((9, 5)), "rows")  # type: ignore[arg-type]
    assert np.isnan(participation_ratio_corrected(np.ones((9, 5))))


def test_scores_show_both_and_say_what_each_interval_is():
    plain, many = layer_scores(planted(0, 40, 20, EQUAL), None, (), 0)
    assert (plain.name, plain.interval) == ("participation ratio", STABILITY)
    assert many.name == "participation ratio of many stimuli and units"
    assert many.interval.startswith("95 % confidence, about")
    assert plain.value < 0.8 * many.value
    assert many.low <= truth(EQUAL) <= many.high
    chosen = layer_scores(np.pad(hypercube(8), ((0, 0), (0, 9))), None, (), 0)[1]
    assert chosen.name == "participation ratio of many units"
