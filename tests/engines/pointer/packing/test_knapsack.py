"""Knapsacks: exact ones against brute force, bounds against a linear programme, and the trap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import InputError, SpecError
from engines.pointer import KnapsackSpec, knapsack
from engines.pointer.answers.packing import (
    PUBLIC,
    bound_difference,
    brute_force_difference,
    exact_difference,
    greedy_share,
)
from engines.pointer.experiments.routing.knapsack import EXPERIMENT
from engines.pointer.instances.items import items_from_upload
from engines.pointer.packing import solvers
from engines.pointer.packing.results import GREEDY, PROGRAMME, ROUNDED, SEARCH, method_names
from engines.pointer.packing.running import items_of


def test_branch_and_bound_finds_the_best_of_all_choices():
    assert brute_force_difference() < 1e-12


def test_the_bound_is_that_of_a_linear_programme():
    assert bound_difference() < 1e-8


def test_two_exact_methods_agree_on_whole_weights():
    assert exact_difference(4) < 1e-9


@pytest.mark.parametrize(("n", "share"), [(50, 99.4), (100, 99.8), (200, 99.9)])
def test_greed_comes_as_near_as_plain_python_measured(n, share):
    assert greedy_share(n) == pytest.approx(share, abs=0.1)


@given(st.integers(1, 25), st.integers(0, 999), st.floats(0.05, 8.0), st.booleans())
@settings(max_examples=80, deadline=None)
def test_greed_search_and_bound_stand_in_this_order_and_everything_fits(n, seed, capacity, lattice):
    rng = np.random.default_rng(seed)
    weight, value = rng.random((2, n)) + 1e-6
    if lattice:  # equal ratios and weights
        weight, value = np.ceil(4 * weight) / 4, np.ceil(4 * value) / 4
    order = solvers.by_ratio(weight, value)
    greed = solvers.greedy(weight, order, capacity)
    best, proven = solvers.searched(weight, value, order, capacity)
    up = solvers.rounded(weight, value, capacity, 300)
    bound = solvers.fractional_bound(weight, value, order, capacity)
    assert proven
    for taken in (greed, best, up):
        assert weight[taken].sum() <= capacity * (1 + 1e-9)
    assert value[greed].sum() <= value[best].sum() + 1e-9 <= bound + 2e-9
    assert value[up].sum() <= value[best].sum() + 1e-9


def test_a_search_that_ends_before_its_proof_says_so(monkeypatch):
    monkeypatch.setattr(
        "engines.pointer.packing.running.searched",
        lambda weight, _value, order, capacity: (solvers.greedy(weight, order, capacity), False),
    )
    found = knapsack(n_items=20, capacity=5.0, n_instances=2)
    assert "In 2 of 2 sets the search ended before a proof" in found.notices[0]
    assert not found.proven.any()


def test_a_run_shows_items_gaps_and_what_rounding_costs():
    found = knapsack(n_items=60, capacity=12.5, n_instances=12)
    assert method_names(found.spec) == (GREEDY, ROUNDED, SEARCH)
    items, missing, rounding, table = found.pictures()
    assert len(items.xy) == 60
    assert len(missing.xy) == 36
    # Finer steps lose less; coarse ones lose more than greed.
    lost = rounding.lines[ROUNDED]
    assert (np.diff(lost) < 0).all()
    assert lost[0] > rounding.lines[GREEDY][0] > rounding.lines[SEARCH][0]
    assert len(table.columns["method"]) == 3
    assert [f.word for f in EXPERIMENT.findings(found)].count("holds") >= 1


def test_whole_weights_have_a_programme_that_is_exact():
    found = knapsack(n_items=40, capacity=5.0, weights="whole", n_instances=5)
    assert found.of(PROGRAMME) == pytest.approx(found.of(SEARCH))
    weight, _value, capacity = items_of(found.spec)
    assert (weight == np.floor(weight)).all()
    assert capacity == 5_000


def test_own_items_are_one_set():
    found = knapsack([[2, 3], [3, 4], [4, 5], [5, 6]], capacity=5.0)
    # The textbook's answer: the first two, value 7.
    assert found.of(SEARCH).tolist() == [7.0]
    assert found.taken[method_names(found.spec).index(SEARCH)].tolist() == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(("text", "best"), [(text, best) for *_, best, text in PUBLIC])
def test_public_instances_end_at_their_published_optima(text, best):
    found = knapsack(text)
    assert found.of(SEARCH).tolist() == found.of(PROGRAMME).tolist() == [best]
    assert found.proven.all()
    rows = [line.split(",") for line in found.rows_taken.splitlines()[1:]]
    assert sum(float(value) for _, _, value, *taken in rows if taken[2] == "1") == best


@pytest.mark.parametrize(
    ("text", "capacity"),
    [
        ("weight,value\n2,3\n3,4\n", None),
        ("id;Profit;Weight\n1;3;2\n2;4;3\n", None),
        ("2 3\n3 4", None),
        ("2 5\n3 2\n4 3\n", 5.0),
        ("2\n5\n\n3 2\n4 3\n", 5.0),  # kplib
        ("2 5\n3 2\n4 3\n1 0 1\n", 5.0),  # with its answer, were it of three items
    ],
)
def test_items_come_as_rows_under_a_header_or_as_a_public_instance(text, capacity):
    read = items_from_upload("mine.csv", text.encode(), n_max=10)
    assert read.rows == ((2.0, 3.0), (3.0, 4.0))
    assert read.capacity == capacity


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "it is empty; give rows of weight and value"),
        (b"1,2\0", "it is not text"),
        (b"weight,value\n", "there are no items in it"),
        (b"weight,price\n1,2\n", "must name a column 'value', got 'weight, price'"),
        (b"1,2\n3\n", "line 2: expected weight and value, got '3'"),
        (b"1,2\n3,-1\n", "line 2: weight and value must be above 0, got '3,-1'"),
        (b"1,2\n3,nan\n", "line 2: numbers must be finite"),
        (b"2 0\n3 2\n4 3\n", "capacity must be above 0, got 0"),
        (b"1,2\n" * 11, "at most 10 items are read, it has 11"),
    ],
)
def test_files_that_are_no_items_are_refused_with_their_line(data, told):
    with pytest.raises(InputError, match="mine") as refused:
        items_from_upload("mine.csv", data, n_max=10)
    assert told in str(refused.value)


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_the_search_knows_no_size_of_a_value(scale):
    rng = np.random.default_rng(3)
    weight, value = rng.random((2, 16)) + 1e-3
    order = solvers.by_ratio(weight, value)
    taken, proven = solvers.searched(weight, scale * value, order, 3.0)
    assert proven
    np.testing.assert_array_equal(taken, solvers.searched(weight, value, order, 3.0)[0])


def test_rows_with_commas_are_rows_though_the_first_counts_the_others():
    read = items_from_upload("mine.csv", b"2, 7\n1, 4\n3, 6", n_max=10)
    assert read.rows == ((2.0, 7.0), (1.0, 4.0), (3.0, 6.0))
    assert read.capacity is None


def test_items_that_never_fit_are_in_no_bound():
    found = knapsack([[100, 1], [200, 2], [2, 3]], capacity=5.0)
    assert found.bounds.tolist() == [3.0]
    assert knapsack([[100, 1], [200, 2]], capacity=5.0).pictures()[1].xy[:, 1].max() <= -5


def test_what_fits_nowhere_leaves_nothing():
    found = knapsack([[2, 3], [3, 4]], capacity=1.0)
    assert found.of(SEARCH).tolist() == found.of(GREEDY).tolist() == [0.0]
    assert found.pictures()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"items": ((0.0, 1.0),)}, "weight and value of item 1 must be above 0 and at most"),
        ({"items": ((1.0, 1.0), (1.0, -1.0))}, "item 2 must be above 0 and at most 1e.12, got 1"),
        ({"items": ((1.0, 1e308),)}, "at most 1e.12, got 1 and 1e.308"),
        ({"items": ((1.0, 1.0),) * 1_001}, "at most 1,000, got 1,001"),
        ({"capacity": 0.0}, "Capacity"),
    ],
)
def test_what_cannot_be_packed_is_refused_in_one_sentence(fields, told):
    with pytest.raises(SpecError, match=told):
        KnapsackSpec(**fields)
