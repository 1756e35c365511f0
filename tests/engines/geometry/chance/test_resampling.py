"""Intervals and controls: batched scores are the plain ones, and intervals cover what is true."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest, spearmanr

from engines.contract import InputError
from engines.geometry import compare, layer_scores, set_from_arrays, task_geometry
from engines.geometry.activations import library
from engines.geometry.chance.batched_similarities import similarities
from engines.geometry.chance.resampled_dichotomies import parallelisms, separables
from engines.geometry.chance.resampling import chance
from engines.geometry.chance.rows import Rows
from engines.geometry.measures.dichotomies import dichotomies, is_separable, parallelism
from engines.geometry.measures.similarity import MEASURES, cka_debiased, rsa, similarity
from engines.geometry.mechanisms.modular_addition import (
    analytic_weights,
    median_interval,
    scores_of,
)
from engines.geometry.mechanisms.weight_matching import path_chance
from engines.geometry.tasks.hypercube import hypercube
from engines.lab.statistics import wilson


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("p", [5, 40])
def test_similarities_of_a_stack_are_those_of_each(measure, p):
    rng = np.random.default_rng(p)
    x, y = rng.standard_normal((3, 30, p)), rng.standard_normal((3, 30, p + 2))
    y[:, :, :3] += x[:, :, :3]
    if "CCA" in measure and p > 20:  # more directions than stimuli
        assert np.isnan(similarities(x, y, measure)).all()
        return
    alone = [similarity(a, b, measure) for a, b in zip(x, y, strict=True)]
    np.testing.assert_allclose(similarities(x, y, measure), alone, atol=1e-9)


def shared(rng, n, p, strength):
    """Two noisy looks at the same three latent numbers per stimulus."""
    latent = rng.standard_normal((n, 3))
    ways = rng.standard_normal((2, 3, p))
    return [strength * latent @ way + rng.standard_normal((n, p)) for way in ways]


@pytest.mark.parametrize("measure", ["CKA, debiased", "RSA, Spearman"])
def test_intervals_over_stimuli_cover_the_value_of_many_stimuli(measure):
    """Of the same units seen through 1,500 stimuli; 95 % would be 38 of 40."""
    rng = np.random.default_rng(0)
    plain = cka_debiased if measure.startswith("CKA") else rsa
    x, y = shared(rng, 1500, 12, 0.7)
    truth = plain(x, y)
    covered = 0
    for k in range(40):
        some = rng.choice(1500, 60, replace=False)
        a, b = x[some], y[some]
        found = chance(a, b, measure, plain(a, b), axis="stimuli", n_draws=100, seed=k)
        covered += found.low <= truth <= found.high
    assert covered >= 33


@pytest.mark.parametrize("measure", ["CKA, debiased", "RSA, Spearman"])
def test_intervals_over_units_cover_the_value_of_many_units(measure):
    """Of the same stimuli seen by 3,000 units; 95 % would be 38 of 40."""
    rng = np.random.default_rng(0)
    plain = cka_debiased if measure.startswith("CKA") else rsa
    latent = rng.standard_normal((2, 12, 3))
    latent[1] += latent[0]
    x, y = (
        2.0 * one @ rng.standard_normal((3, 3000)) + 0.5 * rng.standard_normal((12, 3000))
        for one in latent
    )
    truth = plain(x, y)
    covered = 0
    for k in range(40):
        some, others = (rng.choice(3000, 150, replace=False) for _ in range(2))
        a, b = x[:, some], y[:, others]
        found = chance(a, b, measure, plain(a, b), axis="units", n_draws=100, seed=k)
        covered += found.low <= truth <= found.high
    assert covered >= 33


@pytest.mark.parametrize("axis", ["stimuli", "units"])
@pytest.mark.parametrize("measure", MEASURES)
def test_an_interval_holds_its_own_estimate_and_stays_where_the_measure_can_be(measure, axis):
    rng = np.random.default_rng(1)
    x, y = shared(rng, 60, 9, 1.0)
    value = similarity(x, y, measure)
    found = chance(x, y, measure, value, axis=axis, n_draws=100, seed=0)
    assert found.low <= value <= found.high
    assert found.low >= 0.0 if measure == "Procrustes angle" else found.high <= 1.0


@pytest.mark.parametrize("measure", MEASURES)
def test_permutations_tell_what_is_shared_from_what_is_not(measure):
    rng = np.random.default_rng(3)
    x, y = shared(rng, 60, 8, 2.0)
    alike = chance(x, y, measure, similarity(x, y, measure), axis="stimuli", n_draws=99, seed=0)
    assert alike.p == 0.01
    other = rng.standard_normal((60, 8))
    value = similarity(x, other, measure)
    unlike = chance(x, other, measure, value, axis="units", n_draws=99, seed=0)
    assert unlike.p > 0.02
    assert unlike.control_low <= unlike.control <= unlike.control_high


def test_p_values_of_independent_data_are_uniform():
    rng = np.random.default_rng(4)
    found = []
    for k in range(60):
        x, y = rng.standard_normal((2, 20, 6))
        value = cka_debiased(x, y)
        found.append(chance(x, y, "CKA, debiased", value, axis="stimuli", n_draws=99, seed=k).p)
    assert 0.35 < np.mean(found) < 0.65
    assert np.mean(np.array(found) <= 0.05) <= 0.15


@pytest.mark.parametrize("measure", ["CCA", "SVCCA", "PWCCA"])
@pytest.mark.parametrize(("n", "p", "q"), [(60, 30, 30), (60, 26, 5), (60, 15, 15), (59, 14, 15)])
def test_canonical_correlations_are_refused_by_the_size_of_halves(measure, n, p, q):
    """Linear algebra: subspaces of p and q dimensions among h - 1 share p + q - (h - 1).

    30 latent directions seen by 30 units each in 60 stimuli: CCA said .66 where many stimuli say
    .23, with an interval of nan (the cases).
    """
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((n, p)), rng.standard_normal((n, q))
    least = r"\d+" if measure == "SVCCA" else p + q + 1  # 99 % of the variance need fewer
    if measure == "SVCCA":
        x = np.linalg.qr(x)[0]
    with pytest.raises(InputError, match=f"halves of at least {least} stimuli, got {n // 2}"):
        similarity(x, y, measure)


@pytest.mark.parametrize(
    ("measure", "n", "p", "q"),
    [("CCA", 60, 15, 14), ("SVCCA", 60, 15, 14), ("PWCCA", 30, 6, 6), ("CCA", 540, 130, 130)],
)
def test_canonical_correlations_that_are_not_refused_have_an_interval(measure, n, p, q):
    """Also where a half of 256 stimuli, which other measures draw at most, would be too small."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((n, p)), rng.standard_normal((n, q))
    value = similarity(x, y, measure)
    found = chance(x, y, measure, value, axis="stimuli", n_draws=3, seed=0)
    assert found.low <= value <= found.high


