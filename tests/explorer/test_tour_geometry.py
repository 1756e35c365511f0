"""What tours through the geometry workbench say in numbers is what their runs give."""

from __future__ import annotations

import numpy as np
import pytest

from engines.contract.sending import ways_from
from engines.running import registry
from explorer.bundles import Run
from explorer.sending import spec_of_sent
from explorer.sessions import spec_from_fields
from explorer.tours import tours


@pytest.fixture(autouse=True)
def own_library(tmp_path, monkeypatch):
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))


def run_of(name: str, step: int):
    """The result that a step shows, counted from one."""
    tour = tours()[name]
    experiment = registry.experiment(tour.experiment)
    spec, _ = spec_from_fields(experiment.default(), tour.steps[step - 1].fields or {})
    return experiment.result(spec)


def test_tanh_takes_the_classes_and_relu_keeps_the_inputs():
    run = run_of("tanh-or-relu", 1)
    target, kept = run.measures["target CKA"], run.measures["input CKA"]
    assert target[[0, 2], 0] == pytest.approx([0.4, 0.4], abs=0.06)
    assert target[[0, 2], -1] == pytest.approx([0.97, 0.59], abs=0.02)
    assert kept[[0, 2], -1] == pytest.approx([0.5, 0.94], abs=0.03)
    assert (run.measures["accuracy"][:, -1] > 0.99).all()


def test_without_structure_the_order_turns():
    run = run_of("tanh-or-relu", 4)
    assert run.measures["target CKA"][[0, 2], -1] == pytest.approx([0.17, 0.54], abs=0.02)
    assert (run.measures["accuracy"][:, -1] > 0.99).all()


@pytest.mark.parametrize(
    ("step", "said"),
    [(1, [1.04, 1.34, 1.91, 3.46]), (3, [1.18, 1.48, 2.09, 3.88]), (4, [1.91, 2.09])],
)
def test_half_times_are_those_the_tour_names(step, said):
    np.testing.assert_allclose(run_of("plateau-and-jump", step).half_times(), said, atol=0.006)


def test_a_clock_forms_with_and_without_decay():
    run = run_of("clock-in-the-weights", 1)
    assert run.accuracies[-1] == 1.0
    assert run.errors[[0, -1]] == pytest.approx([1.49, 0.08], abs=0.03)
    assert run.shares[[0, -1]] == pytest.approx([0.26, 0.91], abs=0.02)
    assert run_of("clock-in-the-weights", 4).shares[-1] == pytest.approx(0.84, abs=0.02)


def test_matching_takes_the_barrier_away():
    run = run_of("different-neurons", 4)
    assert run.barriers()["as trained"] == pytest.approx(0.75, abs=0.08)
    assert run.barriers()["matched"] == pytest.approx(0.04, abs=0.02)
    assert run.accuracies["as trained"].min() == pytest.approx(0.68, abs=0.05)
    assert run.accuracies["matched"].min() == pytest.approx(0.95, abs=0.02)
    assert run.moved < 1e-13


def test_one_object_goes_through_all_five_and_its_tour_keeps_like_with_like():
    tour = tours()["one-object-five-workbenches"]
    first = registry.experiment(tour.experiment)
    spec, _ = spec_from_fields(first.default(), tour.steps[0].fields or {})
    run = Run(tour.experiment, spec, first.result(spec))
    gone = [tour.experiment.partition("/")[0]]
    for k, step in enumerate(tour.steps[:-1]):
        if not step.sends:
            continue
        name = tour.place(k + 1)
        spec = spec_of_sent(run, name, step.sends)
        if name == "pointer/solve":
            film = run.result.film
            label = np.array(film.labels["label"])
            ratio = dict(zip(film.tracks, film.participation[:, -1], strict=True))
            assert ratio["g"] < ratio["x"] / 2  # "what has changed is the room"
        run = Run(name, spec, registry.experiment(name).result(spec))
        gone.append(name.partition("/")[0])
        if name == "pointer/solve":
            order, _ = run.result.shortest
            alike = label[order] == np.roll(label[order], 1)
            counts = np.unique(label, return_counts=True)[1]
            by_chance = (counts * (counts - 1)).sum() / (len(label) - 1)
            assert 18 <= alike.sum() <= 23  # "about half of its steps", of 40
            assert by_chance == pytest.approx(4, abs=0.5)
        if name == "sorting/run":
            assert run.result.stop == "sorted"
            assert run.result.n_cells == 40
    assert gone == ["diagrams", "geometry", "pointer", "sorting", "connectome"]
    assert len(ways_from(run.spec.origin)) == 4
