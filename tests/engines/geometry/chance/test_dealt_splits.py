"""The control task of CCGP: other splits of the same conditions."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.contract import InputError
from engines.geometry import ccgp_beside
from engines.geometry.chance.dealt_splits import at_least_as_high, other_splits
from engines.geometry.tasks.hypercube import hypercube


def test_of_a_cube_two_other_splits_generalise_as_well():
    """Its two other axes; closed form: 3 of 35 splits of eight corners are axes."""
    found = ccgp_beside(hypercube(8), hypercube(8)[:, 0] > 0)
    assert found.every
    assert len(found.control) == 34
    assert (found.control >= 1.0).sum() == 2
    assert found.p == 3 / 35
    assert found.selectivity > 0.4


def test_of_equidistant_points_no_split_is_special():
    found = ccgp_beside(np.eye(8), np.arange(8) < 4)
    assert abs(found.selectivity) < 0.1
    assert found.p > 0.1


@given(st.sampled_from([4, 6, 8, 10]), st.integers(0, 20))
def test_other_splits_are_balanced_and_differ(n, seed):
    side = np.random.default_rng(seed).permutation(np.arange(n) < n // 2)
    found = other_splits(side, 12, seed)
    assert len(found) == (comb(n, n // 2) // 2 - 1 if n <= 8 else 12)
    assert (found.sum(axis=1) == n // 2).all()
    assert len(np.unique(found, axis=0)) == len(found)
    for other in (side, ~side):
        assert not (found == other).all(axis=1).any()


def test_the_asked_one_counts():
    assert at_least_as_high(0.9, np.array([0.1, 0.9, 1.0])) == 0.75
    assert np.isnan(at_least_as_high(0.9, np.zeros(0)))


def test_a_split_is_the_same_whichever_side_is_called_right():
    cube = hypercube(8)
    one, other = (ccgp_beside(cube, side) for side in (cube[:, 1] > 0, cube[:, 1] < 0))
    assert one.value == pytest.approx(other.value)
    assert one.p == other.p


@pytest.mark.parametrize(("x", "side", "n", "said"),
                         [(np.eye(8), np.arange(8) < 4, 0, "at least 1 other split"),
                          (np.eye(2), np.arange(2) < 1, 5, "4 conditions or more"),
                          (np.eye(8), np.arange(6) < 3, 5, "a side for each")])  # fmt: skip
def test_what_is_no_split_is_said(x, side, n, said):
    with pytest.raises(InputError, match=said):
        ccgp_beside(x, side, n_controls=n)
