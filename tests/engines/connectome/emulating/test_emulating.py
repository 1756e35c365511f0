"""A network that emulates a hidden chain: transport, homogeneity, closed forms, kickers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from engines.connectome.answers.networks.emulating import emulator_answers
from engines.connectome.emulating import chain, measuring, network, switches, transport
from engines.connectome.experiments.learning.rnn_hmm import CLAIMS, EXPERIMENT, EmulatorSpec
from engines.contract import InputError

FEW = EmulatorSpec(n_runs=16, n_steps=400)


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def run(spec: EmulatorSpec) -> Any:
    return EXPERIMENT.result(spec)


def points(seed: int, n: int, d: int) -> torch.Tensor:
    return torch.from_numpy(rng(seed).normal(size=(n, d)))


@pytest.mark.parametrize("answer", emulator_answers(), ids=lambda a: a.target)
def test_identities_closed_forms_and_floors(answer):
    assert answer.verdict().reproduced, answer.verdict()


def scaled(cost: np.ndarray, temperature: float, n_rounds: int = 4_000) -> float:
    """Entropic transport by matrix scaling (Sinkhorn 1967; Cuturi 2013), outside the log domain.

    The dual value at the fixed point: the potentials' means.
    """
    n, m = cost.shape
    kernel, u, v = np.exp(-cost / temperature), np.ones(n), np.ones(m)
    for _ in range(n_rounds):
        u = (1 / n) / (kernel @ v)
        v = (1 / m) / (kernel.T @ u)
    plan = u[:, None] * kernel * v
    # KL against the product of the marginals, as Feydy et al. define it.
    return float((plan * cost).sum() + temperature * (plan * np.log(plan * n * m)).sum())


@pytest.mark.parametrize("seed", range(3))
def test_transport_equals_scaling_of_matrices(seed):
    x, y = points(seed, 7, 3), points(seed + 10, 5, 3) + 1.0
    rounds = transport.temperatures(x, y, 0.7) + [0.49] * 300
    ours = float(transport.transported(x, y, rounds))
    assert ours == pytest.approx(scaled(transport.costs(x, y).numpy(), 0.49), abs=1e-9)


def test_a_cold_transport_is_the_best_assignment():
    x, y = points(1, 12, 2), points(2, 12, 2) + 2.0
    cost = transport.costs(x, y).numpy()
    best = cost[linear_sum_assignment(cost)].mean()
    assert float(transport.divergence(x, y, blur=0.03, n_last=400)) == pytest.approx(best, rel=0.01)


def test_the_gradient_is_that_of_the_value():
    x, y = points(3, 6, 2), points(4, 6, 2)
    held = x.clone().requires_grad_()
    transport.divergence(held, y, blur=0.8, n_last=400).backward()
    step = torch.zeros_like(x)
    step[2, 1] = 1e-5
    ends = [float(transport.divergence(x + s * step, y, blur=0.8, n_last=400)) for s in (1, -1)]
    assert held.grad is not None
    assert float(held.grad[2, 1]) == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-6)


@given(st.integers(0, 1_000), st.floats(0.1, 10.0))
@settings(max_examples=10, deadline=None)
def test_networks_without_bias_are_homogeneous(seed, gain):
    net, draw = network.drawn(seed, 12, 3), rng(seed)
    h, noise = network.starts(draw, 3, 12), draw.standard_normal((20, 3, 3), np.float32)
    keep, gain = np.ones_like(h), np.float32(gain)
    once, more = (network.followed(net, g * h, g * noise, keep) for g in (np.float32(1), gain))
    np.testing.assert_allclose(more, gain * once, rtol=1e-4, atol=1e-5)


def test_what_follows_what_in_the_chain():
    # By hand: after "1" the state is A for sure; "3" needs a switch and no rare symbol.
    assert chain.following()[0, 2] == pytest.approx(0.05 * 0.99)
    assert chain.following()[1].tolist() == pytest.approx([0.495, 0.01, 0.495])
    # Leaving "1": 1 - 0.95 x 0.99; half the steps are near "1", and so for "3"; "2" leaves always.
    by_hand = 0.99 * (1 - 0.95 * 0.99) + 0.01 * 0.99
    assert chain.changing() == pytest.approx(by_hand)


def test_stays_are_whole_and_switches_are_counted_where_they_could_have_been():
    side = np.array([[0, 1, 1, 0, 0, 0, 1, 1]])
    assert chain.stays(side).tolist() == [2, 3]  # the first and the last are not whole
    assert chain.counted(np.array([[0, 0, 2, 1]])).sum() == 3
    np.testing.assert_array_equal(switches.tally(side)[..., 0], [[2, 4], [1, 3]])


def test_the_unit_that_rises_before_a_switch_kicks():
    """Planted: unit 4 speaks two steps before every switch from A to B and never else."""
    state = np.repeat(rng(0).random((6, 30)) < 0.5, 12, axis=1).astype(np.int64)
    states = rng(1).random((360, 6, 8)).astype(np.float32)
    states[..., 4] = 0.0
    for run, step in switches.switches(state, 0, 3):
        states[step - 2, run, 4] = 5.0
    assert switches.kickers(states, state, 1)[0, 0] == 4
    assert switches.around(states, switches.switches(state, 0, 5), 5)[3, 4] == pytest.approx(5.0)


@pytest.fixture(scope="module")
def found() -> Any:
    return run(FEW)


def test_a_lesion_by_role_is_that_of_the_kickers(found):
    own = run(FEW.replace(lesion="role:kicks A to B"))
    np.testing.assert_array_equal(own.cuts[-1], own.cuts[1])
    np.testing.assert_array_equal(own.cuts[:-1], found.cuts)
    named = ", ".join(f"h{k + 1}" for k in found.kick[0])
    assert run(FEW.replace(lesion=named)).cuts[-1].tolist() == own.cuts[-1].tolist()


def test_a_cut_unit_never_speaks_and_an_edge_is_an_edge(found):
    seen = measuring.watched(network.drawn(3, 50, 10), 4, 60, 3, 0)
    left, gone = measuring.cut_out(seen, "h7, h2->h3")
    assert np.flatnonzero(gone).tolist() == [6]
    assert left.recurrent[2, 1] == 0.0
    assert (left.recurrent != seen.net.recurrent).sum() == 1
    states = network.ran(left, 4, 30, 0, left=~gone).states
    assert not states[..., 6].any()
    assert states.any()


def test_a_lesion_that_names_nothing_is_refused():
    with pytest.raises(InputError, match="h51"):
        run(FEW.replace(lesion="h51"))
    with pytest.raises(InputError, match="no unit is left"):
        run(FEW.replace(lesion="all"))


def test_a_network_that_grows_is_stopped_with_its_step():
    net = network.drawn(0, 12, 3)
    loud = network.Emulator(40.0 * np.abs(net.recurrent), net.entry, net.out)
    with pytest.raises(InputError, match="ran away at step"), np.errstate(all="ignore"):
        network.ran(loud, 2, 300, 0)


def test_claims_are_judged_and_an_untrained_network_claims_nothing_of_kickers(found):
    words = [finding.word for finding in EXPERIMENT.findings(found)]
    assert len(words) == len(CLAIMS)
    raw = run(FEW.replace(network="untrained"))
    assert raw.error > 0.3
    assert not [f for f in EXPERIMENT.findings(raw) if "kick" in f.sentence]


def test_the_film_and_the_gift(found):
    kinds = {type(picture).__name__ for picture in found.pictures()}
    assert kinds == {"Bars", "Curves", "Heatmap", "Table"}
    assert len(found.moments()) == 100
    assert found.moments()[3].pictures()
    matrix = found.gives()[0].make()
    assert matrix.weights[2, 5] == found.recurrent[5, 2]


def test_a_few_steps_of_learning_fall_and_repeat():
    spec = EmulatorSpec(network="learns here", n_training=12, n_runs=8, n_steps=100)
    made = run(spec)
    assert len(made.losses) == 12
    assert made.losses[-3:].mean() < made.losses[:3].mean()
    assert made.floor < made.losses[-1]
