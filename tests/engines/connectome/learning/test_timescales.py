"""Long timescales: parities counted, a leaky unit in closed form, curricula, cuts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome.answers.networks.timescales import timescale_answers
from engines.connectome.experiments.learning.timescales import (
    ARMS,
    CUTS,
    DIRECT,
    EIGHT,
    EVERY,
    EXPERIMENT,
    LEFT,
    ONE,
    REACHED,
    TAU,
    TimescalesFrame,
    TimescalesSpec,
    compared,
    n_cut,
    solved,
    told,
)
from engines.connectome.learning import timescales


@pytest.mark.parametrize("answer", timescale_answers(), ids=lambda one: one.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_parities_are_those_that_are_counted(seed):
    bits = np.random.default_rng(seed).integers(0, 2, (3, 15))
    odd, there = timescales.parities(bits)
    for t in (0, 5, 14):
        for k, n in enumerate(timescales.NUMBERS):
            assert there[t, k] == (t + 1 >= n)
            if there[t, k]:
                np.testing.assert_array_equal(odd[:, t, k], bits[:, t + 1 - n : t + 1].sum(1) % 2)


def test_a_network_is_its_equation_unit_by_unit():
    nets = timescales.Leaky(4, 1, 0)
    weight, entry, bias, _, out, level = (part.detach().numpy()[2] for part in nets.parts)
    tau = nets.tau().detach().numpy()[2, 0]
    state = np.zeros(4)
    for bit in (1, 0, 1):
        heard = state @ weight + (2 * bit - 1) * entry[0] + bias[0]
        taken = np.where(heard > 0, heard, 0.1 * heard)
        state = (1 - 1 / tau) * state + taken / tau
    said = nets.says(torch.tensor([[1.0, 0.0, 1.0]]))[2, 0, -1].detach().numpy()
    np.testing.assert_allclose(said, state @ out + level[0], rtol=1e-4)


def test_units_that_are_cut_are_heard_by_nobody():
    nets = timescales.Leaky(5, 1, 0)
    left = torch.ones(len(ARMS), 1, 5)
    left[..., 3] = 0.0
    bits = torch.tensor([[1.0, 1.0, 0.0, 1.0]])
    before = nets.says(bits, left).detach().numpy()
    with torch.no_grad():
        nets.parts[0][:, 3] += 10.0
        nets.parts[4][:, 3] += 10.0
    np.testing.assert_array_equal(nets.says(bits, left).detach().numpy(), before)


def test_readouts_learn_what_their_curriculum_says():
    number = np.array([[4], [4], [8]])
    now = timescales.taught(number)[:, 0]
    assert timescales.NUMBERS[now[ONE]].tolist() == [4]
    assert timescales.NUMBERS[now[EVERY]].tolist() == [2, 3, 4]
    assert timescales.NUMBERS[now[DIRECT]].tolist() == [8]


def test_what_is_solved_and_told_is_read_off_the_exam():
    right = np.full((3, 1, 11), 0.5)
    right[ONE, 0, :3] = 0.6, 0.7, 0.9
    right[EVERY, 0, :4] = 1.0, 1.0, 0.99, 0.8
    right[DIRECT, 0, 6] = 0.97
    number = np.array([[4], [4], [8]])
    assert solved(number, right)[:, 0].tolist() == [3, 4, 1]
    assert told(right)[:, 0].tolist() == [4, 5, 8]
    assert compared(right)[:, 0].tolist() == [4, 4, 8]


def test_at_least_one_unit_is_cut_and_the_share_is_that_which_is():
    assert [n_cut(share, 24) for share in CUTS] == [0, 1, 1, 2, 4, 5, 7]
    assert n_cut(0.03, 8) == 1
    spec = TimescalesSpec(n_units=8, n_steps=10, n_seeds=3)
    found: Any = EXPERIMENT.result(spec)
    np.testing.assert_array_equal(found.shares, np.array([0, 1, 2]) / 8)


def test_who_tells_nothing_has_nothing_to_lose():
    found: Any = EXPERIMENT.result(TimescalesSpec(n_steps=10, n_seeds=3))
    assert np.isnan(found.left[DIRECT]).all()
    assert found.of(DIRECT, LEFT) is None
    assert np.nanmax(np.abs(found.left), initial=1.0) < 3.0
    judged = {claim.sentence: claim.finding(found) for claim in EXPERIMENT.claims}
    assert judged["They lose less when units are cut, judged at the same N."] is None
    assert found.table().columns["left with units cut"][DIRECT] == "not told"
    assert found.pictures()


def test_looks_are_told_in_steps_of_learning():
    spec = TimescalesSpec(n_units=6, n_steps=220, n_seeds=3)
    *_, live, _last = EXPERIMENT.frames(spec)
    assert isinstance(live, TimescalesFrame)
    assert live.steps[:2].tolist() == [0, 2]
    assert live.steps[-1] == 220
    number: Any = live.pictures()[0]
    np.testing.assert_array_equal(number.x, live.steps)


def test_arms_of_a_seed_begin_alike():
    nets = timescales.Leaky(6, 2, 1)
    for part in nets.parts:
        own = part.detach().numpy().reshape(len(ARMS), 2, *part.shape[1:])
        np.testing.assert_array_equal(own[ONE], own[EVERY])
        np.testing.assert_array_equal(own[ONE], own[DIRECT])
    assert not torch.equal(nets.parts[0][0], nets.parts[0][1])


@pytest.fixture(scope="module")
def found() -> Any:
    return EXPERIMENT.result(TimescalesSpec(n_steps=400, n_seeds=3))


def test_time_constants_begin_where_networks_do(found):
    begun = timescales.Leaky(24, 3, 0).tau().detach().numpy().mean(axis=(1, 2))
    np.testing.assert_allclose(found.tau[0].ravel(), begun, rtol=1e-6)
    assert found.steps[0] == 0


def test_eight_bits_are_judged_by_one_exam(found):
    np.testing.assert_array_equal(found.values(DIRECT, EIGHT), found.right[DIRECT, :, 6])
    np.testing.assert_array_equal(found.values(EVERY, EIGHT), found.right[EVERY, :, 6])
    assert (found.values(DIRECT, REACHED) <= 8).all()


def test_a_readout_for_every_number_keeps_units_fast(found):
    assert (found.number[0, :DIRECT] == timescales.N_FIRST).all()
    assert (found.number[-1, :DIRECT] >= 5).all()
    assert (found.number[:, DIRECT] == timescales.N_DIRECT).all()
    assert (np.diff(found.number, axis=0) >= 0).all()
    assert found.less(EVERY, ONE, TAU).value < 0.0
    assert (found.taus >= 1.0).all()
    assert found.right[EVERY, :, :3].min() > 0.95
    assert len(EXPERIMENT.findings(found)) == 5


def test_cutting_nobody_leaves_everything_and_cutting_most_leaves_nothing(found):
    told_well = found.left[[ONE, EVERY], :, 0]
    np.testing.assert_allclose(told_well, 1.0)
    assert found.left[EVERY, :, -1].mean() < 0.4
    np.testing.assert_array_equal(found.left[..., 1], found.asked)
    np.testing.assert_array_equal(found.at[ONE], found.at[EVERY])


def test_runs_repeat_to_the_byte():
    few = TimescalesSpec(n_units=6, n_steps=20, n_seeds=3, cut=0.5)
    one, two = (EXPERIMENT.result(few) for _ in range(2))
    np.testing.assert_array_equal(one.right, two.right)  # type: ignore[attr-defined]
