"""Lateral circuits: subspaces that are found, inputs that stay, gradients, controls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as fn

from engines.connectome.answers.networks.lateral import lateral_answers
from engines.connectome.experiments.memory import lateral as experiment
from engines.connectome.experiments.memory.lateral import LateralSpec
from engines.connectome.memory import lateral
from engines.contract import InputError


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


@pytest.mark.parametrize("answer", lateral_answers(), ids=lambda a: a.target)
def test_floor_theorem_and_identity(answer):
    assert answer.verdict().reproduced, answer.verdict()


def test_a_step_without_circuits_is_that_of_torch():
    draw = rng(0)
    net = lateral.started(draw, (6, 5, 4), 2, 3)
    net.readouts[1] = draw.normal(size=(3, 4))
    x, y = draw.normal(size=(7, 6)), draw.integers(0, 3, 7)
    held = [torch.tensor(w, requires_grad=True) for w in (*net.layers, net.readouts[1])]
    h = torch.relu(torch.relu(torch.tensor(x) @ held[0].T) @ held[1].T)
    fn.cross_entropy(h @ held[2].T, torch.tensor(y)).backward()
    wanted = [w.detach().numpy() - 0.3 * w.grad.numpy() for w in held if w.grad is not None]
    other = net.readouts[0].copy()
    net.step(x, y, 1, 0.3, [np.zeros((0, 6)), np.zeros((0, 5))])
    for now, then in zip((*net.layers, net.readouts[1]), wanted, strict=True):
        np.testing.assert_allclose(now, then, atol=1e-12)
    np.testing.assert_array_equal(net.readouts[0], other)


@given(st.integers(0, 1_000), st.integers(1, 4))
@settings(max_examples=15, deadline=None)
def test_new_directions_are_at_right_angles_to_the_old(seed, n_old):
    draw = rng(seed)
    old = np.linalg.qr(draw.normal(size=(9, n_old)))[0].T
    inputs = draw.normal(size=(30, 9))
    for made in (lateral.components(old, inputs, 3), lateral.at_random(old, 3, draw)):
        np.testing.assert_array_equal(made[:n_old], old)
        np.testing.assert_allclose(made @ made.T, np.eye(n_old + 3), atol=1e-9)


def test_old_cells_stay_and_new_ones_learn_what_they_leave():
    """Planted: one loud direction, which an old cell holds, and one less loud."""
    draw = rng(1)
    x = draw.normal(size=(8_000, 6)) * np.array([3.0, 1.5, 0.1, 0.1, 0.1, 0.1])
    old = np.eye(6)[:1]
    made = lateral.grown(old, x, 1, draw)
    np.testing.assert_array_equal(made[0], old[0])
    assert np.abs(made[1]) @ np.eye(6)[1] == pytest.approx(1.0, abs=0.05)
    assert lateral.cosines(made, np.eye(6)[:2])[-1] > 0.99


def test_cosines_of_a_space_with_itself_and_with_its_complement():
    axes = np.eye(5)
    turned = np.array([[1.0, 1.0], [1.0, -1.0]]) @ axes[:2]
    np.testing.assert_allclose(lateral.cosines(axes[:2], turned), 1.0)
    np.testing.assert_allclose(lateral.cosines(axes[:2], axes[2:4]), 0.0)


def test_more_cells_than_units_are_refused():
    with pytest.raises(InputError, match="keep at most 21 per task"):
        experiment.EXPERIMENT.result(LateralSpec(n_tasks=4, n_pixels_kept=32, n_epochs=1))


@pytest.fixture(scope="module")
def found() -> Any:
    return experiment.EXPERIMENT.result(LateralSpec(n_tasks=2, n_epochs=2, n_seeds=3))


def test_arms_are_one_network_until_something_is_kept(found):
    first = found.right[:, :, 0, 0]
    assert (first == first[0]).all()
    assert np.isnan(found.right[:, :, 0, 1]).all()
    assert not (found.right[0, :, 1] == found.right[3, :, 1]).all()


def test_pictures_and_claims(found):
    assert {type(p).__name__ for p in found.pictures()} == {"Bars", "Curves", "Heatmap", "Table"}
    assert len(experiment.EXPERIMENT.findings(found)) == 4
