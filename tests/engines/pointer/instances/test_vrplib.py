"""CVRPLIB files and solutions: what they say, and what is wrong with them."""

from __future__ import annotations

import numpy as np
import pytest

from engines.contract import InputError
from engines.pointer.instances.vrplib import (
    customers_from_upload,
    read_solution,
    read_vrplib,
    solution_text,
)

TEXT = """NAME : mine-n4-k2
COMMENT : (nobody)
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
 1 0 0
 2 0 10
 3 10 10
 4 10 0
DEMAND_SECTION
1 0
2 5
3 4
4 6
DEPOT_SECTION
 1
 -1
EOF
"""
MATRIX = """TYPE : CVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : LOWER_ROW
CAPACITY : 9
EDGE_WEIGHT_SECTION
3
4 5
DEMAND_SECTION
1 2
2 0
3 7
DEPOT_SECTION
2
-1
EOF
"""


def test_a_file_gives_depot_customers_and_capacity():
    found = read_vrplib(TEXT)
    assert (found.name, found.metric, found.capacity) == ("mine-n4-k2", "EUC_2D", 10.0)
    assert found.points.tolist() == [[0, 0], [0, 10], [10, 10], [10, 0]]
    assert found.demand.tolist() == [0, 5, 4, 6]


def test_a_depot_that_is_not_first_becomes_the_first():
    found = read_vrplib(MATRIX)
    assert found.demand.tolist() == [0, 2, 7]
    assert found.matrix is not None
    assert found.matrix.tolist() == [[0, 3, 5], [3, 0, 4], [5, 4, 0]]
    assert found.points.shape == (3, 2)


def test_rows_of_x_y_and_demand_begin_with_the_depot():
    found = customers_from_upload("mine.csv", b"x,y,demand\n0,0,0\n1,2,3.5\n4;5;6\n", 8.0)
    assert found.points.tolist() == [[0, 0], [1, 2], [4, 5]]
    assert (found.demand.tolist(), found.capacity, found.metric) == ([0, 3.5, 6], 8.0, "plane")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("TYPE : CVRP", "TYPE : TSP"), "TYPE must be CVRP, got 'TSP'"),
        (("CAPACITY : 10", "CAPACITY : 0"), "Capacity must be above 0"),
        (("CAPACITY : 10\n", ""), "there is no CAPACITY"),
        (("CAPACITY : 10", "CAPACITY : ten"), "CAPACITY: 'ten' is not a number"),
        (("CAPACITY : 10", "CAPACITY : 5"), "customer 3 wants 6 and a vehicle takes 5"),
        (("3 4\n", "3 0\n"), "line 15: node 3 wants 0; demands must be above 0"),
        (("3 4\n", "3 -4\n"), "line 15: node 3 wants -4"),
        (("3 4\n", "3 nan\n"), "line 15: must be finite"),
        (("3 4\n", "2 4\n"), "line 15: node 2 comes twice"),
        (("3 4\n", "9 4\n"), "line 15: node 9 is not from 1 to 4"),
        (("3 4\n", "3 4 4\n"), "line 15: expected node and demand"),
        (("3 4\n", ""), "DIMENSION says 4 nodes, DEMAND_SECTION has 3"),
        (("1 0\n2 5", "1 3\n2 5"), "line 13: the depot wants 3; it must be 0"),
        (("DEPOT_SECTION\n 1\n -1\n", ""), "DEPOT_SECTION must name one depot, there is none"),
        ((" 1\n -1", " 1\n 2\n -1"), "one depot, there are 2"),
        ((" 1\n -1", " 7\n -1"), "the depot must be a node from 1 to 4, got '7'"),
        (("DIMENSION : 4", "DIMENSION : 20000"), "DIMENSION must be from 1 to 10001"),
        (("CAPACITY : 10", "CAPACITY : 10\nDISTANCE : 99"), "DISTANCE limits routes"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_place(change, told):
    assert change[0] in TEXT
    with pytest.raises(InputError, match="mine") as refused:
        customers_from_upload("mine.vrp", TEXT.replace(*change).encode(), 1.0)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "it is empty; give a CVRPLIB file, or rows"),
        (b"0,0,0\0", "it is not text"),
        (b"0,0,0\n", "there is a depot and no customer"),
        (b"0,0,4\n1,1,2\n", "line 1: the depot comes first and wants 0, here 4"),
        (b"x,y,d\n0,0,0\n1,1\n", "line 3: expected x, y and demand, got '1,1'"),
        (b"0,0,0\n1,1,-2\n", "line 2: the customer wants -2"),
        (b"0,0,0\n1,inf,2\n", "line 2: numbers must be finite"),
        (b"0,0,0\n1,1,20\n", "customer 1 wants 20 and a vehicle takes 10"),
        (b"0,0,0\n" + b"1,1,1\n" * 10_001, "at most 10,000 customers are read, it has 10,001"),
    ],
)
def test_rows_that_are_no_customers_are_refused_with_their_line(data, told):
    with pytest.raises(InputError, match="mine") as refused:
        customers_from_upload("mine.csv", data, 10.0)
    assert told in str(refused.value)


def test_a_solution_is_read_as_it_was_written():
    text = solution_text([np.array([3, 1]), np.array([2])], 45.25)
    assert text == "Route #1: 3 1\nRoute #2: 2\nCost 45.25\n"
    assert read_solution(text, 3).tolist() == [0, 3, 1, 0, 2, 0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Route #1: 3 1", "customer 2 is in no route; 1 are left out"),
        ("Route #1: 3 1 2 3", "line 1: customer 3 comes twice"),
        ("Route #1: 4", "line 1: expected a customer from 1 to 3, got '4'"),
        ("Route #1: a", "got 'a'"),
        ("1 2 3", "line 1: expected 'Route #1: 3 1 2', got '1 2 3'"),
    ],
)
def test_what_is_no_solution_is_refused_with_its_line(text, told):
    with pytest.raises(InputError) as refused:
        read_solution(text, 3)
    assert told in str(refused.value)
