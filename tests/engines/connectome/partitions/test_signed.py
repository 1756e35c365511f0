"""Communities where weights are negative: a planted pair, every partition of small graphs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from engines.connectome import communities, from_matrix
from engines.connectome.partitions.modularity import modularity
from engines.connectome.partitions.signed import signed_louvain, signed_modularity
from engines.contract import InputError

PAIR = np.block([[np.ones((4, 4)), -np.ones((4, 4))], [-np.ones((4, 4)), np.ones((4, 4))]])
np.fill_diagonal(PAIR, 0.0)


@pytest.mark.parametrize("method", ["Leiden", "Louvain"])
def test_two_groups_that_inhibit_each_other_are_two_communities(method):
    # The graph of github.com/aestrivex/bctpy issue 64.
    found = communities(from_matrix(PAIR), method=method, n_runs=5)
    assert found.label.tolist() == [0] * 4 + [1] * 4
    # Closed form of Q*: v+ = 24, v- = 32; (1 - 1/2) + (32 / 56) x 1/2.
    assert found.consensus_quality == pytest.approx(0.5 + 32 / 56 / 2)


def test_signs_can_be_refused_and_the_spectral_method_knows_none():
    with pytest.raises(InputError, match="weights are negative"):
        communities(from_matrix(PAIR), sign="refused")
    with pytest.raises(InputError, match="weights of zero or more"):
        communities(from_matrix(PAIR), method="spectral")


def partitions(n):
    if n == 1:
        yield [0]
        return
    for part in partitions(n - 1):
        for k in range(max(part) + 2):
            yield [*part, k]


@pytest.mark.parametrize("seed", range(6))
def test_the_best_of_ten_runs_is_nearly_the_best_of_all_partitions(seed):
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.integers(-2, 3, (6, 6)), 1).astype(float)
    weights = sparse.csr_array(upper + upper.T)
    best = max(signed_modularity(weights, np.array(p)) for p in partitions(6))
    runs = [signed_louvain(weights, seed=s) for s in range(10)]
    assert max(signed_modularity(weights, run) for run in runs) > best - 0.02


def test_without_negative_weights_it_is_newman_and_girvans():
    rng = np.random.default_rng(1)
    upper = np.triu(rng.integers(0, 3, (9, 9)), 1).astype(float)
    weights, label = sparse.csr_array(upper + upper.T), rng.integers(0, 3, 9)
    assert signed_modularity(weights, label) == pytest.approx(modularity(weights, label))
