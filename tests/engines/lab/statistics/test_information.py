"""Information of codes: closed forms, scikit-learn's mutual information, and what bounds it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from sklearn.metrics import mutual_info_score

from engines.contract import InputError
from engines.lab.statistics.information import (
    bit_words,
    entropy_bits,
    equal_mass_bins,
    even_bins,
    information,
    kernel_information,
    words,
)

RNG = np.random.default_rng(0)
CODES = hnp.arrays(np.int64, st.integers(2, 200), elements=st.integers(0, 9))


@given(CODES)
def test_entropy_is_scipys(samples):
    counts = np.unique(samples, return_counts=True)[1]
    assert entropy_bits(samples) == pytest.approx(stats.entropy(counts, base=2), abs=1e-12)


@given(CODES, st.integers(0, 99))
def test_information_about_labels_is_scikit_learns(code, seed):
    labels = np.random.default_rng(seed).integers(0, 3, len(code))
    of_input, of_label = information(code, labels)
    wanted = mutual_info_score(code, labels) / np.log(2)
    assert of_label == pytest.approx(wanted, abs=1e-9)
    assert of_label <= of_input + 1e-12
    assert of_input <= np.log2(len(code)) + 1e-12


@given(st.integers(1, 40), st.integers(1, 4), st.integers(2, 60), st.integers(0, 99))
def test_binning_never_adds_information_and_finer_even_bins_never_lose_any(n, units, bins, seed):
    values = np.random.default_rng(seed).standard_normal((n, units))
    exact = entropy_bits(bit_words(values))
    coarse = entropy_bits(words(even_bins(values, bins, -2.0, 2.0)))
    fine = entropy_bits(words(even_bins(values, 2 * bins, -2.0, 2.0)))
    assert coarse <= fine + 1e-9
    assert fine <= exact + 1e-9


@given(hnp.arrays(np.int64, (30, 5), elements=st.integers(-3, 3)))
def test_rows_have_one_word_if_and_only_if_they_are_the_same(rows):
    found = words(rows)
    wanted = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
    assert len(set(zip(found.tolist(), wanted.tolist(), strict=True))) == len(np.unique(wanted))
    exact = bit_words(rows.astype(float))
    assert len(np.unique(exact)) == len(np.unique(wanted))


def test_words_of_many_units_do_not_overflow():
    rows = RNG.integers(0, 200, (500, 40))
    assert len(np.unique(words(rows))) == len(np.unique(rows, axis=0))


def test_even_bins_are_numpys():
    values = RNG.uniform(-1, 1, 1000)
    edges = np.linspace(-1, 1, 31)
    assert np.array_equal(even_bins(values, 30, -1, 1), np.digitize(values, edges) - 1)
    assert even_bins(np.array([-9.0, 9.0]), 30, -1, 1).tolist() == [0, 29]


def test_bins_of_equal_mass_hold_equally_many_different_values():
    values = np.concatenate([np.zeros(600), RNG.uniform(0.1, 1, 299)])
    found = equal_mass_bins(values, 30)
    sizes = [len(np.unique(values[found == k])) for k in range(30)]
    assert set(sizes) == {10}
    assert (np.diff(found[np.argsort(values, kind="stable")]) >= 0).all()
    moved = equal_mass_bins(3.0 * values + 7.0, 30)
    assert np.array_equal(moved, found), "gain and offset change nothing"


def test_one_value_is_one_bin():
    assert entropy_bits(equal_mass_bins(np.full(50, 3.0), 30)) == 0.0


@given(st.floats(0.05, 2.0), st.integers(0, 99))
@settings(deadline=None)
def test_kernels_lie_between_nothing_and_all(sd, seed):
    rng = np.random.default_rng(seed)
    values, labels = rng.standard_normal((128, 2)), rng.integers(0, 2, 128)
    of_input, of_label = kernel_information(values, labels, sd)
    assert -1e-6 <= of_input <= 7.0 + 1e-6
    assert of_label <= of_input + 1e-6
    wider, _ = kernel_information(values, labels, 2 * sd)
    assert wider <= of_input + 1e-6


def test_kernels_are_the_pairwise_sum():
    values, labels = RNG.standard_normal((40, 3)), RNG.integers(0, 2, 40)
    gap = ((values[:, None] - values[None]) ** 2).sum(-1)
    near = np.exp(-gap / (2 * 0.7**2))
    every = near.mean(1)
    same = np.array([near[i, labels == labels[i]].mean() for i in range(40)])
    found = kernel_information(values, labels, 0.7)
    assert found[0] == pytest.approx(-np.log2(every).mean(), abs=1e-5)
    assert found[1] == pytest.approx(np.log2(same / every).mean(), abs=1e-5)


@pytest.mark.parametrize("far", [True, False])
def test_kernels_of_two_clusters_know_which(far):
    values = np.repeat([[0.0], [100.0 if far else 0.0]], 32, axis=0)
    labels = np.repeat([0, 1], 32)
    wanted = 1.0 if far else 0.0
    assert kernel_information(values, labels, 1.0) == pytest.approx((wanted, wanted), abs=1e-6)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(InputError, match="low end"):
        even_bins(np.zeros(3), 30, 1.0, 1.0)
    with pytest.raises(InputError, match="at least one"):
        equal_mass_bins(np.zeros(3), 0)
    with pytest.raises(InputError, match="give each sample one"):
        information(np.zeros(3, int), np.zeros(2, int))
    with pytest.raises(InputError, match="0 or more"):
        kernel_information(np.zeros((3, 1)), np.zeros(3, int), -1.0)
