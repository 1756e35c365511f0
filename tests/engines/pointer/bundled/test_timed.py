"""Long trainings by the clock: what they are taught, and that they learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial import ConvexHull

from engines.pointer.bundled import timed
from engines.pointer.bundled.labelled import (
    hull_example,
    kicked_tour,
    path_example,
    tour_example,
)
from engines.pointer.bundled.timed import PLANS, Learner, Pool, hull_batch
from engines.pointer.kernels.tours import lengths, tours


def areas(points: np.ndarray) -> np.ndarray:
    """Twice the signed areas of polygons[batch, city, 2]."""
    after = np.roll(points, -1, axis=1)
    return (points[..., 0] * after[..., 1] - after[..., 0] * points[..., 1]).sum(axis=1)


def closed(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points - np.roll(points, -1, axis=1), axis=-1).sum(axis=1)


def test_tours_of_few_cities_are_exact_and_go_counter_clockwise():
    found = tour_example(np.random.default_rng(0), 5, 8)
    again = found.astype(float)
    best = lengths(again, tours(again, 12))
    assert closed(again) == pytest.approx(best, rel=1e-6)
    assert (areas(again) > 0).all()


def test_a_tour_after_kicks_is_hardly_longer_than_the_best_of_many_searches():
    points = np.random.default_rng(1).random((4, 45, 2))
    kicked = np.array([kicked_tour(p, 7) for p in points])
    assert (np.sort(kicked, axis=1) == np.arange(45)).all()
    best = lengths(points, tours(points, 12))
    assert (lengths(points, kicked) / best - 1).mean() < 0.01


def test_windows_keep_their_ends_and_fill_the_square():
    found = path_example(np.random.default_rng(2), 6, 20)
    assert found[..., :2].min() >= -1e-6
    assert np.allclose((found[..., :2].max(axis=1) - found[..., :2].min(axis=1)).max(axis=1), 1)
    assert (found[:, 0, 2] == 1).all()
    assert (found[:, -1, 3] == 1).all()
    assert found[..., 2:].sum() == 12


def test_hulls_are_those_of_scipy_and_end_with_a_stop():
    for rows in hull_example(np.random.default_rng(3), 10, 9):
        answer = rows[:, 2].astype(int)
        vertices = answer[(answer >= 0) & (answer < 9)]
        assert set(vertices) == set(ConvexHull(rows[:, :2].astype(float)).vertices)
        assert len(vertices) == 9 or answer[len(vertices)] == 9


def test_turned_mirrored_and_begun_elsewhere_a_tour_is_as_long_and_counter_clockwise():
    found = tour_example(np.random.default_rng(4), 8, 9)
    pool = Pool("tour", "cpu", 2)
    pool.add(9, found)
    torch.manual_seed(0)
    features, targets = pool.batch(9, 200)
    assert torch.equal(targets[0], torch.arange(9))
    assert (areas(features.numpy()) > 0).all()
    known = closed(found)
    nearest = np.abs(closed(features.numpy())[:, None] - known).min(axis=1)
    assert nearest.max() < 1e-5
    assert len(np.unique(features.numpy()[:, 0].round(4), axis=0)) > 60


def test_a_learner_gets_better_at_what_it_is_taught_and_at_tours_of_its_own(monkeypatch):
    monkeypatch.setattr(timed, "_OWN_ROWS", 64)
    torch.manual_seed(0)
    learner = Learner(PLANS["hull-5-50-long"], "cpu")
    learner.at_rate(1e-3)
    rng = np.random.default_rng(5)
    told = [
        float(learner.labelled(*hull_batch(hull_example(rng, 64, 6), "cpu"))) for _ in range(40)
    ]
    assert np.mean(told[-5:]) < np.mean(told[:5]) - 0.2
    own = Learner(PLANS["tour-5-100"], "cpu")
    own.at_rate(1e-4)
    assert 2 < float(own.own(6)) < 5
    assert own.n_own == 60
