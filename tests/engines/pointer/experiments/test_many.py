"""Sweeps, races and orders: small ones, with what must hold in any."""

from __future__ import annotations

import numpy as np
import pytest

from engines.contract import InputError, SpecError
from engines.lab.statistics import half_widths
from engines.pointer.answers.published import HULL_5_TO_50
from engines.pointer.experiments.orders import order
from engines.pointer.experiments.solving import race
from engines.pointer.experiments.solving.race import gaps
from engines.pointer.experiments.training import sweep


def test_a_sweep_tests_every_network_at_every_length():
    spec = sweep.SweepSpec(
        task="sorting", trained_at=(3,), n_examples=1_000, tested_at=(3, 6), n_instances=20
    )
    found = sweep.EXPERIMENT.result(spec)
    assert found.networks[0] == "trained at 3"
    assert np.isfinite(found.accuracy).all()
    assert ((found.accuracy >= 0) & (found.accuracy <= 1)).all()
    assert (found.quality >= found.accuracy - 1e-12).all()  # places right, if all are right


def test_the_papers_rows_are_drawn_beside_ours():
    spec = sweep.SweepSpec(trained_at=(5,), n_examples=1_000, tested_at=(5,), n_instances=10)
    found = sweep.EXPERIMENT.result(spec)
    accuracy = next(p for p in found.pictures() if p.title.startswith("Exactly right against"))
    assert accuracy.lines[sweep.PUBLISHED] == pytest.approx([100 * HULL_5_TO_50[5][0]])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"tested_at": (2,)}, "must be from 3 to 500, got 2"),
        ({"task": "delaunay", "tested_at": (200,)}, "must be from 3 to 100"),
        ({"trained_at": (101,)}, "Trained at"),
    ],
)
def test_impossible_lengths_are_refused(fields, told):
    with pytest.raises(SpecError, match=told):
        sweep.SweepSpec(**fields)


def test_in_a_race_nobody_beats_the_exact_solver():
    spec = race.RaceSpec(n_points=8, n_instances=6)
    found = race.EXPERIMENT.result(spec)
    gap = gaps(found)
    assert gap[found.solvers.index("Held-Karp (exact)")] == pytest.approx(0, abs=1e-12)
    assert (gap >= 0).all()
    assert (found.milliseconds > 0).all()


def test_the_interval_is_that_of_a_mean():
    values = np.random.default_rng(0).normal(size=(1, 10_000))
    assert half_widths(values)[0] == pytest.approx(1.96 / 100, rel=0.05)


def test_a_set_pointer_gives_one_answer_for_every_order():
    spec = order.OrderSpec(task="sorting", n_points=8, n_sets=3, n_orders=6)
    found = order.EXPERIMENT.result(spec)
    assert found.same.min() == 1.0


def test_orders_need_weights():
    with pytest.raises(InputError, match="no weights come with this task"):
        order.EXPERIMENT.result(order.OrderSpec(task="inverse"))
