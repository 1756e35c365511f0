"""TSPLIB tours: read, refused and written."""

from __future__ import annotations

import numpy as np
import pytest

from engines.contract import InputError, SpecError
from engines.pointer import ThousandsSpec, solve, thousands
from engines.pointer.experiments.routing.thousands import EXPERIMENT
from engines.pointer.instances.tour_files import read_tour, tour_from_upload, tour_text

TOUR = """NAME : four.opt.tour
COMMENT : nobody's
TYPE : TOUR
DIMENSION : 4
TOUR_SECTION
1
4
3 2
-1
EOF
"""
SQUARE = """TYPE : TSP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 10 10
3 0 10
4 10 0
EOF
"""


@pytest.mark.parametrize("text", [TOUR, "1\n4\n3\n2\n", "1 4 3 2 -1"])
def test_cities_count_from_one_in_a_file_and_from_zero_here(text):
    assert read_tour(text, 4).tolist() == [0, 3, 2, 1]


def test_what_is_written_is_read_again():
    tour = np.random.default_rng(0).permutation(50)
    text = tour_text("mine", tour, 12.5)
    assert text.splitlines()[:4] == [
        "NAME : mine", "COMMENT : length 12.5", "TYPE : TOUR", "DIMENSION : 50",
    ]  # fmt: skip
    assert read_tour(text, 50).tolist() == tour.tolist()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "it is empty; give a TSPLIB tour"),
        (b"1\n2\n\0", "it is not text; give a TSPLIB tour"),
        (b"1\n2\n3\n", "city 4 is not on the tour; 1 of 4 are left out"),
        (b"1\n2\n3\n3\n4", "line 4: city 3 comes twice"),
        (b"1\n2\n3\n5\n", "line 4: expected a city from 1 to 4, got '5'"),
        (b"1\n2\n3\nfour\n", "line 4: expected a city from 1 to 4, got 'four'"),
        (TOUR.replace("TOUR\nDIM", "TSP\nDIM").encode(), "line 3: TYPE must be TOUR, got 'TSP'"),
        (TOUR.replace(": 4", ": 5").encode(), "line 4: the tour has '5' cities and there are 4"),
    ],
)
def test_what_is_no_tour_of_these_cities_is_refused_with_its_line(data, told):
    with pytest.raises(InputError, match="mine") as refused:
        tour_from_upload("mine.tour", data, 4)
    assert told in str(refused.value)


def test_windows_begin_with_an_own_tour():
    found = thousands(SQUARE, tour="1\n2\n3\n4\n", polish=False, n_stages=1)
    assert found.tours[0].tolist() == [0, 1, 2, 3]
    assert found.lengths[0] == 48.0  # two sides and two diagonals of 14.14, rounded
    assert found.lengths[-1] == 40.0
    assert read_tour(found.tour_file, 4).tolist() == found.tour.tolist()
    assert thousands(SQUARE, tour=found.tour_file, n_stages=1).lengths[0] == 40.0


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"start": "own tour"}, "there is no own tour; bring a TSPLIB tour file first"),
        ({"own_tour": (0, 1, 1)}, "every city from 0 on must come once"),
    ],
)
def test_an_own_tour_that_is_none_is_refused(fields, told):
    with pytest.raises(SpecError, match=told):
        ThousandsSpec(**fields)


def test_an_own_tour_of_other_cities_is_refused():
    with pytest.raises(InputError, match="the own tour has 3 cities, there are 8"):
        EXPERIMENT.result(ThousandsSpec(n_cities=8, start="own tour", own_tour=(0, 1, 2)))


def test_somebody_elses_tour_is_measured_as_the_answers_are():
    found = solve(task="tour", weights="untrained", n_points=9, polish=True)
    lengths = dict(found.lengths)
    assert found.length_of(found.reference) == pytest.approx(lengths["reference"])
    tour, length = found.shortest
    assert length == min(v for k, v in lengths.items() if k != "reference")
    assert found.length_of(tour) == pytest.approx(length)
