"""Masked networks: shares and counts that follow, and what a mask must never let through."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome.answers.networks.masks import masks_answers
from engines.connectome.experiments.learning import masks as experiment
from engines.connectome.experiments.learning.masks import MasksSpec
from engines.connectome.learning import kinds, masks
from engines.connectome.learning.masked import Kind, Masked, lesioned
from engines.contract import InputError


def run(spec: MasksSpec) -> Any:
    return experiment.EXPERIMENT.result(spec)


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


@pytest.mark.parametrize("answer", masks_answers(), ids=lambda a: a.target)
def test_shares_counts_and_identities(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@given(st.integers(0, 10_000), st.floats(0.1, 0.9))
@settings(max_examples=20, deadline=None)
def test_rewiring_keeps_the_count_and_moves_a_tenth(seed, density):
    draw = rng(seed)
    mask, weight, wish = (
        draw.random((12, 12)) < density,
        draw.normal(size=(12, 12)),
        draw.random((12, 12)),
    )
    made = masks.rewired(mask, weight, wish)
    n_moved = min(round(0.1 * mask.sum()), (~mask).sum())
    went, came = mask & ~made, made & ~mask
    assert made.sum() == mask.sum()
    assert went.sum() == came.sum() == n_moved
    if n_moved:
        assert np.abs(weight[went]).max() <= np.abs(weight[mask & made]).min()
        assert wish[came].min() >= wish[~mask & ~made].max(initial=0.0)


@given(st.integers(0, 2**16 - 1).filter(bool))
def test_what_is_painted_is_read_as_it_was_written(cells):
    feeds = np.array([cells >> k & 1 for k in range(16)], bool).reshape(4, 4)
    np.testing.assert_array_equal(masks.painted(masks.text_of(feeds), 4), feeds)


def test_a_unit_hears_the_groups_that_feed_its_own_and_no_other():
    made = masks.of_groups(masks.painted("010 001 100", 3), 6)
    for unit in range(6):
        heard = np.flatnonzero(made[unit]) // 2
        assert set(heard) == {(unit // 2 + 1) % 3}


def test_odd_groups_are_refused():
    with pytest.raises(InputError, match="7 groups cannot share 256 units evenly"):
        masks.of_groups(masks.ring(7), 256)
    with pytest.raises(InputError, match="3 groups need 3 rows of 3 digits, got 2 of 3"):
        masks.painted("010 001", 3)
    with pytest.raises(InputError, match="paint at least one cell"):
        masks.painted("00 00", 2)
    with pytest.raises(InputError, match="a lesion names neurons, and groups have none"):
        experiment.EXPERIMENT.result(MasksSpec(lesion="AVA"))
    with pytest.raises(InputError, match="networks of more than 400 learn for minutes"):
        experiment.EXPERIMENT.result(MasksSpec(by="wiring", dataset="winding2023"))


def test_kinds_of_groups_have_the_same_number_of_connections():
    every = kinds.groups(tuple("abcdef"), 64, 4, "", 3, 0)
    counts = [one.n_weights for one in every]
    assert counts[2:] == [counts[3]] * 4
    assert counts[1] == pytest.approx(counts[3], rel=0.02)
    assert not np.array_equal(every[2].masks[0], every[2].masks[1])


PEOPLE = MasksSpec(by="wiring", dataset="human_1", n_epochs=4, n_seeds=3)


@pytest.fixture(scope="module")
def found():
    return run(PEOPLE.model_copy(update={"lesion_fraction": 0.9}))


def test_a_lesion_is_tested_without_learning_again(found):
    whole = run(PEOPLE)
    assert whole.accuracy is found.accuracy
    assert whole.lesioned.size == 0
    assert found.lesioned.shape == (12, 3)
    np.testing.assert_array_equal(found.lesioned[0], found.accuracy[-1, 1])  # whole is whole
    assert found.lesioned[1].mean() < found.lesioned[0].mean()
    assert {type(p).__name__ for p in found.pictures()} == {"Bars", "Curves", "Heatmap", "Table"}
    judged = [one for claim in experiment.CLAIMS if (one := claim.finding(found))]
    assert [one.sentence[:13] for one in judged] == ["A real wiring"]


def test_masks_of_a_wiring_keep_its_degrees(found):
    _, own, degrees, chance = kinds.wirings(tuple("abcd"), PEOPLE.wiring, 3, 0)
    np.testing.assert_array_equal(own.masks[0, 0], found.after)
    for axis in (0, 1):
        np.testing.assert_array_equal(
            degrees.masks[:, 0].sum(axis=1 + axis), own.masks[:, 0].sum(axis=1 + axis)
        )
    assert (chance.masks.sum(axis=(1, 2, 3)) == own.masks[0].sum()).all()


def test_a_cut_unit_is_gone():
    mask = np.ones((1, 1, 12, 12), bool)
    made = Masked((Kind("one", 12, mask),), 0)
    list(made.learn(1))
    net = made.training.stack.module(0)
    gone = np.arange(12) == 5
    with_zeros = {name: value.clone() for name, value in net.state_dict().items()}
    with_zeros["2.weight"][:, 5] = 0.0
    with_zeros["4.weight"][:, 5] = 0.0
    net.load_state_dict(with_zeros)
    right = (net(made.x[0]).argmax(-1) == made.y[0]).double().mean()
    assert lesioned(made, 0, [(gone, np.zeros((0, 2), int))])[0, 0] == float(right)


def test_hebb_makes_other_connections_than_chance_and_the_picture_shows_them():
    # Small: one width of 32 in the room itself; the experiment's own width learns for seconds.
    four = np.broadcast_to(masks.of_groups(masks.ring(4), 32), (1, 2, 32, 32))
    made = Masked((Kind("chance", 32, four, "by chance"), Kind("Hebb", 32, four, "Hebb")), 0)
    list(made.learn(6))
    assert not np.array_equal(made.masks[0], made.masks[1])
    assert (made.masks[:, 0] != four).any(axis=(2, 3)).all()
