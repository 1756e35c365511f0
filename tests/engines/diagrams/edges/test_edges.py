"""Functions on edges: splines held against scipy, layers against loops, and what a run says."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import BSpline
from torch.nn import functional as fn

from engines.contract import SpecError
from engines.diagrams import kan
from engines.diagrams.edges import bases
from engines.diagrams.edges.answers import answers
from engines.diagrams.edges.asked import (
    GAUSSIANS,
    NO_SPLINES,
    ONE,
    RECURSION,
    SPLINES,
    TWO,
    KanSpec,
)
from engines.diagrams.edges.drawing import EDGES_MAX, Functions, Row, network_picture, strongest
from engines.diagrams.edges.networks import Edges, network, width_for
from engines.diagrams.edges.results import KanFrame, KanResult
from engines.diagrams.experiments.architectures.kan import CLAIMS, EXPERIMENT, PRESETS

SHORT: dict[str, Any] = {"n_steps": 50, "n_nets": 2}


@pytest.fixture(scope="module")
def short() -> KanResult:
    return kan(recursion=True, **SHORT)


# Bases ---------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1.0, 0.999), min_size=1, max_size=30))
def test_splines_are_those_of_scipy(places):
    """scipy.interpolate.BSpline.design_matrix, on the knots of de Boor's construction."""
    theirs = BSpline.design_matrix(np.array(places), bases.knots().numpy(), 3).toarray()
    ours = bases.splines(torch.tensor(places, dtype=torch.float64)).numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.floats(-3.0, 3.0))
def test_splines_sum_to_one_on_the_grid_and_vanish_far_from_it(place):
    values = bases.splines(torch.tensor(place, dtype=torch.float64))
    assert (values >= -1e-15).all()
    assert int((values > 1e-12).sum()) <= 4
    if -1.0 <= place <= 1.0:
        assert abs(float(values.sum()) - 1.0) < 1e-12
    if abs(place) > 2.2 + 1e-9:
        assert not values.any()


def test_slopes_are_those_of_the_recursion():
    """The piece that says where a place is has no slope of its own: both ways differentiate alike."""
    x = torch.linspace(-2.1, 2.1, 501, dtype=torch.float64) + 1e-4
    weights = torch.randn(8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))

    def slope(basis):
        leaf = x.clone().requires_grad_()
        return torch.autograd.grad((basis(leaf) @ weights).sum(), leaf)[0]

    torch.testing.assert_close(slope(bases.splines), slope(bases.splines_by_recursion))


def test_gaussians_stand_where_splines_are_highest():
    centres = bases.centres()
    at = torch.cat([bases.gaussians(centres).argmax(-1), bases.splines(centres).argmax(-1)])
    assert at.tolist() == [*range(8), *range(8)]


# Networks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [SPLINES, GAUSSIANS, NO_SPLINES])
def test_a_layer_is_the_sum_of_its_functions(name):
    """Equation 5 of Liu et al. 2024, edge by edge in a loop."""
    layer = network(name, 3, 4, 1)[0]
    assert isinstance(layer, Edges)
    x = torch.randn(7, 3)
    functions = layer.functions(x.T)
    summed = functions.sum(1).T
    torch.testing.assert_close(layer(x), summed)
    if name == NO_SPLINES:
        torch.testing.assert_close(functions[2, 1], layer.base[2, 1] * fn.silu(x[:, 1]))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 64), st.integers(1, 10), st.integers(1, 2), st.integers(20, 6_000))
def test_no_other_width_has_nearer_parameters(n_in, n_out, depth, wanted):
    def count(width: int) -> int:
        sizes = [n_in, *[width] * depth, n_out]
        return sum((a + 1) * b for a, b in itertools.pairwise(sizes))

    width = width_for(wanted, n_in, depth, n_out)
    miss = abs(count(width) - wanted)
    assert all(abs(count(other) - wanted) >= miss for other in range(1, 2 * width + 5))


def test_entrants_have_the_parameters_that_the_table_says(short):
    counted = tuple(sum(p.numel() for p in network(n, 2, 5, 1).parameters())
                    for n in short.spec.names)  # fmt: skip
    assert counted == short.n_parameters == (135, 135, 133, 127, 15, 135)


# Runs ----------------------------------------------------------------------------------------


def test_recursion_learns_what_the_fast_way_learns(short):
    np.testing.assert_allclose(short.ends[RECURSION], short.ends[SPLINES], rtol=1e-3)


