"""Merging: orders that are put in place, ways round, merges in part, and the run."""

from __future__ import annotations

from itertools import pairwise, permutations
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from engines.contract import SpecError
from engines.geometry.experiments.similarity.merging import EXPERIMENT
from engines.geometry.mechanisms.weight_matching import Layers, forward, permuted
from engines.geometry.merging.found import (
    ALONE,
    ARMS,
    AVERAGED,
    PARTIAL,
    PLAIN,
    REFITTED,
    SHARES,
    WEIGHTS,
)
from engines.geometry.merging.learning import learnt
from engines.geometry.merging.orders import come_back, distance, mean_of, partly, together
from engines.geometry.merging.partial import ensemble, merged, parted, refitted
from engines.geometry.merging.result import MergingRun
from engines.geometry.merging.spec import MergingSpec

TINY = MergingSpec(width=12, n_steps=40, forked=10, n_groups=3)


def drawn(seed: int, width: int = 6) -> Layers:
    rng = np.random.default_rng(seed)
    widths = (4, width, width, 3)
    return [(rng.normal(size=(a, b)), rng.normal(size=b))
            for a, b in pairwise(widths)]  # fmt: skip


X = np.random.default_rng(9).normal(size=(60, 4))


@pytest.fixture(scope="module")
def run() -> MergingRun:
    found = EXPERIMENT.result(TINY)
    assert isinstance(found, MergingRun)
    return found


@given(st.permutations(range(7)), st.lists(st.floats(-1, 1), min_size=7, max_size=7),
       st.integers(0, 7))  # fmt: skip
def test_an_order_in_part_is_an_order_and_the_most_alike_are_placed(order, alike, n):
    order, alike = np.array(order), np.array(alike)
    made = partly(order, alike, n / 7)
    assert sorted(made) == list(range(7))
    best = np.argsort(-alike, kind="stable")[:n]
    np.testing.assert_array_equal(made[best], order[best])


def test_ends_of_an_order_in_part():
    order = np.array([3, 1, 0, 2])
    np.testing.assert_array_equal(partly(order, np.zeros(4), 0.0), np.arange(4))
    np.testing.assert_array_equal(partly(order, np.zeros(4), 1.0), order)


@settings(deadline=None)
@given(st.permutations(range(5)), st.permutations(range(5)))
def test_ways_round_close_where_the_last_undoes_the_others(p, q):
    p, q = np.array(p), np.array(q)
    back = np.argsort(q[p])  # the inverse
    assert come_back([[p], [q], [back]]).tolist() == [1.0]
    turned = np.roll(back, 1)
    assert come_back([[p], [q], [turned]]).tolist() == [0.0]


def test_matched_together_no_layer_has_a_better_order():
    """Brute force: all orders of four units in each hidden layer; both at once can be better."""
    one, other = drawn(0, 4), drawn(1, 4)
    found = together([one, other])
    ends = [permuted(net, order) for net, order in zip((one, other), found, strict=True)]
    ours, stays = distance(*ends), np.arange(4)
    every = [distance(ends[0], permuted(ends[1], order))
             for p in permutations(range(4)) for order in ([np.array(p), stays],
                                                           [stays, np.array(p)])]  # fmt: skip
    assert ours < distance(one, other)
    assert ours == pytest.approx(min(every))


def test_together_brings_networks_nearer_to_their_mean_and_changes_no_function():
    nets = [drawn(k) for k in range(3)]
    found = together(nets)
    made = [permuted(net, order) for net, order in zip(nets, found, strict=True)]
    for net, other in zip(nets, made, strict=True):
        np.testing.assert_allclose(forward(net, X)[-1], forward(other, X)[-1], atol=1e-12)

    def spread(some: list[Layers]) -> float:
        return sum(distance(net, mean_of(some)) for net in some)

    assert spread(made) < spread(nets)


def test_the_mean_of_a_network_with_itself_is_the_network():
    net = drawn(4)
    for (w, b), (v, c) in zip(mean_of([net, net]), net, strict=True):
        np.testing.assert_array_equal(w, v)
        np.testing.assert_array_equal(b, c)


@pytest.mark.parametrize("share", SHARES)
def test_a_network_merged_with_itself_says_the_same(share):
    net = drawn(2)
    parts = parted([np.arange(6.0), -np.arange(6.0)], share)
    made = merged(net, net, parts)
    np.testing.assert_allclose(forward(made, X)[-1], forward(net, X)[-1], atol=1e-12)
    anew = refitted(made, net, net, parts, X)
    np.testing.assert_allclose(forward(anew, X)[-1], forward(net, X)[-1], atol=1e-9)
    assert made[0][0].shape[1] == round(share * 6) + 2 * (6 - round(share * 6))