def test_halves_of_repeats_are_smaller_and_are_counted():
    """Five items of twelve repeats: a half holds two of them, 24 rows of 60."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((60, 14)), rng.standard_normal((60, 14))
    rows = Rows("repeats", np.repeat(np.arange(5), 12))
    value = similarity(x, y, "CCA")
    with pytest.raises(InputError, match="halves of at least 29 stimuli, got 24 of 60"):
        chance(x, y, "CCA", value, axis="stimuli", n_draws=20, seed=0, rows=rows)


def test_a_refused_pair_is_named():
    rng = np.random.default_rng(0)
    made = {name: rng.standard_normal((60, p)) for name, p in (("narrow", 5), ("wide", 40))}
    folder = library.fresh_folder("halves")
    set_from_arrays(made, folder)
    library.publish(folder, "halves")
    with pytest.raises(InputError, match="narrow with wide: CCA of 5 and 40 directions"):
        compare(source="halves", measure="CCA")


def test_what_is_undefined_has_no_interval():
    x = np.zeros((20, 4))
    found = chance(x, x, "CKA, debiased", float("nan"), axis="stimuli", n_draws=20, seed=0)
    assert np.isnan([found.low, found.high, found.control, found.p]).all()


def test_parallelisms_and_separabilities_of_a_stack_are_those_of_each():
    rng = np.random.default_rng(7)
    x = rng.standard_normal((4, 8, 5))
    x[3] = np.pad(hypercube(8), ((0, 0), (0, 2)))
    every = dichotomies(8)
    for positive in every[::7]:
        alone = [parallelism(a, positive) for a in x]
        np.testing.assert_allclose(parallelisms(x, positive), alone, atol=1e-12)
    found = separables(x, every)
    assert found[3].sum() == 7  # closed form: of a cube's 35
    assert found.tolist() == [[is_separable(a, one) for one in every] for a in x]


def test_intervals_of_task_geometry_hold_the_score_and_leave_the_control():
    end = task_geometry(source="", stimuli=(), seed=1)
    scores, control = end.scores, end.control
    k = end.names.index("class = bit 1")
    low, high = scores.parallelism_ends[:, k]
    assert low <= scores.parallelism[k] <= high
    assert control.parallelism[k] < low
    assert (scores.ccgp_ends[0] <= scores.ccgp).all()
    assert scores.share_ends[0] <= scores.separable.mean() <= scores.share_ends[1]
    table = end.table().columns
    assert {"low", "high", "control", "CCGP low", "CCGP high"} <= set(table)
    mean = (scores.ccgp.sum() - scores.ccgp[k]) / (len(scores.ccgp) - 1)
    assert table["CCGP, other splits"][k] == pytest.approx(mean)
    assert table["share of splits as high"][k] == (scores.ccgp >= scores.ccgp[k]).mean()


def test_a_split_by_hand_is_picked_and_an_uneven_one_refused():
    end = task_geometry(right=(1, 2, 4, 7))  # the odd corners of a cube: parity
    assert set(np.flatnonzero(end.positive[end.picked])) in ({1, 2, 4, 7}, {0, 3, 5, 6})
    with pytest.raises(InputError, match="4 of the 8 on the right, got 3"):
        task_geometry(right=(1, 2, 4))


def test_barriers_are_bootstrapped_over_stimuli():
    rng = np.random.default_rng(9)
    told = rng.random((5, 2, 300)) + np.array([0.0, 0.3, 0.5, 0.3, 0.0])[:, None, None]
    found = path_chance(told, seed=0)
    assert found.barrier[0] < 0.5 < found.barrier[1]
    error = told[2, 0].std() / np.sqrt(300)  # closed form: the standard error of a mean
    assert np.ptp(found.loss[:, 2]) == pytest.approx(2 * 1.96 * error, rel=0.15)
    still = path_chance(np.ones((3, 2, 10)), seed=0)
    assert still.barrier == (0.0, 0.0)


def test_shares_and_medians_have_their_intervals():
    theirs = binomtest(476, 529).proportion_ci(method="wilson")
    assert wilson(476, 529) == pytest.approx((theirs.low, theirs.high), abs=1e-6)
    values = np.random.default_rng(2).exponential(size=400)
    low, high = median_interval(values, 0)
    order = np.sort(values)  # closed form: order statistics of the binomial
    assert low == pytest.approx(order[180], abs=0.03)
    assert high == pytest.approx(order[219], abs=0.03)
    scores = scores_of(*analytic_weights(23, list(range(1, 12)), 3), seed=0)
    assert scores[0].tolist() == pytest.approx([1.0, 529 / (529 + 1.959964**2), 1.0])
    assert scores[1] == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)


def test_intervals_of_one_layer_hold_their_own_estimates():
    """A ReLU layer of 12 stimuli in two classes: few units are active, which a bootstrap repeats."""
    rng = np.random.default_rng(5)
    sides = np.repeat([[2.0], [-2.0]], 6, axis=0)
    x = np.maximum(sides * rng.standard_normal(40) + 0.3 * rng.standard_normal((12, 40)), 0.0)
    found = layer_scores(x, None, ("a",) * 6 + ("b",) * 6, 0)
    assert {s.name for s in found} >= {"class CKA, debiased", "class CKA, biased", "parallelism"}
    for score in found:
        assert score.low <= score.value <= score.high, score
        assert score.high <= 1.0 or score.name.startswith("participation ratio")


def test_the_permutations_of_rank_correlations_are_those_of_each_alone():
    """scipy's spearmanr of every permutation by itself; ranking once must not change them."""
    from engines.geometry.chance.resampling import _similarities

    rng = np.random.default_rng(6)
    x, y = shared(rng, 15, 9, 1.0)
    same = np.broadcast_to(np.arange(15), (5, 15))
    moved = np.array([rng.permutation(15) for _ in range(5)])
    found = _similarities(x, y, same, moved, "RSA, Spearman")
    upper = np.triu_indices(15, 1)
    alone = [spearmanr(1 - np.corrcoef(x)[upper], 1 - np.corrcoef(y[m])[upper])[0] for m in moved]
    np.testing.assert_allclose(found, alone, atol=1e-12)
