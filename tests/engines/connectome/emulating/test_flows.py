"""Almost-linear networks: Lorenz by another solver, linear pieces, distances, what claims say."""

from __future__ import annotations

import doctest
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome.answers.networks.flows import flow_answers
from engines.connectome.emulating import almost_linear, flows, likeness, shipped_flows
from engines.connectome.experiments.learning import _flow_pictures
from engines.connectome.experiments.learning.almost_linear import (
    EXPERIMENT,
    LINEAR,
    MOST,
    N_RECTIFIED,
    OVERLAP,
    AlmostLinearSpec,
)
from engines.contract import InputError


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("answer", flow_answers(), ids=lambda one: one.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


def test_the_flow_rests_where_lorenz_says():
    """Lorenz 1963: the origin, and (+-sqrt(b (r - 1)), +-sqrt(b (r - 1)), r - 1)."""
    c = np.sqrt(flows.BETA * (flows.RHO - 1.0))
    rest = np.array([[0, 0, 0], [c, c, flows.RHO - 1], [-c, -c, flows.RHO - 1]])
    np.testing.assert_allclose(flows.slope(rest), 0.0, atol=1e-12)


def test_samples_are_in_units_of_the_attractor():
    made = flows.lorenz(rng(), 10, 2_000)
    assert made.mean(axis=(0, 1)) == pytest.approx(0.0, abs=0.2)
    assert made.std(axis=(0, 1)) == pytest.approx(1.0, abs=0.05)


def test_a_step_is_the_papers_equation():
    """Brenner et al. 2024, eq. 3, unit by unit: only the last units are rectified."""
    nets = almost_linear.drawn((2,), 1, 3, n_units=5)
    state = rng(1).normal(size=5)
    heard = [state[k] if k < 3 else max(state[k], 0.0) for k in range(5)]
    wanted = [nets.own[0, i] * state[i] + sum(nets.weight[0, i, j] * heard[j] for j in range(5))
              + nets.bias[0, i] for i in range(5)]  # fmt: skip
    np.testing.assert_allclose(nets.step(state[None, None])[0, 0], wanted, rtol=1e-6)


def test_within_a_linear_piece_a_network_is_linear():
    nets = almost_linear.drawn((4,), 1, 0)
    state = rng(2).normal(size=(1, 1, 12))
    off = 1e-3 * rng(3).normal(size=(2, 1, 1, 12))
    assert len({int(likeness.pieces(state + one, nets.rectified[0])[0, 0]) for one in off}) == 1
    both = nets.step(state + off[0] + off[1]) + nets.step(state)
    np.testing.assert_allclose(both, nets.step(state + off[0]) + nets.step(state + off[1]))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.floats(0.1, 3.0))
def test_distances_are_distances(seed, scale):
    a, b = rng(seed).normal(size=(2, 3, 100, 3)) * [[[[1.0]]], [[[scale]]]]
    assert likeness.overlap(a, a) == pytest.approx(1.0)
    assert likeness.overlap(a, b) == pytest.approx(likeness.overlap(b, a))
    # Both by numpy's own histogram, what lies beyond counted in the last bins.
    edges = [np.linspace(-3, 3, likeness.N_BINS + 1)] * 3
    inside = [np.clip(one.reshape(-1, 3), -3 + 1e-9, 3 - 1e-9) for one in (a, b)]
    p, q = (np.histogramdd(one, edges)[0] / 300 for one in inside)
    assert likeness.overlap(a, b) == pytest.approx(np.minimum(p, q).sum())
    assert likeness.divergence(a, b) >= -1e-12 == likeness.divergence(a, a) - 1e-12
    assert 0.0 <= likeness.apart(a, b) <= 1.0
    assert likeness.apart(a, a) == pytest.approx(0.0, abs=1e-6)


def test_a_pure_wave_has_one_frequency_and_what_rests_has_none():
    wave = np.sin(2 * np.pi * 5 * np.arange(200) / 200)
    made = likeness.spectra(np.stack([wave, np.full(200, 0.1)], axis=1)[None])
    assert made[4, 0] == pytest.approx(1.0)
    assert not made[:, 1].any()


def test_pieces_follow_each_other_as_they_are_counted():
    piece = np.array([[0, 1, 1, 5, 0, 1]])
    names, moves = likeness.moves(piece, 2)
    assert names.tolist() == [1, 0]
    np.testing.assert_allclose(moves, [[1.0, 0.0], [1.0, 0.0]])
    assert doctest.testmod(_flow_pictures).failed == 0


def test_networks_of_a_seed_begin_alike_and_learn_the_same():
    nets = almost_linear.drawn((0, 8), 2, 0)
    np.testing.assert_array_equal(nets.weight[:2], nets.weight[2:])
    assert not np.array_equal(nets.weight[0], nets.weight[1])
    recorded = shipped_flows.recorded(0)[:400]
    one, two = (list(almost_linear.learn(recorded, nets, 30, 0)) for _ in range(2))
    np.testing.assert_array_equal(one[-1].error, two[-1].error)
    assert (one[-1].error < 0.8 * one[0].error).all()


@pytest.fixture(scope="module")
def found():
    return EXPERIMENT.result(AlmostLinearSpec())


def test_what_bends_more_is_more_alike(found):
    mean = found.found[:, :, OVERLAP].mean(axis=1)
    assert mean[LINEAR] < 0.2 < mean[MOST] < found.floor[OVERLAP]
    assert (found.n_pieces[LINEAR] == 1).all()
    assert (found.n_pieces <= 2 ** np.array(N_RECTIFIED)[:, None]).all()
    judged = [claim.finding(found) for claim in EXPERIMENT.claims]
    words = [one.word for one in judged if one]
    assert words == ["holds", "holds", "holds", "differs"]
    assert found.moves.sum(axis=1).max() == pytest.approx(1.0)


def test_nothing_learnt_is_nothing_said_of_two_units(found):
    nothing = replace(found, found=np.full_like(found.found, 0.02))
    assert EXPERIMENT.claims[-1].finding(nothing) is None
    # Two are held against eight and not the other way round.
    said = EXPERIMENT.claims[-1].finding(found)
    assert said is not None
    assert said.difference is not None
    mean = found.found[:, :, OVERLAP].mean(axis=1)
    assert said.difference.value == pytest.approx(mean[2] - mean[MOST])


def test_bundled_networks_are_those_of_the_recipe():
    nets = shipped_flows.shipped_flows()
    wanted = np.repeat(shipped_flows.N_RECTIFIED, shipped_flows.N_SEEDS)
    np.testing.assert_array_equal(nets.n_rectified, wanted)
    assert shipped_flows.N_RECTIFIED == N_RECTIFIED


def test_networks_learn_here_and_the_one_asked_for_must_be_there():
    made: Any = EXPERIMENT.result(
        AlmostLinearSpec(trained="here", n_steps=10, n_rectified=1, net=3)
    )
    assert made.error.shape == (10, len(N_RECTIFIED))
    assert made.found.shape[1] == 3
    with pytest.raises(InputError, match="ask for 1 to 5"):
        EXPERIMENT.result(AlmostLinearSpec(net=6))
