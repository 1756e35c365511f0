"""Subsets and their supersets: what is wanted, what order is for, what networks choose."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import SpecError
from engines.lab.training import stack_of
from engines.pointer.answers import choosing as known
from engines.pointer.choosing.asked import SubsetSpec
from engines.pointer.choosing.choose import chosen_by, order_difference
from engines.pointer.choosing.sets import SubsetScore, chance, examples, jaccard, sets, wanted
from engines.pointer.choosing.subsets import KINDS, Subsets
from engines.running import registry

SMALL = SubsetSpec(n_elements=8, n_chosen=3)


@pytest.mark.parametrize("answer", known.subset_answers(), ids=lambda a: a.target)
def test_chance(answer):
    assert abs(answer.ours() - answer.expected) <= answer.tolerance


def test_wanted_are_the_nearest_to_the_mean_one_by_one():
    points = sets(SMALL, 20, 3)
    for one, found in zip(points, wanted(points, 3, own_mean=True), strict=True):
        away = [float(np.hypot(*(p - one.mean(axis=0)))) for p in one]
        assert set(np.flatnonzero(found)) == set(sorted(range(8), key=away.__getitem__)[:3])


@given(st.integers(0, 1_000), st.floats(-5, 5))
@settings(max_examples=20, deadline=None)
def test_a_target_of_its_own_mean_moves_with_its_set_and_the_other_does_not(seed, by):
    points = sets(SMALL.replace(seed=seed), 5, 1).astype(np.float64)
    assert (wanted(points, 3, own_mean=True) == wanted(points + by, 3, own_mean=True)).all()
    far = wanted(points + 100.0, 3, own_mean=False)
    assert far.sum(axis=1).tolist() == [3] * 5


def test_an_example_takes_some_of_the_wanted_and_asks_for_another():
    points = sets(SMALL, 50, 2)
    target = wanted(points, 3, own_mean=True)
    x, y = examples(points, target, 0)
    taken = x[..., 2].numpy() > 0
    assert (taken <= target).all()
    assert set(taken.sum(axis=1).tolist()) == {0, 1, 2}
    assert target[np.arange(50), y].all()
    assert not taken[np.arange(50), y].any()


class Exact(torch.nn.Module):
    """The score that is right: how near an element is to the mean of the whole set."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        away = (x[..., :2] - x[..., :2].mean(dim=-2, keepdim=True)).norm(dim=-1)
        return -self.scale * away - 1e9 * x[..., 2]


def test_a_right_score_chooses_what_is_wanted():
    points = sets(SMALL, 30, 4)
    found = chosen_by(stack_of([Exact(), Exact()]), torch.from_numpy(points), 3)
    assert (jaccard(found, wanted(points, 3, own_mean=True)[None]) == 1).all()


def test_only_who_is_told_hears_of_the_superset_and_nobody_of_its_order():
    torch.manual_seed(0)
    x = torch.randn(4, 8, 3)
    x[..., 2] = 0
    x[:, :2, 2] = 1
    other = x.clone()
    other[:, 2, :2] += 3.0  # an element that is neither chosen nor asked about
    for told in (True, False):
        net = SubsetScore(16, told=told).eval()
        with torch.no_grad():
            same = torch.allclose(net(x)[:, 3:], net(other)[:, 3:])
        assert same is not told
        assert order_difference(stack_of([net]), x, 1) < 1e-5


def test_jaccard_of_sets_by_hand():
    a, b = np.array([1, 1, 0, 0], bool), np.array([0, 1, 1, 0], bool)
    assert jaccard(a, b) == pytest.approx(1 / 3)
    assert chance(2, 1) == pytest.approx(0.5)


def test_a_small_run_is_repeated_and_judged():
    spec = SubsetSpec(n_updates=40, n_seeds=2, n_tested=20, n_elements=8, n_chosen=2, width=8)
    experiment = registry.experiment("pointer/inset")
    items = list(experiment.frames(spec))
    run = items[-1]
    assert isinstance(run, Subsets)
    assert run.score.shape == (len(KINDS), 9, 2)
    assert (run.score == experiment.result(spec).score).all()
    assert len(experiment.findings(run)) == 3
    assert len(run.pictures()) == 5
    assert len(items[0].pictures()) == 2


def test_a_subset_of_everything_is_no_choice():
    with pytest.raises(SpecError, match="fewer than Elements"):
        SubsetSpec(n_elements=5, n_chosen=5)
