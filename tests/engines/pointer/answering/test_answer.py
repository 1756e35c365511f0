"""One instance: what comes back, and what bad input is told."""

from __future__ import annotations

import numpy as np
import pytest

from engines.boundary import codec
from engines.contract import InputError, SpecError
from engines.pointer.answering.answer import answered
from engines.pointer.errors import InstanceError
from engines.pointer.instances.checked import checked, in_unit_square
from engines.pointer.instances.distributions import drawn
from engines.pointer.model import UNTRAINED, Recipe, SolveSpec
from engines.pointer.networks import weights
from engines.pointer.tasks import Hull, Tour, Triangulation

SORTED = SolveSpec(task="sorting", weights=UNTRAINED, n_points=6)


@pytest.mark.parametrize("task", ["hull", "tour", "delaunay", "sorting", "inverse", "permutation"])
@pytest.mark.parametrize("decoder", ["greedy", "beam", "sampling"])
def test_every_task_and_decoder_gives_a_valid_answer_with_its_distributions(task, decoder):
    spec = SolveSpec(task=task, weights=UNTRAINED, decoder=decoder, n_points=6, samples=4, width=3)
    found = answered(spec)
    assert not found.violations
    assert found.exact
    assert np.allclose(found.distributions.sum(axis=1), 1, atol=1e-5)
    assert found.distributions.shape == (len(found.choices), 7)
    assert (found.entropy >= -1e-9).all()
    assert codec.unpack(codec.pack(found)).choices.tolist() == found.choices.tolist()


def test_equal_specs_give_equal_bytes():
    spec = SolveSpec(task="tour", weights=UNTRAINED, n_points=9, decoder="sampling", samples=8)
    assert codec.pack(answered(spec)) == codec.pack(answered(spec))


def test_the_probability_is_that_of_the_choices():
    found = answered(SORTED)
    chosen = found.distributions[np.arange(6), found.choices].astype(float)
    assert found.log_probability == pytest.approx(np.log(chosen).sum(), abs=1e-5)


def test_polishing_and_the_reference_are_never_longer_than_the_network():
    spec = SolveSpec(task="tour", weights=UNTRAINED, n_points=11, polish=True)
    length = dict(answered(spec).lengths)
    polished = length["network, then 2-opt"]
    assert length["reference"] <= polished + 1e-12
    assert polished <= length["network"] + 1e-12


# Bad inputs, row by row ----------------------------------------------------------------------


@pytest.mark.parametrize(("task", "n"), [("hull", 1), ("hull", 2), ("tour", 1), ("tour", 2)])
def test_too_few_points_are_answered_without_a_network(task, n):
    points = ((0.1, 0.2), (0.4, 0.9))[:n]
    found = answered(SolveSpec(task=task, weights=UNTRAINED, points=points))
    assert found.network == "not asked"
    assert sorted(found.reference) == list(range(n))
    assert "degenerate" in found.notices[-1]
    assert np.isnan(dict(found.scores)["accuracy"])


def test_a_triangulation_of_too_few_points_is_refused():
    with pytest.raises(InstanceError, match="needs 3 distinct points, there are 2"):
        answered(SolveSpec(task="delaunay", weights=UNTRAINED, points=((0.0, 0.0), (1.0, 1.0))))


def test_points_on_a_line_have_a_hull_of_two_ends_and_no_triangulation():
    line = tuple((k / 10, k / 10) for k in (3, 1, 9, 5))
    found = answered(SolveSpec(weights=UNTRAINED, points=line))
    assert sorted(found.reference) == [1, 2]
    assert "one line" in found.notices[-1]
    with pytest.raises(InstanceError, match="one line"):
        answered(SolveSpec(task="delaunay", weights=UNTRAINED, points=line))


