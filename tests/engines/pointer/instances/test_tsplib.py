"""TSPLIB files: published optima in each metric, and ten ways to be malformed."""

from __future__ import annotations

import numpy as np
import pytest

from engines.contract import InputError
from engines.pointer.instances.tsplib import distances, read_tsplib, tour_length
from engines.pointer.kernels import tours

BURMA14 = """NAME: burma14
TYPE: TSP
COMMENT: 14-Staedte in Burma (Zaw Win)
DIMENSION: 14
EDGE_WEIGHT_TYPE: GEO
EDGE_WEIGHT_FORMAT: FUNCTION
DISPLAY_DATA_TYPE: COORD_DISPLAY
NODE_COORD_SECTION
   1  16.47       96.10
   2  16.47       94.44
   3  20.09       92.54
   4  22.39       93.37
   5  25.23       97.24
   6  22.00       96.05
   7  20.47       97.02
   8  17.20       96.29
   9  16.30       97.38
  10  14.05       98.12
  11  16.53       97.38
  12  21.52       95.59
  13  19.41       97.13
  14  20.09       94.55
EOF
"""
SMALL = """NAME : small
TYPE : TSP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 3 4
3 0 8
EOF
"""


def test_the_optimum_of_burma14_is_the_published_one():
    # TSPLIB95, "Best known solutions": burma14 3323.
    read = read_tsplib(BURMA14)
    assert (read.name, read.metric, len(read.points)) == ("burma14", "GEO", 14)
    between = distances(read.points, "GEO")
    assert tour_length(between, tours.held_karp(between)) == 3323


@pytest.mark.parametrize(
    ("metric", "length"),
    [
        # By Reinelt's formulas, by hand: sides 5, 5 and 8; over sqrt(10): 1.58, 1.58 and 2.53.
        ("EUC_2D", 18),
        ("CEIL_2D", 18),
        ("ATT", 2 + 2 + 3),
    ],
)
def test_metrics_measure_as_the_format_says(metric, length):
    read = read_tsplib(SMALL.replace("EUC_2D", metric))
    assert tour_length(distances(read.points, metric), np.arange(3)) == length


def test_rounding_is_to_the_nearest_or_up():
    points = np.array([[0.0, 0.0], [1.0, 1.0]])  # 1.414
    assert distances(points, "EUC_2D")[0, 1] == 1
    assert distances(points, "CEIL_2D")[0, 1] == 2
    assert distances(points, "plane")[0, 1] == pytest.approx(2**0.5)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("TYPE : TSP", "TYPE : CVRP", "TYPE must be TSP, got 'CVRP'"),
        ("EUC_2D", "XRAY1", "EDGE_WEIGHT_TYPE must be one of"),
        ("3 0 8\n", "3 0 8\nNODE_COORD_SECTION\n", "line 9: NODE_COORD_SECTION comes twice"),
        ("DIMENSION : 3", "DIMENSION : three", "DIMENSION must be a whole number"),
        ("DIMENSION : 3", "DIMENSION : 4", "says 4 cities, NODE_COORD_SECTION has 3"),
        ("DIMENSION : 3", "DIMENSION : 99999", "DIMENSION must be from 1 to 500"),
        ("2 3 4", "2 3", "line 7: expected city, x and y, got 2 values"),
        ("2 3 4", "2 3 four", "line 7: '2 3 four' is not numbers"),
        ("2 3 4", "2 3 nan", "line 7: coordinates must be finite"),
        ("2 3 4", "1 3 4", "line 7: city 1 comes twice"),
        ("2 3 4", "9 3 4", "line 7: city 9 is not from 1 to 3"),
        ("NODE_COORD_SECTION", "", "line 6: expected 'NAME : value' or a section"),
        ("1 0 0\n2 3 4\n3 0 8\n", "", "no NODE_COORD_SECTION with cities"),
    ],
)
def test_a_malformed_file_is_refused_with_its_place(old, new, told):
    with pytest.raises(InputError, match=told):
        read_tsplib(SMALL.replace(old, new))


def test_an_enormous_file_is_refused_before_it_is_read():
    with pytest.raises(InputError, match="more than 4 MiB"):
        read_tsplib("x" * (5 << 20))
