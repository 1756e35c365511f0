"""What is read out of a layer stands beside its control, the random start, and an interval."""

from __future__ import annotations

import numpy as np
import pytest

from engines.geometry import manifold_capacity, readout_scores
from engines.geometry.chance.readouts import ends_over_classes


def named(code: np.ndarray) -> tuple[str, ...]:
    return tuple(map(str, code))


def test_layers_are_read_out_beside_controls():
    rng = np.random.default_rng(5)
    y = np.repeat(np.arange(4), 8)
    x = rng.normal(size=(32, 16))
    x[np.arange(32), y] += 6.0
    read, room = readout_scores(x, rng.normal(size=(32, 16)), named(y), 0)
    assert read.value > 0.9 > read.start
    assert read.control < 0.6
    assert room.value > room.control
    assert room.value > room.start
    assert all(s.low <= s.value <= s.high for s in (read, room))
    alone = readout_scores(x, None, named(y), 0)
    assert np.isnan([s.start for s in alone]).all()
    assert [s.value for s in alone] == [read.value, room.value]


def test_what_cannot_be_read_out_is_left_out():
    x = np.random.default_rng(0).normal(size=(8, 3))
    assert readout_scores(x, None, (), 0) == ()
    assert readout_scores(x, None, named(np.arange(8)), 0) == ()
    assert readout_scores(x, None, named(np.arange(8) // 4), 0) == ()
    assert len(readout_scores(x, None, named(np.arange(8) // 2 % 3), 0)) == 1


def test_of_many_stimuli_some_are_taken_and_it_is_said():
    rng = np.random.default_rng(1)
    y = np.arange(600) % 3
    read, room = readout_scores(rng.normal(size=(600, 12)), None, named(y), 3)
    assert (read.n, room.n) == (498, 120)
    assert "at most 40" in room.estimator


@pytest.mark.parametrize("layer", [np.zeros((30, 4)), np.full((30, 4), 0.1)])
def test_of_a_layer_without_variation_nothing_is_read(layer):
    found = readout_scores(layer, None, named(np.arange(30) % 3), 0)
    assert len(found) == 2
    assert np.isnan([s.value for s in found]).all()
    assert {s.note for s in found} == {"undefined: nothing varies"}


def test_a_class_at_the_mean_is_said():
    rng = np.random.default_rng(3)
    x = np.repeat([[1.0], [-1.0], [0.0]], 6, axis=0)
    x[:12] += np.tile(rng.normal(size=(6, 1)) * 0.1, (2, 1)) * np.repeat([[1], [-1]], 6, axis=0)
    read, room = readout_scores(x, np.zeros((18, 1)), named(np.repeat(np.arange(3), 6)), 0)
    assert np.isnan(room.value)
    assert "at the mean" in room.note
    assert "equal" in read.note


@pytest.mark.parametrize("n_labels", [60, 300, 520])
def test_many_labels_do_not_stop_a_page(n_labels):
    rng = np.random.default_rng(4)
    found = readout_scores(rng.normal(size=(5 * n_labels, 3)), None,
                           named(np.arange(5 * n_labels) % n_labels), 0)  # fmt: skip
    assert [np.isfinite(s.value) for s in found] == [n_labels <= 100] * 2
    assert all("at most 100" in s.note for s in found if np.isnan(s.value))


def test_the_interval_of_a_capacity_is_that_of_its_cones():
    rng = np.random.default_rng(2)
    found = manifold_capacity(rng.normal(size=(60, 300)), named(np.arange(60) // 2), n_draws=20)
    low, high = ends_over_classes(found)
    assert low < found.of < high
    assert high - low < 0.2  # thirty classes with 40 vectors each
