"""Votes of neurons and phases that cancel, on weights that are written down."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.geometry.mechanisms.modular_addition import analytic_weights, logits
from engines.geometry.mechanisms.votes import by_chance, left, phase_symmetry, said, singles

EVERY = list(range(1, 12))


def test_votes_add_up_to_the_logits():
    theta, xi = analytic_weights(11, [1, 2], 3)
    each = [said(theta, xi, np.array([k])) for k in range(len(xi))]
    np.testing.assert_allclose(np.sum(each, axis=0), logits(theta, xi), atol=1e-12)


def test_neurons_that_are_each_hardly_right_are_right_together():
    theta, xi = analytic_weights(23, EVERY, 3)
    assert singles(theta, xi).max() < 0.1
    found = left(theta, xi, np.array([1, 33]), 3, np.random.default_rng(0))
    assert (found[:, 1, 0] == 1.0).all()
    assert (found[:, 0, 0] < 0.1).all()


@given(st.integers(3, 12), st.floats(0, 6.28))
def test_phases_on_a_grid_cancel_but_for_two_and_four_of_them(n, offset):
    """e^(4 i phase) is the same for all four phases of a square: why four fail where three do."""
    grid = offset + 2 * np.pi * np.arange(n) / n
    twice, four_times = phase_symmetry(grid)
    assert twice == pytest.approx(0.0, abs=1e-9)
    assert four_times == pytest.approx(1.0 if n == 4 else 0.0, abs=1e-9)


def test_random_phases_cancel_as_chance_says():
    rng = np.random.default_rng(0)
    found = [phase_symmetry(rng.uniform(0, 2 * np.pi, 40)) for _ in range(2_000)]
    np.testing.assert_allclose(np.mean(found, axis=0), by_chance(40), rtol=0.05)
