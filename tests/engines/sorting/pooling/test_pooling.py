"""Pooling by orders: the sets, the pools that they contain, and what a run holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engines.contract import InputError
from engines.contract.pictures import Bars, Curves, Table
from engines.lab.data.posets import kinds, labelled
from engines.sorting import poset_pooling
from engines.sorting.experiments.learning.pooling import EXPERIMENT
from engines.sorting.pooling.answers import answers
from engines.sorting.pooling.asked import ARMS, LARGEST, MEAN, POSETS, RANDOM, PoolSpec
from engines.sorting.pooling.filters import order_sets, random_sets
from engines.sorting.pooling.networks import Pooling
from engines.sorting.pooling.results import LOSS, PoolFrame, PoolResult
from engines.sorting.pooling.running import Comparison


@pytest.fixture(scope="module")
def run() -> PoolResult:
    return poset_pooling(n_steps=20, n_nets=2)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


def _families(sets: np.ndarray) -> list[set[tuple[int, ...]]]:
    return [{tuple(int(v) for v in one) for one in family} for family in sets]


def test_sets_of_an_order_are_closed_under_union_and_intersection():
    """Birkhoff 1937: order ideals are a distributive lattice."""
    for family in _families(order_sets()):
        for a in family:
            for b in family:
                assert tuple(np.maximum(a, b)) in family
                assert tuple(np.minimum(a, b)) in family


def test_random_sets_are_as_many_as_those_of_orders_and_change_with_the_draw():
    one, other = (_families(random_sets(np.random.default_rng(k))) for k in (0, 1))
    for drawn, order in zip(one, _families(order_sets()), strict=True):
        assert len(drawn) == len(order)
        assert {(0, 0, 0, 0), (1, 1, 1, 1)} <= drawn
    assert one != other
    assert len(one) == len(kinds(labelled(4))[0])


def test_all_ways_begin_with_the_same_weights_and_random_sets_are_each_networks_own():
    made = Comparison(PoolSpec(n_steps=20, n_nets=2))
    weights = [training.stack.weights for training in made.trainings.values()]
    for other in weights[1:]:
        torch.testing.assert_close(other, weights[0], rtol=0, atol=0)
    sets = made.trainings[RANDOM].stack.buffers["sets"]
    assert not torch.equal(sets[0], sets[1])
    same = made.trainings[POSETS].stack.buffers["sets"]
    assert torch.equal(same[0], same[1])


def test_the_mean_pools_as_torch_does():
    made, x = Pooling(MEAN, 10), torch.randn(3, 16, 4, 16)
    theirs = torch.nn.functional.avg_pool2d(x.mT.reshape(3, 256, 2, 2), 2).reshape(3, 16, 16)
    torch.testing.assert_close(made.pooled(x), theirs.relu())


def test_the_result_holds_every_way_and_its_claims_want_more_steps(run):
    assert run.seen.shape == (len(run.steps), len(ARMS), 2, 2)
    assert np.isfinite(run.seen).all()
    np.testing.assert_array_equal(run.at(LOSS, LARGEST), run.seen[-1, ARMS.index(LARGEST), LOSS])
    bars, course, table = run.pictures()
    assert isinstance(bars, Bars)
    assert isinstance(course, Curves)
    assert isinstance(table, Table)
    assert table.columns["pool"] == ARMS
    assert len(run.moments()) == len(run.steps)
    assert run.apart(POSETS, MEAN).value == pytest.approx(
        run.mean(POSETS).value - run.mean(MEAN).value
    )
    assert not EXPERIMENT.findings(run)
    with pytest.raises(InputError, match="there is no 'median'"):
        run.at(LOSS, "median")


def test_progress_moves_between_looks_and_neighbouring_seeds_share_no_first_weights():
    spec = PoolSpec(n_steps=20, n_nets=2)
    done = [one.fraction for one in EXPERIMENT.frames(spec) if isinstance(one, PoolFrame)]
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert len(set(done)) > 5
    one, other = (
        Comparison(PoolSpec(n_steps=20, n_nets=2, seed=seed)).trainings[MEAN].stack.weights
        for seed in (0, 1)
    )
    assert not (one[:, None] == other).all(-1).any()


@pytest.mark.parametrize(
    ("n_steps", "n_nets", "told"),
    [(59, 40, 0), (60, 8, 1), (60, 39, 1), (60, 40, 3), (479, 40, 3), (480, 40, 0)],
)
def test_claims_are_for_lengths_and_numbers_of_networks(run, n_steps, n_nets, told):
    asked = {"n_steps": n_steps, "n_nets": n_nets}
    longer = replace(run, spec=run.spec.model_copy(update=asked))
    assert len(EXPERIMENT.findings(longer)) == told