def test_duplicates_are_merged_with_a_notice_and_a_map():
    rows = ((0.1, 0.1), (0.9, 0.1), (0.1, 0.1), (0.5, 0.9), (0.9, 0.1))
    found = answered(SolveSpec(weights=UNTRAINED, points=rows))
    assert len(found.points) == 3
    assert found.kept.tolist() == [0, 1, 0, 2, 1]
    assert "2 duplicate points merged" in found.notices


def test_points_on_an_edge_are_no_vertices():
    rows = ((0.0, 0.0), (0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    assert answered(SolveSpec(weights=UNTRAINED, points=rows)).reference.tolist() == [0, 2, 3, 4]


def test_what_is_not_finite_is_refused_by_row_before_any_solver():
    with pytest.raises(InstanceError, match="row 2, 4"):
        checked([[0, 1], [np.nan, 0], [1, 1], [np.inf, 2]], Hull())
    with pytest.raises(SpecError):
        SolveSpec(points=((0.0, float("nan")),))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([[1, 2, 3], [4, 5, 6]], r"got \(2, 3\)"),
        ([1, 2, 3], r"got \(3,\)"),
        ([["a", "b"]], "rows of two numbers"),
        ([[1, 2], [3]], "rows of two numbers"),
    ],
)
def test_other_shapes_and_texts_are_refused(rows, told):
    with pytest.raises(InstanceError, match=told):
        checked(rows, Hull())


def test_too_many_points_are_refused_with_the_limit():
    many = np.random.default_rng(0).random((501, 2))
    with pytest.raises(InstanceError, match="at most 500 points, got 501"):
        checked(many, Tour())
    with pytest.raises(InstanceError, match="at most 100 points, got 101"):
        checked(many[:101], Triangulation())
    with pytest.raises(SpecError, match="at most 500"):
        SolveSpec(points=tuple(map(tuple, many.tolist())))


def test_far_points_are_scaled_with_their_proportions():
    rows = np.array([[0.0, 0.0], [300.0, 100.0], [150.0, 40.0]])
    unit = in_unit_square(rows)
    assert unit.min() >= 0
    assert unit.max() <= 1
    assert np.ptp(unit[:, 0]) == pytest.approx(3 * np.ptp(unit[:, 1]))
    assert "unit square" in checked(rows, Tour()).notices[0]


@pytest.mark.parametrize(
    "distribution", ["uniform", "clustered", "grid", "circle", "near-collinear"]
)
@pytest.mark.parametrize("n", [1, 5, 50])
def test_distributions_give_n_points_of_the_unit_square(distribution, n):
    points = drawn(distribution, n, 3)
    assert points.shape == (n, 2)
    assert points.min() >= 0
    assert points.max() <= 1
    assert np.array_equal(points, drawn(distribution, n, 3))


def test_every_point_of_a_circle_is_on_its_hull():
    found = answered(SolveSpec(weights=UNTRAINED, distribution="circle", n_points=20))
    assert len(found.reference) == 20


def test_unknown_weights_are_refused_by_name():
    with pytest.raises(InputError, match="no weights named 'trained-0123'"):
        answered(SolveSpec(weights="trained-0123"))
    with pytest.raises(SpecError):
        SolveSpec(weights="../../etc/passwd")


def test_outside_the_trained_lengths_is_said():
    name = next(k for k, h in weights.headers().items() if h.recipe.task == "sorting")
    found = answered(SolveSpec(task="sorting", weights=name, n_points=30))
    assert any("outside trained n" in note for note in found.notices)


def test_weights_of_another_task_are_refused():
    name = next(k for k, h in weights.headers().items() if h.recipe.task == "sorting")
    with pytest.raises(InputError, match="trained for sorting, not for hull"):
        answered(SolveSpec(task="hull", weights=name))


def test_recipes_say_what_does_not_fit():
    with pytest.raises(SpecError, match="must not exceed"):
        Recipe(n_min=9, n_max=5)
    with pytest.raises(SpecError, match="at least 3"):
        Recipe(n_min=2, n_max=5)