def test_units_kept_apart_are_both_networks_own():
    one, other = drawn(0), drawn(1)
    parts = parted([np.arange(6.0)] * 2, 0.5)  # units 3, 4, 5 become one
    made = forward(merged(one, other, parts), X)[0]
    ours, theirs = forward(one, X)[0], forward(other, X)[0]
    np.testing.assert_allclose(made[:, 3:6], ours[:, :3])
    np.testing.assert_allclose(made[:, 6:], theirs[:, :3])
    assert not np.allclose(made[:, :3], ours[:, 3:])


def test_nothing_merged_is_the_mean_of_logits():
    one, other = drawn(0), drawn(1)
    made = merged(one, other, parted([np.arange(6.0)] * 2, 0.0))
    np.testing.assert_allclose(forward(made, X)[-1], ensemble(one, other, X), atol=1e-12)


def test_a_refitted_layer_is_scikit_learns_ridge_towards_the_average():
    one, other = drawn(0), drawn(1)
    parts = parted([np.arange(6.0)] * 2, 1.0)
    start = merged(one, other, parts)
    made = refitted(start, one, other, parts, X)
    inputs = np.hstack([X, np.ones((60, 1))])
    gram = inputs.T @ inputs
    said = [X @ net[0][0] + net[0][1] for net in (one, other)]
    residue = 0.5 * (said[0] + said[1]) - (X @ start[0][0] + start[0][1])
    ridge = Ridge(alpha=0.01 * np.trace(gram) / 5, fit_intercept=False).fit(inputs, residue)
    np.testing.assert_allclose(made[0][0] - start[0][0], ridge.coef_[:, :4].T, atol=1e-9)
    # Later layers have inputs that no longer fit, and are moved.
    assert not np.allclose(made[1][0], start[1][0])


def test_forks_share_their_beginning_and_part():
    *_, (_, at_once) = learnt(TINY.replace(forked=40))
    assert at_once is not None
    first, *_, fork = at_once.networks[0]
    for (w, _), (v, _) in zip(first, fork, strict=True):
        np.testing.assert_array_equal(w, v)
    *_, (_, later) = learnt(TINY)
    assert later is not None
    group = later.networks[0]
    assert len(group) == 4
    far = [distance(group[0], net) for net in group[1:]]
    assert 0 < far[2] < 0.5 * min(far[:2])


def test_neighbouring_seeds_share_no_network():
    """A network that two runs share would count twice when their verdicts are compared."""
    unlearnt = TINY.replace(n_steps=10, forked=0)
    first = []
    for seed in (3, 4):
        with mock.patch("engines.geometry.merging.learning._learn", return_value=()):
            *_, (_, groups) = learnt(unlearnt.replace(seed=seed))
        assert groups is not None
        first.append([net[0][0] for group in groups.networks for net in group])
    assert not any(np.array_equal(a, b) for a in first[0] for b in first[1])


def test_a_run_shows_the_barrier_at_every_moment(run):
    found = run.found
    assert found.losses.shape == (len(ARMS), 3, len(found.place))
    # Nothing in place is as learnt, everything in place is matched.
    np.testing.assert_allclose(found.moved[0], found.losses[PLAIN])
    np.testing.assert_allclose(found.moved[-1], found.losses[WEIGHTS])
    # Whoever leaves no unit alone says what both say; whoever merges all is halfway.
    np.testing.assert_allclose(found.partial[AVERAGED, :, -1], found.both)
    np.testing.assert_allclose(found.partial[AVERAGED, :, 0],
                               found.losses[WEIGHTS][:, len(found.place) // 2])  # fmt: skip
    np.testing.assert_allclose(found.partial[REFITTED, :, -1], found.both, rtol=1e-6)
    assert len(PARTIAL) == found.partial.shape[0]
    assert (found.three[ALONE] > 0).all()
    assert len(run.moments()) == len(found.placed)
    assert len(run.moments()[3].pictures()) == len(run.pictures()) == 7
    assert len(EXPERIMENT.findings(run)) == len(EXPERIMENT.claims)


def test_equal_specs_give_equal_bytes(run):
    again = EXPERIMENT.result(TINY)
    assert isinstance(again, MergingRun)
    assert again.found.losses.tobytes() == run.found.losses.tobytes()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"group": 6}, "no group 6; this run has 5"),
        ({"forked": 700}, "fork earlier or learn longer"),
        ({"width": 512, "n_steps": 5_000}, "longer than a page should"),
    ],
)
def test_what_cannot_be_is_said(fields: dict[str, int], said: str):
    with pytest.raises(SpecError, match=said):
        MergingSpec(**fields)


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_known_answers_are_reproduced(answer):
    assert answer.verdict().reproduced
