"""Foretelling a later place: successors, values, what is lived through, arms that begin alike."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome.acting import learning, places
from engines.connectome.answers.networks.acting import acting_answers
from engines.connectome.experiments.learning.predictive import (
    ARMS,
    EXPERIMENT,
    FIRST,
    LATER,
    LIKE,
    MOVED,
    NOTHING,
    OTHER,
    PredictiveFrame,
    PredictiveSpec,
)
from engines.contract import InputError

SMALL = PredictiveSpec(side=4, goal=3, n_steps=100, n_networks=3)


@pytest.fixture(scope="module")
def ran():
    return list(EXPERIMENT.frames(SMALL))


@pytest.mark.parametrize("answer", acting_answers(), ids=lambda one: one.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


def test_the_room_and_the_page_have_the_same_arms():
    assert learning.ARMS == ARMS
    assert (learning.NOTHING, learning.LATER, learning.OTHER) == (NOTHING, LATER, OTHER)


@settings(deadline=None, max_examples=25)
@given(st.integers(3, 7), st.data())
def test_moves_change_the_distance_by_one_and_nobody_does_better_than_q_iteration(side, data):
    goal = data.draw(st.integers(0, side**2 - 1))
    far, ends = places.distance(side, goal), places.moved(side)
    stays = ends == np.arange(side**2)[:, None]
    assert (np.abs(far[ends] - far[:, None])[~stays] == 1).all()
    assert (stays.sum(axis=1).sum()) == 4 * side
    choice = np.random.default_rng(data.draw(st.integers(0, 99))).integers(0, 4, (5, side**2))
    share = places.shares(choice, side, goal, 0.9)
    assert ((share >= 0.0) & (share <= 1.0 + 1e-12)).all()


def test_a_detour_costs_gamma_squared_and_who_turns_round_has_nothing():
    row = places.worth(3, 8, 0.9).argmax(axis=1)
    assert places.shares(row, 3, 8, 0.9) == pytest.approx(1.0)
    astray = row.copy()
    astray[4] = 0
    astray[1] = 3
    assert places.distance(3, 8)[1] == 3
    assert places.shares(astray, 3, 8, 0.9) < 1.0 - (1.0 - 0.9**2) / 8 + 1e-12
    away = np.zeros(9, np.int64)
    assert places.shares(away, 3, 8, 0.9) == 0.0


def test_distances_are_those_of_every_pair_and_scale_does_not_matter_to_what_follows():
    codes = np.random.default_rng(0).normal(size=(2, 6, 3))
    apart = places.apart(codes)
    assert apart[1, 2, 5] == pytest.approx(np.linalg.norm(codes[1, 2] - codes[1, 5]))
    np.testing.assert_allclose(places.follows(3.0 * apart, apart[0])[0], 1.0)
    upper = np.triu_indices(6, 1)
    expected = np.corrcoef(apart[1][upper], apart[0][upper])[0, 1]
    assert places.follows(apart, apart[0])[1] == pytest.approx(expected)
    assert places.follows(np.zeros((6, 6)), apart[0]) == 0.0


def test_a_later_place_lies_in_the_same_episode():
    lived = learning.Lived.empty(1, 8)
    for k, episode in enumerate((0, 0, 0, 1, 1)):
        lived.add(np.array([k]), np.array([0]), np.array([10 + k]), np.array([episode]))
    picked, n_on = np.array([0, 0, 1, 3, 3]), np.array([1, 2, 9, 1, 9])
    np.testing.assert_array_equal(lived.later(picked, n_on), [[10, 11, 12, 13, 14]])


def test_an_episode_is_over_at_the_goal_and_after_long():
    who = learning.Learners(2, 3, 2, 0)
    for _ in learning.learn(who, 8, 3, 0.1, 0.5):
        pass
    lived, walk = learning.Lived.empty(6, 90), learning.Walk(*np.zeros((3, 6), np.int64))
    for _ in range(90):
        walk.step(who, np.zeros(6, np.int64), 8, lived)
    begun = np.diff(lived.episode, axis=1) > 0
    assert (begun[lived.then[:, :-1] == 8]).all()
    assert (lived.then[:, :-1][~begun] == lived.at[:, 1:][~begun]).all()
    longest = max(np.bincount(row).max() for row in lived.episode)
    assert longest <= learning.LONGEST


def test_arms_of_one_network_begin_alike_and_only_two_foretell():
    who = learning.Learners(2, 3, 4, 5)
    first = who.by_arm(who.codes().numpy())
    np.testing.assert_array_equal(first[NOTHING], first[LATER])
    assert not np.array_equal(first[0, 0], first[0, 1])
    before = [part.detach().clone() for part in who.nets.parts]
    for _ in learning.learn(who, 8, 3, 0.1, 0.5):
        pass
    told = [who.by_arm((new - old).detach().numpy()) for new, old in
            zip(who.nets.parts, before, strict=True)]  # fmt: skip
    assert not told[6][NOTHING].any()
    assert told[6][LATER].any()
    assert told[0][NOTHING].any()
    assert not np.array_equal(told[6][LATER], told[6][OTHER])


def test_other_places_are_those_of_the_same_batch_in_another_order():
    who = learning.Learners(2, 3, 4, 0)
    lived = learning.Lived.empty(6, 40)
    path = who.rng.integers(0, 9, 41)
    for at, then in pairwise(path):
        lived.add(np.full(6, at), np.zeros(6), np.full(6, then), np.zeros(6))
    later = who.by_arm(learning.batch_of(who, lived, 0.5).later.numpy())
    np.testing.assert_array_equal(np.sort(later[LATER]), np.sort(later[OTHER]))
    assert not np.array_equal(later[LATER], later[OTHER])


def test_codes_stay_when_only_the_line_for_moves_learns_and_cut_units_are_silent():
    who = learning.Learners(2, 3, 4, 0)
    who.left[:3] = 0.0
    codes, worth = who.codes().clone(), who.worth()
    heard = who.nets.parts[4].detach().clone()
    assert not codes[..., :3].any()
    for _ in learning.learn(who, 2, 5, 0.0, 0.5, frozen=True):
        pass
    assert torch.equal(codes, who.codes())
    assert not np.array_equal(worth, who.worth())
    assert torch.equal(heard[:, :3], who.nets.parts[4][:, :3])
    assert not torch.equal(heard[:, 3:], who.nets.parts[4][:, 3:])


def test_a_run_ends_with_its_course_and_the_pictures_can_be_drawn(ran):
    found = ran[-1]
    assert found.steps[-1] == 150
    assert found.share.shape == (len(found.steps), 3, 3)
    assert len(found.like) == 5
    assert all(isinstance(frame, PredictiveFrame) for frame in ran[:-1])
    np.testing.assert_array_equal(found.values(LATER, FIRST), found.share[4, LATER])
    np.testing.assert_array_equal(found.values(LATER, MOVED), found.share[-1, LATER])
    less = found.like[-1, LATER] - found.like[-1, NOTHING]
    assert found.less(LATER, NOTHING, LIKE).value == pytest.approx(less.mean())
    assert len(found.pictures()) == 9
    assert ran[0].pictures() == ()
    assert len(ran[-2].pictures()) == 2


def test_what_is_cut_and_where_the_goal_moves_come_after_the_codes(ran):
    cut = EXPERIMENT.result(SMALL.model_copy(update={"n_cut": 5, "goal": 0}))
    np.testing.assert_array_equal(cut.like, ran[-1].like)
    assert not np.array_equal(cut.after_cut, ran[-1].after_cut)
    np.testing.assert_array_equal(ran[-1].after_cut, ran[-1].values(slice(None), FIRST))
    assert all(claim.finding(cut) is None for claim in EXPERIMENT.claims)


@pytest.mark.parametrize("wrong", [{"side": 4, "goal": 16}, {"n_units": 3, "n_cut": 3}])
def test_what_cannot_be_is_said(wrong):
    with pytest.raises(InputError, match=r"choose one|at most 2"):
        list(EXPERIMENT.frames(PredictiveSpec(**wrong)))
