"""Modular addition by weights that are written down."""

from __future__ import annotations

import numpy as np

from engines.geometry.mechanisms.modular_addition import accuracy, analytic_weights, logits


def test_four_phases_tie_and_a_tie_is_no_answer():
    """Plain argmax says 0.51, as the published check does: rounding picks one of two that tie.

    In float32 it picks others (0.48). Only where the right sum stands alone, in 23 of 529 cases,
    is it an answer.
    """
    theta, xi = analytic_weights(23, list(range(1, 12)), 4)
    found = logits(theta, xi)
    a, b = np.indices((23, 23))
    right = (a + b) % 23
    assert abs(float((found.argmax(axis=-1) == right).mean()) - 0.51) < 0.05
    own = np.take_along_axis(found, right[..., None], -1)[..., 0]
    assert (own >= found.max(axis=-1) - 1e-9).all()
    n_tied = (found >= found.max(axis=-1, keepdims=True) - 1e-9).sum(axis=-1)
    assert (n_tied == 1).sum() == 23
    assert accuracy(theta, xi) == 23 / 529