def test_an_error_is_that_of_the_mean_where_nothing_is_learnt():
    """R² of the exam's own mean is 0, so its error is the spread of the target: 1."""
    from engines.diagrams.edges.running import Comparison

    made = Comparison(KanSpec(**SHORT))
    for training in made.trainings:
        training.stack.weights.zero_()
    spread = float(np.std(made.task.y_test))
    wanted = float(np.sqrt(np.mean(made.task.y_test.astype(float) ** 2))) / spread
    np.testing.assert_allclose(made.errors(), wanted, rtol=1e-5)


def test_frames_come_in_order_and_the_result_last():
    *frames, last = EXPERIMENT.frames(KanSpec(task="digits", n_hidden=2, **SHORT))
    assert all(isinstance(frame, KanFrame) for frame in frames)
    assert isinstance(frames[-1], KanFrame)
    assert isinstance(last, KanResult)
    assert frames[-1].fraction == 1.0
    assert len(last.moments()) == len(last.functions) == len(last.course.steps)
    assert last.answers.size == last.alike.size == 0
    right = 1.0 - last.ends[ONE]
    assert ((right >= 0.0) & (right <= 1.0)).all()


def test_a_ratio_of_an_entrant_with_itself_is_one(short):
    found = short.ratio(TWO, TWO)
    assert found is not None
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)
    assert short.ratio("nobody", TWO) is None


def test_a_ratio_is_the_root_of_the_product_of_ratios(short):
    found = short.ratio(ONE, TWO)
    assert found is not None
    assert found.value == pytest.approx(np.prod(short.ends[ONE] / short.ends[TWO]) ** 0.5)


def test_claims_are_tested_by_runs_as_long_and_wide_as_they_say(short):
    assert EXPERIMENT.findings(short) == ()
    assert all(claim.preset in PRESETS or not claim.preset for claim in CLAIMS)


def test_known_functions_are_found_where_they_were_put():
    """A sum whose functions are sin(pi x) and y² in the spline's own span correlates with them."""
    from engines.diagrams.edges.running import Comparison

    made = Comparison(KanSpec(n_hidden=1, **SHORT))
    stack = made.trainings[0].stack
    x = torch.linspace(-1, 0.999, 400, dtype=torch.float64)
    known = torch.stack([torch.sin(torch.pi * x), x**2], 1)
    best = torch.linalg.lstsq(bases.splines(x), known).solution
    stack.parameters["0.base"].zero_()
    stack.parameters["0.bumps"].copy_(-3.0 * best.T)
    np.testing.assert_allclose(made.alike(), 1.0, atol=2e-3)


# The picture ---------------------------------------------------------------------------------


def functions(n_in: int, n_hidden: int) -> Functions:
    draw = np.random.default_rng(0)
    rows = [Row(draw.normal(size=(i, 9)), draw.normal(size=(o, i, 9)))
            for i, o in ((n_in, n_hidden), (n_hidden, 1))]  # fmt: skip
    return Functions(3, tuple("abcdefgh"[:n_in]), ("out",), (rows[0], rows[1]))


def test_every_edge_has_its_function_in_the_picture():
    picture = network_picture(functions(2, 5))
    drawn = sum(int(np.isfinite(line).sum()) for line in picture.lines.values())
    assert drawn == 15 * 9
    assert set(picture.lines) == {"of a", "of b", "of hidden sums"}
    assert all(len(line) == len(picture.x) for line in picture.lines.values())


def test_a_function_keeps_its_shape_in_the_picture():
    made = functions(1, 1)
    line = network_picture(made).lines["of a"]
    found = line[np.isfinite(line)]
    assert np.corrcoef(found, made.rows[0].y[0, 0])[0, 1] == pytest.approx(1.0)


def test_only_the_strongest_of_many_are_drawn():
    y = np.zeros((8, 40, 5))
    y[3, 7] = np.arange(5)
    assert (7, 3) in strongest(y)
    assert len(strongest(y)) == EDGES_MAX


@pytest.mark.parametrize(
    ("fields", "said"), [({"n_hidden": 0}, "Hidden sums"), ({"task": "z"}, "Task")]
)
def test_what_cannot_be_is_one_sentence(fields, said):
    with pytest.raises(SpecError, match=said):
        KanSpec(**fields)


@pytest.mark.parametrize("answer", answers(), ids=lambda a: a.target)
def test_known_answers(answer):
    assert answer.verdict().reproduced
