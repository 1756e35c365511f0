"""Level sets: gradients as torch's, walks that keep their floor, spheres and planes by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from engines.contract import InputError
from engines.geometry.experiments.mechanisms.blind_spots import CLAIMS, EXPERIMENT, BlindSpec
from engines.geometry.mechanisms.level_sets import (
    covered,
    line,
    look,
    straight_until,
    triangle,
    walk,
)

RNG = np.random.default_rng(0)


def network(
    *widths: int, rng: np.random.Generator = RNG
) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    return tuple(
        (rng.standard_normal((out, into)) / np.sqrt(into), rng.standard_normal(out))
        for into, out in pairwise(widths)
    )


def test_confidence_and_gradient_are_those_of_torch():
    layers, x, label = network(7, 11, 9, 4), RNG.standard_normal((6, 7)), RNG.integers(0, 4, 6)
    found = look(layers, x, label)
    point = torch.tensor(x, requires_grad=True)
    hidden = point
    for k, (weight, bias) in enumerate(layers):
        hidden = hidden @ torch.tensor(weight).T + torch.tensor(bias)
        hidden = torch.relu(hidden) if k < len(layers) - 1 else hidden
    loss = functional.cross_entropy(hidden, torch.tensor(label), reduction="sum")
    loss.backward()
    sure = torch.softmax(hidden, 1)[np.arange(6), label]
    np.testing.assert_allclose(found.confidence, sure.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(found.gradient, point.grad.numpy(), atol=1e-12)


def test_a_gradient_points_where_confidence_is_one_to_the_last_digit():
    layers = ((np.eye(2) * 100.0, np.zeros(2)),)
    found = look(layers, np.array([[1.0, 0.0]]), np.array([0]))
    assert found.confidence[0] == 1.0
    way = found.gradient[0] / np.linalg.norm(found.gradient[0])
    np.testing.assert_allclose(way, [-np.sqrt(0.5), np.sqrt(0.5)])


@given(st.floats(0.05, 0.5), st.floats(0.0, 0.05), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_confidence_hardly_falls_below_its_floor(drop, push, seed):
    rng = np.random.default_rng(seed)
    layers = network(5, 16, 3, rng=rng)
    source, goal = rng.standard_normal((2, 4, 5))
    sure = [look(layers, source, np.full(4, c)).confidence for c in range(3)]
    label = np.argmax(sure, axis=0)
    least = look(layers, source, label).confidence - drop
    for now in walk(layers, source, goal, label, drop=drop, push=push, n_steps=80):
        # A refused step goes up the confidence by a little, over kinks perhaps a little down.
        assert np.all(now.confidence >= least - 0.02 - push)


def test_shares_of_the_way_are_as_drawn():
    source, goal = np.zeros((1, 2)), np.array([[3.0, 4.0]])
    assert covered(source, goal, goal)[0] == 1.0
    assert covered(source, goal, source)[0] == 0.0
    assert covered(source, goal, goal / 2)[0] == pytest.approx(0.5)
    seen = np.array([[1.0, 0.95, 0.9, 0.7, 0.1], [1.0, 1.0, 1.0, 1.0, 1.0]])
    assert straight_until(seen, 0.2).tolist() == [0.5, 1.0]


def test_lines_and_triangles_have_the_corners_they_are_drawn_between():
    layers, corner = network(4, 8, 3), RNG.standard_normal((3, 4))
    at = look(layers, corner, np.zeros(3, int)).confidence
    flat = triangle(layers, corner[0], corner[1], corner[2], 0, n=11)
    np.testing.assert_allclose([flat[0, 0], flat[0, -1], flat[-1, 0]], at)
    assert np.isnan(flat[-1, -1])
    between = line(layers, corner[:1], corner[1:2], np.array([0]), 11)[0]
    np.testing.assert_allclose(between, flat[0])


def test_a_network_is_sure_on_the_way_to_its_blind_spots_and_not_to_the_goal():
    found = EXPERIMENT.result(BlindSpec(n_networks=3, n_images=10, n_walk=200))
    assert found.accuracy.min() > 0.9
    assert found.of(3).value > 0.9  # lines to blind spots
    assert found.of(4).value < 0.1  # lines to goals
    assert found.measured[:, 2].min() > 0.9
    assert [claim.figure(found) for claim in CLAIMS]
    assert len(found.pictures()) == 7
    assert len(found.moments()) == len(found.steps)


def test_networks_that_are_never_sure_are_refused():
    with pytest.raises(InputError, match="learn longer"):
        EXPERIMENT.result(BlindSpec(n_learning=0, n_networks=3))


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_a_linear_classifier_is_walked_along_its_plane(answer):
    assert answer.verdict().reproduced
