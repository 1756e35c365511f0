"""The null of aggregation against counting every permutation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.sorting import AlgotypeShare, SortSpec, measure, simulate
from engines.sorting.chance.label_null import aggregation_null


def enumerated(labels: tuple[int, ...]) -> tuple[float, float]:
    """Mean and SD of like neighbours over n, over every order of the labels."""
    shares = [
        sum(a == b for a, b in itertools.pairwise(order)) / len(labels)
        for order in itertools.permutations(labels)
    ]
    return float(np.mean(shares)), float(np.std(shares))


@pytest.mark.parametrize("n", range(2, 7))
def test_moments_are_those_of_all_permutations(n):
    for labels in itertools.combinations_with_replacement(range(3), n):
        found = aggregation_null(np.array(labels, np.uint8))
        assert found == pytest.approx(enumerated(labels), abs=1e-12)


@given(st.lists(st.integers(0, 2), min_size=2, max_size=40), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_null_knows_counts_only(labels, random):
    shuffled = labels.copy()
    random.shuffle(shuffled)
    renamed = [(2, 0, 1)[label] for label in labels]
    first = aggregation_null(np.array(labels, np.uint8))
    assert aggregation_null(np.array(shuffled, np.uint8)) == first
    assert aggregation_null(np.array(renamed, np.uint8)) == pytest.approx(first)


def test_one_kind_has_no_spread_and_all_neighbours_alike():
    mean, sd = aggregation_null(np.zeros(50, np.uint8))
    assert (mean, sd) == (pytest.approx(49 / 50), 0.0)


@pytest.mark.parametrize("n", [0, 1])
def test_without_neighbours_there_is_no_null(n):
    assert all(math.isnan(x) for x in aggregation_null(np.zeros(n, np.uint8)))


def test_shuffled_labels_of_a_large_array_agree_with_the_moments():
    labels = np.repeat([0, 1, 2], [50, 30, 20])
    rng = np.random.default_rng(0)
    shares = np.array([(np.diff(rng.permutation(labels)) == 0).sum() / 100 for _ in range(20_000)])
    mean, sd = aggregation_null(labels)
    assert shares.mean() == pytest.approx(mean, abs=5 * sd / math.sqrt(20_000))
    assert shares.std() == pytest.approx(sd, rel=0.03)


def test_the_measure_of_that_name_is_the_same_mean_per_pair():
    shares = (AlgotypeShare(algotype="bubble"), AlgotypeShare(algotype="selection", parts=3))
    run = simulate(SortSpec(n_cells=40, algotypes=shares))
    mean, _ = aggregation_null(run.algotype)
    assert measure(run, "aggregation_null") == pytest.approx(mean * 40 / 39)
