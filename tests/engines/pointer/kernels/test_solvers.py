"""Hulls, tours and triangulations against qhull, brute force, closed forms and published means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial import ConvexHull, Delaunay

from engines.pointer.answers.known import (
    held_karp_difference,
    hulls_that_differ,
    mean_tour,
    regular_polygon,
)
from engines.pointer.answers.published import TOUR_OPTIMUM
from engines.pointer.kernels import hulls, tours
from engines.pointer.tasks import Hull, Tour, Triangulation
from engines.pointer.tasks.hull import signed_area
from engines.pointer.tasks.protocol import trimmed

# Sixteenths are exact: of twelfths, three on a line are a triangle that qhull calls flat.
coordinates = st.integers(0, 16).map(lambda k: k / 16)
planes = (
    hnp.arrays(np.float64, st.tuples(st.integers(3, 9), st.just(2)), elements=coordinates)
    .map(lambda a: np.unique(a, axis=0))
    .filter(lambda a: len(a) >= 3)
)


@pytest.mark.parametrize("n", [5, 10, 50])
def test_ten_thousand_hulls_are_those_of_qhull(n):
    assert hulls_that_differ(n, 10_000 if n < 50 else 2_000) == 0


@given(planes)
def test_hulls_on_a_grid_are_convex_and_hold_every_point(points):
    hull = trimmed(hulls.hulls(points[None])[0])
    corners = points[hull]
    assert np.lexsort((points[:, 0], points[:, 1]))[0] == hull[0]  # the lowest, then leftmost
    if len(hull) < 3:
        assert np.linalg.matrix_rank(points - points[0]) < 2
        return
    assert signed_area(corners) > 0
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        left = (b[0] - a[0]) * (points[:, 1] - a[1]) - (b[1] - a[1]) * (points[:, 0] - a[0])
        assert (left >= -1e-12).all()
    area = ConvexHull(points).volume  # qhull calls the area of a plane hull its volume
    assert signed_area(corners) == pytest.approx(area)


@given(st.integers(3, 8), st.integers(0, 2**32 - 1))
def test_the_hull_is_a_simple_polygon_and_a_swap_makes_it_cross(n, seed):
    points = regular_polygon(n)[np.random.default_rng(seed).permutation(n)]
    hull = trimmed(hulls.hulls(points[None])[0])
    assert len(hull) == n
    assert hulls.is_simple(points, hull)
    if n >= 4:
        hull[[0, 1]] = hull[[1, 0]]
        assert not hulls.is_simple(points, hull)


def test_a_way_that_turns_back_on_itself_is_not_simple():
    points = np.array([[0.0, 0.0], [0.5, 0.0], [1.0, 0.0], [0.5, 1.0]])
    assert hulls.is_simple(points, np.array([0, 1, 2, 3]))
    assert not hulls.is_simple(points, np.array([0, 2, 1]))


@pytest.mark.parametrize("n", [4, 6, 8])
def test_held_karp_finds_the_shortest_of_all_tours(n):
    assert held_karp_difference(n) <= 1e-12


@pytest.mark.parametrize(("n", "n_instances"), [(5, 4_000), (10, 800), (20, 300)])
def test_mean_optimal_tours_are_the_published_ones(n, n_instances):
    # 2.12, 2.87 and 3.83 in Vinyals et al. 2015, Table 2, with more digits from 2 million, 60,000
    # and 10,000 instances.
    mean, error = mean_tour(n, n_instances)
    known, known_error = TOUR_OPTIMUM[n]
    assert abs(mean - known) < 4 * np.hypot(error, known_error)


@pytest.mark.parametrize("n", [9, 12])
def test_the_tour_of_a_regular_polygon_is_its_outline(n):
    points = regular_polygon(n)
    between = tours.distances(points)
    outline = 2 * n * np.sin(np.pi / n)
    assert tours.tour_length(between, tours.held_karp(between)) == pytest.approx(outline)
    assert tours.tour_length(between, tours.local_search(between, n)) == pytest.approx(outline)


@settings(max_examples=40)
@given(st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_local_search_keeps_a_tour_and_never_lengthens_it(n, seed):
    between = tours.distances(np.random.default_rng(seed).random((n, 2)))
    start = tours.nearest_neighbour(between, 0)
    found = tours.polished(between, start)
    assert sorted(found) == list(range(n))
    assert tours.tour_length(between, found) <= tours.tour_length(between, start) + 1e-12


def test_canonical_tours_start_at_city_0_and_go_counter_clockwise():
    points = np.random.default_rng(0).random((50, 8, 2))
    for here, tour in zip(points, Tour().labels(points), strict=True):
        assert tour[0] == 0
        assert signed_area(here[tour]) > 0


@given(st.integers(3, 20), st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_triangulations_have_the_number_of_triangles_that_euler_says(n, seed):
    points = np.random.default_rng(seed).random((n, 2))
    answer = trimmed(Triangulation().labels(points[None])[0])
    n_hull = len(trimmed(Hull().labels(points[None])[0]))
    assert len(answer) == 3 * (2 * n - 2 - n_hull)
    assert {frozenset(t) for t in answer.reshape(-1, 3)} == {
        frozenset(t) for t in Delaunay(points).simplices
    }
    assert all(signed_area(points[t]) > 0 for t in answer.reshape(-1, 3))


def test_delaunay_of_2015_names_corners_in_ascending_order_by_incentre():
    points = np.random.default_rng(1).random((1, 10, 2))
    corners = trimmed(Triangulation(canonical=False).labels(points)[0]).reshape(-1, 3)
    assert (np.diff(corners, axis=1) > 0).all()
    p = points[0][corners]
    sides = np.stack(
        [np.linalg.norm(p[:, (k + 1) % 3] - p[:, (k + 2) % 3], axis=1) for k in range(3)], axis=1
    )
    incentre_x = (sides * p[..., 0]).sum(axis=1) / sides.sum(axis=1)
    assert (np.diff(incentre_x) >= 0).all()


def test_hulls_of_2015_start_at_the_lowest_index():
    points = np.random.default_rng(2).random((20, 9, 2))
    for row in Hull(canonical=False).labels(points):
        assert trimmed(row)[0] == trimmed(row).min()
