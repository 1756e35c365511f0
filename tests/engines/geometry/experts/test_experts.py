"""Experts and bricks: the plain network, k-means by scikit-learn, by hand, and the run."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import SpecError
from engines.geometry.experiments.pruning.experts import CLAIMS, EXPERIMENT
from engines.geometry.experts.bricks import answering, lost
from engines.geometry.experts.found import ALIKE, BRICK, RANDOM
from engines.geometry.experts.groups import alike, dealt, spread
from engines.geometry.experts.result import ExpertsRun
from engines.geometry.experts.routed import Routed, membership
from engines.geometry.experts.running import Thrice
from engines.geometry.experts.spec import ExpertsSpec

TINY = ExpertsSpec(width=32, n_experts=4, n_active=2, n_learnt=30, n_further=8, n_networks=3)


@pytest.fixture(scope="module")
def run() -> ExpertsRun:
    found = EXPERIMENT.result(TINY)
    assert isinstance(found, ExpertsRun)
    return found


def network(n_active: int, seed: int = 0) -> Routed:
    torch.manual_seed(seed)
    made = Routed(24, 4)
    made.member.copy_(membership(np.random.default_rng(seed).permutation(np.arange(24) % 4)))
    made.n_active.fill_(n_active)
    return made


def test_the_experts_asked_are_those_whose_mean_key_is_most_along_the_input():
    net, x = network(1), torch.randn(30, 64)
    with torch.no_grad():
        asked = net.asked(x)
        groups = net.member.argmax(0).numpy()
        keys = net.keys.weight.numpy()
    means = np.array([keys[groups == k].mean(axis=0) for k in range(4)])
    best = (x.numpy() @ means.T).argmax(axis=1)
    np.testing.assert_array_equal(asked.numpy(), groups == best[:, None])


@given(st.integers(1, 4), st.integers(0, 5))
def test_as_many_experts_answer_as_asked_for(n_active, seed):
    net = network(n_active, seed)
    with torch.no_grad():
        assert (net.asked(torch.randn(9, 64)).sum(1) == 6 * n_active).all()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 100), st.sampled_from([2, 4, 8]))
def test_groups_are_of_one_size(seed, n_groups):
    rng = np.random.default_rng(seed)
    keys = rng.normal(size=(16, 5))
    for groups in (alike(keys, n_groups, rng), dealt(16, n_groups, rng)):
        assert (np.bincount(groups) == 16 // n_groups).all()


def test_groups_are_those_of_scikit_learn_where_k_means_is_balanced():
    """scikit-learn, KMeans and its adjusted Rand index."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(1)
    keys = 20.0 * rng.normal(size=(3, 4))[np.repeat(np.arange(3), 6)] + rng.normal(size=(18, 4))
    ours = min((alike(keys, 3, np.random.default_rng(k)) for k in range(8)),
               key=lambda groups: spread(keys, groups))  # fmt: skip
    theirs = KMeans(3, n_init=cast("Any", 10), random_state=0).fit(keys)
    assert adjusted_rand_score(theirs.labels_, ours) == 1.0
    total = np.square(keys - keys.mean(axis=0)).sum()
    assert spread(keys, ours) == pytest.approx(theirs.inertia_ / total)


def test_units_taken_out_stand_at_their_mean():
    rng = np.random.default_rng(2)
    held, labels = rng.random((200, 8)), rng.integers(0, 3, 200)
    weight, bias = rng.normal(size=(3, 8)), rng.normal(size=3)
    out, level = np.array([1, 5]), held.mean(axis=0)
    moved = held.copy()
    moved[:, out] = level[out]
    right = [(x @ weight.T + bias).argmax(axis=1) == labels for x in (held, moved)]
    wanted = [right[0][labels == k].mean() - right[1][labels == k].mean() for k in range(3)]
    np.testing.assert_allclose(lost(held, labels, (weight, bias), out, level), wanted)
    assert lost(held, labels, (weight, bias), out[:0], level).tolist() == [0.0, 0.0, 0.0]


def test_a_unit_that_is_silent_answers_nothing():
    labels = np.arange(20) % 2
    held = np.stack([np.zeros(20), labels.astype(float)], axis=1)
    np.testing.assert_allclose(answering(held, labels, 2), [[0.0, -2.0], [0.0, 2.0]])


def test_all_arms_learn_from_the_same_examples_of_each_network():
    x, y = torch.arange(50.0)[:, None], torch.arange(50)
    few = torch.tensor([[0, 1, 2], [40, 41, 42]])
    seen, labels = Thrice(x, y, few, 0).batch(3)
    assert seen.shape == (6, 32, 1)
    torch.testing.assert_close(seen[:2], seen[4:])
    torch.testing.assert_close(labels.float(), seen[..., 0])
    assert set(labels[1].tolist()) <= {40, 41, 42}


def test_a_run_asks_few_experts_and_takes_bricks_out(run):
    found = run.found
    assert TINY.shares == (1, 2, 4)
    assert found.kept.shape == (2, 3, 3)
    # All experts are the network, however they are made.
    np.testing.assert_array_equal(found.kept[ALIKE, -1], found.kept[RANDOM, -1])
    assert (found.within[ALIKE] < found.within[RANDOM]).all()
    own, n = found.own(), found.lost.shape[-1]
    every = found.lost[BRICK].mean(axis=(1, 2))
    np.testing.assert_allclose((own + (n - 1) * found.others()) / n, every)
    assert len(run.pictures()) == 5
    assert len(EXPERIMENT.findings(run)) == len(CLAIMS)
    again = EXPERIMENT.result(TINY)
    assert isinstance(again, ExpertsRun)
    assert again.found.further.tobytes() == found.further.tobytes()


def test_experts_that_cannot_be_are_said():
    with pytest.raises(SpecError, match="128 units cannot be parted into 24 experts"):
        ExpertsSpec(n_experts=24)
    with pytest.raises(SpecError, match="9 experts cannot answer of 8"):
        ExpertsSpec(n_experts=8, n_active=9)


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_known_answers_are_reproduced(answer):
    assert answer.verdict().reproduced
