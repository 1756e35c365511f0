"""Tasks: answers that can be checked by hand, masks that keep their promise, a task of a test's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from engines.pointer.answers.known import untrained
from engines.pointer.decoding.beam import beam
from engines.pointer.decoding.greedy import decoded
from engines.pointer.model import Network, Recipe
from engines.pointer.tasks import Hull, Ordering, Tour, Triangulation, task_named
from engines.pointer.tasks.ordering import fixed_permutation
from engines.pointer.tasks.protocol import (
    Solution,
    left_over,
    targets_from_answers,
)
from engines.pointer.tasks.tour import ordering_violations
from engines.pointer.training.evaluation import means, scores
from engines.pointer.training.teacher_forcing import Training

NAMES = ("hull", "tour", "delaunay", "inverse", "permutation")
SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.5, 0.4]])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [3, 4, 9])
def test_untrained_networks_give_only_valid_answers_under_the_mask(name, n):
    task, rng = task_named(name), np.random.default_rng(n)
    points = task.generate(rng, 70, n)
    net = untrained("set pointer")
    answers = decoded(net, task, points, temperature=3.0, rng=rng).answers
    assert all(not task.check(p, a) for p, a in zip(points, answers, strict=True))


def test_without_the_mask_an_untrained_network_is_mostly_invalid():
    task, rng = Tour(), np.random.default_rng(0)
    points = task.generate(rng, 50, 12)
    answers = decoded(
        untrained("set pointer"), task, points, mask=False, temperature=1.0, rng=rng
    ).answers
    assert sum(bool(task.check(p, a)) for p, a in zip(points, answers, strict=True)) > 40


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ([0, 1], "needs three points"),
        ([0, 1, 2, 1], "chosen more than once: 1"),
        ([0, 2, 1, 3], "crosses itself"),
        ([0, 1, 2, 3], None),
    ],
)
def test_a_hull_must_be_a_simple_polygon(answer, told):
    found = Hull().check(SQUARE, np.array(answer))
    assert ([told in v.sentence for v in found] == [True]) if told else not found


def test_area_is_the_share_of_the_hull_and_undefined_for_a_crossing_polygon():
    answers = np.array([[0, 1, 2, 3], [1, 2, 3, 0], [0, 1, 2, -1], [0, 2, 1, 3]])
    right = np.array([[0, 1, 2, 3]] * 4)
    found = Hull().score(np.stack([SQUARE] * 4), answers, right)
    assert found["accuracy"].tolist() == [1, 1, 0, 0]
    assert found["area"][:3].tolist() == [1, 1, 0.5]
    assert np.isnan(found["area"][3])


def test_the_gap_of_a_tour_is_how_much_longer_it_is():
    square = SQUARE[None, :4]
    answers = np.array([[0, 1, 2, 3], [0, 2, 1, 3], [0, 1, 1, 3]])
    found = Tour().score(np.repeat(square, 3, axis=0), answers, np.array([[0, 1, 2, 3]] * 3))
    assert found["accuracy"].tolist() == [1, 0, 0]
    assert found["gap"][:2] == pytest.approx([0, (2 + 2 * 2**0.5) / 4 - 1])
    assert np.isnan(found["gap"][2])


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ([0, 1], "not three corners"),
        ([0, 1, 1], "names a corner twice"),
        ([0, 1, 2, 2, 0, 1], "comes twice"),
        ([0, 1, 2, 0, 2, 3], None),
    ],
)
def test_triangles_must_be_whole_and_different(answer, told):
    found = Triangulation().check(SQUARE, np.array(answer))
    assert ([told in v.sentence for v in found] == [True]) if told else not found


def test_coverage_counts_the_triangles_found():
    answers = np.array([[0, 1, 2, 0, 2, 3], [2, 3, 0, 0, 1, 3]])
    right = np.array([[0, 1, 2, 0, 2, 3]] * 2)
    found = Triangulation().score(np.stack([SQUARE[:4]] * 2), answers, right)
    assert found["coverage"].tolist() == [1, 0.5]
    assert found["accuracy"].tolist() == [1, 0]


def test_orders_are_sorted_inverse_and_applied_permutations():
    rng = np.random.default_rng(1)
    points = Ordering("inverse").generate(rng, 30, 7)
    position, value = (np.rint(points[..., k] * 7 - 0.5).astype(int) for k in (0, 1))
    for answer, at, height in zip(Ordering("inverse").labels(points), position, value, strict=True):
        sent = np.empty(7, int)
        sent[at] = height  # P(i) by i
        assert np.array_equal(sent[at[answer]], np.arange(7))  # P after its inverse
    sorting = Ordering("sorting").generate(rng, 5, 6)
    order = Ordering("sorting").labels(sorting)
    assert (np.diff(np.take_along_axis(sorting[..., 0], order, 1), axis=1) > 0).all()
    applied = Ordering("permutation").generate(rng, 1, 8)
    here = np.argsort(applied[0, :, 0])
    assert np.array_equal(Ordering("permutation").labels(applied)[0], here[fixed_permutation(8)])


def test_targets_end_in_a_stop_where_a_task_has_one():
    answers = np.array([[2, 0, 1, -1], [3, 1, 0, 2]])
    assert targets_from_answers(Hull(), answers, 4).tolist() == [[2, 0, 1, 4, -1], [3, 1, 0, 2, 4]]
    assert targets_from_answers(Tour(), answers[1:], 4).tolist() == [[3, 1, 0, 2]]


@dataclass(frozen=True)
class Farthest:
    """A task of this test: point at the point farthest from the middle, then the nearest."""

    name = "farthest"
    title = "farthest and nearest"
    drawing = "path"
    n_min, n_given, d_features = 2, 0, 2
    has_stop, is_symmetric = True, True
    quality = "agreement"

    def generate(self, rng, n_instances, n):
        return rng.random((n_instances, n, 2))

    def features(self, points):
        return points

    def labels(self, points):
        far = np.linalg.norm(points - 0.5, axis=-1)
        return np.stack([far.argmax(axis=1), far.argmin(axis=1)], axis=1)

    def solve(self, points):
        return Solution(self.labels(points), exact=True, name="by distance")

    def n_steps(self, n):
        return 3

    def allowed(self, points, chosen):
        allowed = left_over(chosen, points.shape[1])
        allowed[:, -1] = chosen.shape[1] == 2
        allowed[:, :-1] &= chosen.shape[1] < 2
        return allowed

    def cost(self, _points, answers):
        return np.full(len(answers), np.nan)

    def check(self, points, answer):
        return () if len(answer[answer >= 0]) == 2 else ordering_violations(points, answer)

    def score(self, points, answers, references):
        right = answers[:, :2] == references
        return {"accuracy": right.all(axis=1).astype(float), "agreement": right.mean(axis=1)}


def test_a_new_task_is_trained_decoded_and_scored_without_touching_anything():
    torch.set_num_threads(1)
    recipe = Recipe(n_examples=6_400, batch=64, learning_rate=2e-3, network=Network(d_model=32))
    training = Training(Farthest(), recipe)
    losses = [training.step().loss for _ in range(training.n_steps)]
    assert np.mean(losses[-10:]) < 0.5 * np.mean(losses[:10])
    points = Farthest().generate(np.random.default_rng(9), 200, 5)
    found = means(scores(training.net, Farthest(), points))
    assert found["valid"] == 1.0
    assert found["accuracy"] > 0.5  # chance is 0.05
    wide = beam(training.net, Farthest(), points[0], width=4)
    assert wide.answers.shape[0] == 4
