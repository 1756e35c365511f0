"""Means over fresh instances, held against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from engines.pointer.training.evaluation import means


def test_errors_of_means_are_scipys():
    scored = {"accuracy": np.random.default_rng(3).random(50)}
    scored["accuracy"][7] = np.nan
    there = scored["accuracy"][np.isfinite(scored["accuracy"])]
    found = means(scored)
    assert found["accuracy"] == pytest.approx(there.mean())
    assert found["accuracy error"] == pytest.approx(stats.sem(there))
