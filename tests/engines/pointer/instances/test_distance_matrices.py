"""Files that give distances as a matrix: published optima, every way to write one, bad ones."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from engines.contract import InputError, SpecError
from engines.pointer import solve, solve_tsplib
from engines.pointer.instances.distance_matrices import (
    FORMATS,
    condensed,
    expanded,
    places_from_matrix,
)
from engines.pointer.instances.tsplib import read_tsplib

# Reinelt 1991, TSPLIB; as published.
GR17, BAYG29 = (Path(__file__).with_name(f"{name}.tsp").read_text() for name in ("gr17", "bayg29"))
MATRIX = np.array([[0, 3, 4, 5], [3, 0, 6, 7], [4, 6, 0, 8], [5, 7, 8, 0]], float)


def file_of(numbers, kind="UPPER_ROW", n=4):
    head = f"TYPE : TSP\nDIMENSION : {n}\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : {kind}"
    return f"{head}\nEDGE_WEIGHT_SECTION\n{numbers}\nEOF\n"


def lengths(answer):
    return dict(answer.lengths)


@pytest.mark.parametrize(
    ("text", "optimum"),
    # TSPLIB95, "Best known solutions for symmetric TSPs": both proven optimal.
    [(GR17, 2085), (BAYG29, 1610)],
)
def test_the_reference_of_a_matrix_has_the_published_length(text, optimum):
    answer = solve_tsplib(text, polish=True, symmetries=True)
    found = lengths(answer)
    assert found["reference"] == optimum
    assert not answer.exact  # found by local search, so it is never called optimal
    assert found["network"] >= found["network, then 2-opt"] >= optimum
    gap = dict(answer.scores)["gap"]
    assert gap == pytest.approx(found["network"] / optimum - 1)


def test_symmetries_choose_the_shortest_by_the_matrix():
    plain, best = solve_tsplib(BAYG29), solve_tsplib(BAYG29, symmetries=True)
    assert lengths(best)["network"] <= lengths(plain)["network"]


def test_cities_lie_where_the_file_displays_them_or_where_distances_put_them():
    assert read_tsplib(BAYG29).points[28].tolist() == [360, 1980]
    shown = BAYG29[: BAYG29.index("DISPLAY_DATA_SECTION")] + "EOF\n"
    points = read_tsplib(shown).points
    between = np.linalg.norm(points[:, None] - points[None], axis=-1)
    told = read_tsplib(BAYG29).matrix
    assert (
        np.corrcoef(between.ravel(), told.ravel())[0, 1] > 0.99
    )  # roads in Bavaria are nearly flat


def test_scaling_finds_a_plane_configuration_again():
    points = np.random.default_rng(1).random((9, 2))
    between = np.linalg.norm(points[:, None] - points[None], axis=-1)
    found = places_from_matrix(between)
    assert np.allclose(np.linalg.norm(found[:, None] - found[None], axis=-1), between)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_the_same_matrix(kind):
    rows = {
        "FULL": [MATRIX[i] for i in range(4)],
        "UPPER": [MATRIX[i, i:] if "DIAG" in kind else MATRIX[i, i + 1 :] for i in range(4)],
        "LOWER": [MATRIX[i, : i + 1] if "DIAG" in kind else MATRIX[i, :i] for i in range(4)],
    }
    half, way = kind.split("_")[0], kind.split("_")[-1]
    if way == "COL":  # the columns of one half are the rows of the other
        half = {"UPPER": "LOWER", "LOWER": "UPPER"}[half]
    numbers = "\n".join(" ".join(map(str, row)) for row in rows[half])
    assert np.array_equal(read_tsplib(file_of(numbers, kind)).matrix, MATRIX)
    assert np.array_equal(expanded(condensed(MATRIX), 4), MATRIX)


def test_cities_displayed_at_one_place_stay_two_cities():
    shown = file_of("3 4 5 6 7 8").replace(
        "EOF", "DISPLAY_DATA_SECTION\n1 0 0\n2 0 0\n3 9 0\n4 0 9"
    )
    answer = solve_tsplib(shown)
    assert len(answer.points) == 4
    # The three tours of four cities by hand: 3+6+8+5, 3+7+8+4, 4+6+7+5.
    assert lengths(answer)["reference"] == 22
    assert answer.exact


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (file_of("3 4 5 6 7"), "line 6: EDGE_WEIGHT_SECTION ends after 5 numbers, UPPER_ROW"),
        (file_of("3 4 5\n6 7\n8 9"), "line 8: UPPER_ROW of this DIMENSION has 6 numbers"),
        (file_of("3 4 five\n6 7 8"), "line 6: 'five' is not a number"),
        (file_of("3 4 5\n6 -7 8"), "line 7: distances must be from 0 to 1e12, got '-7'"),
        (file_of("3 4 5\n6 nan 8"), "line 7: distances must be from 0"),
        (file_of("3 4 5 6 7 inf"), "line 6: distances must be from 0"),
        (file_of("3 4 5 6 7 8", "SPARSE"), "EDGE_WEIGHT_FORMAT must be one of FULL_MATRIX"),
        (file_of("0 1 2 0", "FULL_MATRIX", 2), "from city 1 to 2 it is 1, back 2"),
        (file_of("").replace("EDGE_WEIGHT_SECTION\n", ""), "ends after 0 numbers"),
        (
            file_of("3 4 5 6 7 8").replace("EOF", "DISPLAY_DATA_SECTION\n1 0 0"),
            "DIMENSION says 4 cities, DISPLAY_DATA_SECTION has 1",
        ),
        (
            file_of("3 4 5 6 7 8").replace(
                "EOF", "DISPLAY_DATA_SECTION\n1 0 0\n2 x 0\n3 1 1\n4 2 2"
            ),
            "line 9: '2 x 0' is not numbers",
        ),
    ],
)
def test_a_malformed_matrix_is_refused_with_its_place(text, told):
    with pytest.raises(InputError, match=re.escape(told)):
        read_tsplib(text)


def test_distances_must_fit_the_points():
    with pytest.raises(SpecError, match="the metric EXPLICIT with 3 own points has 3"):
        solve([[0, 0], [1, 0], [0, 1]], task="tour", metric="EXPLICIT", distances=(1.0,))
