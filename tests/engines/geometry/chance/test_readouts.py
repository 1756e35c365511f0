"""What is read out of a layer stands beside its control, the random start, and an interval."""

from __future__ import annotations

import numpy as np

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


def test_the_interval_of_a_capacity_is_that_of_its_cones():
    rng = np.random.default_rng(2)
    found = manifold_capacity(rng.normal(size=(60, 300)), named(np.arange(60) // 2), n_draws=20)
    low, high = ends_over_classes(found)
    assert low < found.of < high
    assert high - low < 0.2  # thirty classes with 40 vectors each
