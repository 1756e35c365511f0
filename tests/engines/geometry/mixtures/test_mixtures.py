"""Mixtures of experts: who is asked, which become one, in which order, and the run."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import SpecError
from engines.geometry.experiments.pruning.mixtures import EXPERIMENT
from engines.geometry.mixtures.answers import copies_merged
from engines.geometry.mixtures.found import ARMS, MixtureRun
from engines.geometry.mixtures.merging import (
    dealt,
    grouped,
    joined,
    merged,
    order,
    read,
    stirred,
    surprise,
)
from engines.geometry.mixtures.mixture import Mixture
from engines.geometry.mixtures.spec import N_ACTIVE, N_EXPERTS, MixtureSpec

TINY = MixtureSpec(n_networks=3, n_learnt=5, width=6)


@pytest.fixture(scope="module")
def run() -> MixtureRun:
    found = EXPERIMENT.result(TINY)
    assert isinstance(found, MixtureRun)
    return found


def drawn(seed: int = 0, width: int = 6, apart: float = 1.0) -> dict[str, np.ndarray]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Mixture(width, apart)
    return {name: value.detach().double().numpy() for name, value in model.named_parameters()}


X = np.random.default_rng(5).random((30, 64))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 100))
def test_stirred_units_say_the_same(seed: int):
    experts = drawn(seed)
    other = stirred(experts, np.random.default_rng(seed))
    np.testing.assert_allclose(read(other, X, 2)[0], read(experts, X, 2)[0], atol=1e-12)
    assert not np.array_equal(other["keys"], experts["keys"])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 100))
def test_an_aligned_merge_does_not_know_the_order_of_units(seed: int):
    """Ties apart, the assignment is the same one whatever the places were."""
    experts, rng = drawn(seed), np.random.default_rng(seed)
    often, groups = rng.random(N_EXPERTS), rng.integers(0, 3, N_EXPERTS)
    groups[:3] = np.arange(3)
    a, b = (read(merged(each, groups, often), X, 2)[0]
            for each in (experts, stirred(experts, rng)))  # fmt: skip
    np.testing.assert_allclose(a, b, atol=1e-10)


def test_copies_in_other_orders_merge_exactly_and_only_when_aligned():
    assert copies_merged(aligned=True) < 1e-9
    assert copies_merged(aligned=False) > 0.1


def test_the_order_of_a_reordered_copy_is_undone():
    experts, to = drawn(), np.random.default_rng(1).permutation(6)
    experts["keys"][1] = experts["keys"][0][:, to]
    experts["key_bias"][1] = experts["key_bias"][0][to]
    experts["values"][1] = experts["values"][0][to]
    np.testing.assert_array_equal(to[order(experts, 0, 1)], np.arange(6))


def test_the_most_asked_stay_and_others_join_the_router_column_most_alike():
    router, often = np.random.default_rng(2).normal(size=(64, N_EXPERTS)), np.arange(8.0)
    router[:, 0] = 3.0 * router[:, 5] + 0.01
    groups = grouped(router, often, 3)
    assert set(groups) == {5, 6, 7}
    assert groups[[5, 6, 7]].tolist() == [5, 6, 7]
    assert groups[0] == 5


def test_dealt_groups_have_the_same_sizes_and_joined_ones_the_same_heads():
    groups, rng = np.array([5, 5, 7, 6, 5, 5, 6, 7]), np.random.default_rng(0)
    for made in (dealt(groups, rng), joined(groups, rng)):
        assert sorted(np.unique(made, return_counts=True)[1]) == [2, 2, 4]
        assert (made[made] == made).all()
    assert set(joined(groups, rng)) == {5, 6, 7}


def test_weights_of_a_group_are_their_mean_by_how_often_they_are_asked():
    experts, groups = drawn(), np.arange(N_EXPERTS)
    groups[1] = 0
    often = np.arange(1.0, 9.0)
    made = merged(experts, groups, often, aligned=False)
    wanted = (experts["keys"][0] + 2 * experts["keys"][1]) / 3
    np.testing.assert_allclose(made["keys"][1], wanted)
    np.testing.assert_allclose(made["keys"][0], wanted)
    np.testing.assert_array_equal(made["values"][2:], experts["values"][2:])


def test_two_are_asked_and_surprise_is_torchs():
    said, asked = read(drawn(), X, N_ACTIVE)
    assert (asked.sum(axis=1) == N_ACTIVE).all()
    y = np.arange(30) % 10
    wanted = torch.nn.functional.cross_entropy(torch.from_numpy(said), torch.from_numpy(y))
    assert surprise(said, y) == pytest.approx(float(wanted))


def test_experts_that_begin_as_copies_are_equal():
    experts = drawn(apart=0.0)
    assert np.ptp(experts["keys"], axis=0).max() == 0.0
    assert np.ptp(drawn()["keys"], axis=0).max() > 0.1


def test_a_run_merges_in_every_way_and_eight_left_cost_nothing(run):
    assert run.rise.shape == (len(ARMS), 5, 3)
    np.testing.assert_allclose(run.rise[:, -1], 0.0, atol=1e-12)
    assert len(run.pictures()) == 5
    assert len(EXPERIMENT.findings(run)) == len(EXPERIMENT.claims)
    again = EXPERIMENT.result(TINY)
    assert again.rise.tobytes() == run.rise.tobytes()


def test_too_much_is_refused():
    with pytest.raises(SpecError, match="60 mixtures of width 128 for 3,000 steps"):
        MixtureSpec(n_networks=60, width=128, n_learnt=3_000)


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_known_answers_are_reproduced(answer):
    assert answer.verdict().reproduced
