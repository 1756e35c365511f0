"""Tours where there and back differ: against all orders, TSPLIB's br17, and what must hold."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engines.contract import InputError, SpecError
from engines.pointer import tour_of_ways
from engines.pointer.answers.ways import BR17, ways_answers
from engines.pointer.experiments.routing.ways import EXPERIMENT
from engines.pointer.instances.atsp import read_ways, ways_from_upload
from engines.pointer.instances.tour_files import read_tour
from engines.pointer.kernels import one_way, tours
from engines.pointer.ways.asked import WaysSpec
from engines.pointer.ways.methods import assigned, by_mean, methods, patched

TABLES = arrays(np.float64, st.integers(4, 7).map(lambda n: (n, n)),
                elements=st.floats(0, 100).map(lambda x: round(x, 3)))  # fmt: skip


def cost(between: np.ndarray, tour: np.ndarray) -> float:
    return float(between[tour, np.roll(tour, -1)].sum())


@pytest.mark.parametrize("answer", ways_answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.verdict().reproduced


def test_the_published_optimum_of_br17_is_found_and_the_bound_lies_below_it():
    brought = read_ways(BR17, n_max=200)
    assert (brought.name, brought.between.shape) == ("br17", (17, 17))
    spec = WaysSpec(table=tuple(brought.between.ravel().tolist()), title="br17")
    found = EXPERIMENT.result(spec).found
    assert found.costs[found.best, 0] == 39
    assert found.bounds[0] <= 39
    tour = read_tour(found.tour_file, 17)
    assert cost(brought.between, tour) == 39


@given(between=TABLES)
@settings(max_examples=60, deadline=None)
def test_every_tour_visits_all_and_none_is_below_the_bound_or_the_best(between):
    n = len(between)
    np.fill_diagonal(between, 0.0)
    best = min(cost(between, np.array((0, *rest))) for rest in permutations(range(1, n)))
    bound = assigned(between)[1]
    assert bound <= best + 1e-9
    for name, method in methods(n, n).items():
        tour = method(between)
        assert sorted(tour.tolist()) == list(range(n)), name
        assert cost(between, tour) >= best - 1e-9
        if name == "exact":
            assert cost(between, tour) == pytest.approx(best)


@given(between=TABLES)
@settings(max_examples=40, deadline=None)
def test_the_bound_is_the_cheapest_choice_of_successors_that_leaves_none_to_itself(between):
    n = min(len(between), 6)
    between = between[:n, :n].copy()
    np.fill_diagonal(between, 0.0)
    rows = np.arange(n)
    every = (np.array(order) for order in permutations(range(n)))
    cheapest = min(between[rows, order].sum() for order in every if (order != rows).all())
    following, bound = assigned(between)
    assert bound == pytest.approx(cheapest)
    assert (following != rows).all()


def test_two_cycles_are_joined_where_that_costs_least():
    rng = np.random.default_rng(1)
    for _ in range(20):
        between = rng.uniform(1.0, 2.0, (8, 8))
        one, other = np.split(rng.permutation(8), 2)
        for cycle in (one, other):
            between[cycle, np.roll(cycle, -1)] = 0.0
        joins = (
            between[one[i], other[(j + 1) % 4]] + between[other[j], one[(i + 1) % 4]]
            for i in range(4)
            for j in range(4)
        )
        assert cost(between, patched(between)) == pytest.approx(min(joins))


@given(between=TABLES)
@settings(max_examples=60, deadline=None)
def test_no_exchange_of_stretches_shortens_what_the_search_leaves(between):
    tour = one_way.exchanged(between, np.arange(len(between)))
    n, here = len(tour), cost(between, tour)
    for i in range(n):
        for j in range(i + 1, n):
            for k in range(j + 1, n):
                other = np.r_[
                    tour[: i + 1], tour[j + 1 : k + 1], tour[i + 1 : j + 1], tour[k + 1 :]
                ]
                assert cost(between, other) >= here - 1e-9
    assert here <= cost(between, np.arange(n)) + 1e-9


@pytest.mark.parametrize("scale", [1.0, 1e4, 1e9])
def test_a_table_in_which_all_tours_cost_the_same_ends_the_search(scale):
    rng = np.random.default_rng(0)
    between = (scale * (rng.random(8)[:, None] + rng.random(8)[None])).round(2)
    np.fill_diagonal(between, 0.0)
    tour = one_way.search(between, 8)
    assert sorted(tour.tolist()) == list(range(8))


def test_where_both_ways_are_alike_the_mean_knows_everything():
    rng = np.random.default_rng(0)
    points = rng.random((9, 2))
    between = tours.distances(points)
    best = tours.tour_length(between, tours.held_karp(between))
    assert cost(between, by_mean(between, 9)) == pytest.approx(best)
    assert cost(between, patched(between)) >= best - 1e-9


def test_there_and_back_matter_in_cities_with_one_way_streets():
    run = EXPERIMENT.result(WaysSpec(n_stops=20, n_instances=8, n_starts=3))
    (claim,) = EXPERIMENT.claims
    finding = claim.finding(run)
    assert finding is not None
    assert finding.word == "holds"
    assert finding.difference.low > 0
    assert claim.finding(EXPERIMENT.result(WaysSpec(n_stops=8, n_instances=2))) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BR17.replace("ATSP", "TSP"), "TYPE must be ATSP, got 'TSP'"),
        (BR17.replace("EXPLICIT", "EUC_2D"), "EDGE_WEIGHT_TYPE must be EXPLICIT"),
        (BR17.replace("FULL_MATRIX", "UPPER_ROW"), "FORMAT must be FULL_MATRIX here"),
        (BR17.replace("DIMENSION: 17", "DIMENSION: 18"), "ends after 289 numbers"),
        (BR17.replace("DIMENSION: 17", "DIMENSION: 900"), "DIMENSION must be from 1 to 200"),
        (BR17.replace(" 74 9999", " x 9999"), "line 11: 'x' is not a number"),
        ("1, 2\n3, 4", "3 to 200 rows here, got 2"),
        ("0, 2, 1\n3, 0\n1, 1, 0", "line 2: there are 3 rows, so 3 numbers each, got 2"),
        ("0, 2, 1\n3, 0, -4\n1, 1, 0", "line 2: distances must be from 0"),
        ("", "it is empty"),
        ("a\0b", "it is not text"),
    ],
)
def test_a_table_that_cannot_be_read_is_a_sentence(text, said):
    with pytest.raises(InputError, match=said):
        ways_from_upload("mine.atsp", text.encode(), n_max=200)


def test_rows_of_numbers_are_a_table_whatever_parts_them():
    wanted = [[0, 4, 9], [2, 0, 5], [7, 1, 0]]
    for text in ("0, 4, 9\n2, 0, 5\n7, 1, 0", "0 4 9\n2 0 5\n\n7 1 0\n", "0;4;9\n2;0;5\n7;1;0"):
        assert read_ways(text, n_max=200).between.tolist() == wanted


def test_in_a_notebook_a_table_is_square():
    with pytest.raises(InputError, match="square"):
        tour_of_ways(np.ones((4, 9)))
    assert tour_of_ways(np.ones((4, 4))).costs.min() == 4


@pytest.mark.parametrize("table", [(1.0,) * 8, (1.0,) * 4, (-1.0,) * 9])
def test_a_table_that_is_none_is_refused(table):
    with pytest.raises(SpecError, match="Own table"):
        WaysSpec(table=table)
