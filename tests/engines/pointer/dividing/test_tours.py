"""Large tours: starts, local search, windows and exact paths, held against brute force."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.pointer.answers.dividing import a280_gap, moves_left, path_difference
from engines.pointer.dividing.methods import Method, steps
from engines.pointer.dividing.neighbours import candidate_edges, neighbour_lists
from engines.pointer.dividing.paths import exact_path, path_length, searched_path
from engines.pointer.dividing.search import improve, length_of
from engines.pointer.dividing.starts import (
    edges_in_order,
    greedy_edge,
    nearest_neighbour,
    random_order,
    space_filling,
)
from engines.pointer.dividing.stretches import improve_long
from engines.pointer.dividing.windows import conquered, cuts

STARTS = ("greedy edge", "nearest neighbour", "space-filling", "random order")


def drawn(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((n, 2))


def is_tour(tour: np.ndarray, n: int) -> bool:
    return np.array_equal(np.sort(tour), np.arange(n))


def shortest(points: np.ndarray) -> float:
    """Brute force over all closed tours."""
    orders = np.array([(0, *rest) for rest in permutations(range(1, len(points)))])
    steps_ = points[orders] - points[np.roll(orders, -1, axis=1)]
    return float(np.linalg.norm(steps_, axis=2).sum(axis=1).min())


def test_neighbours_are_those_of_all_distances():
    points = drawn(60)
    between = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(between, np.inf)
    assert np.array_equal(neighbour_lists(points), np.argsort(between, axis=1)[:, :10])


def test_a_city_is_not_its_own_neighbour_where_many_lie_on_one_place():
    near = neighbour_lists(np.repeat(drawn(3), 20, axis=0))
    assert near.shape == (60, 10)
    assert (near != np.arange(60)[:, None]).all()


def greedy_by_hand(points: np.ndarray) -> set[frozenset[int]]:
    """The multi-fragment heuristic over all edges, in plain Python."""
    n, part = len(points), list(range(len(points)))
    n_links, taken = [0] * n, set()
    between = np.linalg.norm(points[:, None] - points[None], axis=2)
    for a, b in sorted(
        ((i, j) for i in range(n) for j in range(i)), key=lambda e: between[e[0], e[1]]
    ):
        if n_links[a] < 2 and n_links[b] < 2 and part[a] != part[b]:
            taken.add(frozenset((a, b)))
            n_links[a] += 1
            n_links[b] += 1
            part = [part[a] if p == part[b] else p for p in part]
    return taken


@pytest.mark.parametrize("seed", range(4))
def test_greedy_edges_are_those_taken_by_hand(seed):
    points = drawn(11, seed)  # neighbour lists hold every edge
    tour = greedy_edge(points, neighbour_lists(points))
    ours = {frozenset(map(int, pair)) for pair in pairwise(tour)}
    assert ours == greedy_by_hand(points)


def test_nearest_neighbour_goes_where_plain_python_goes():
    points = drawn(400)
    between = np.linalg.norm(points[:, None] - points[None], axis=2)
    left, here, way = set(range(1, 400)), 0, [0]
    while left:
        here = min(left, key=lambda j: between[here, j])
        left.remove(here)
        way.append(here)
    assert nearest_neighbour(points, neighbour_lists(points), 0).tolist() == way


def test_hilberts_curve_steps_to_a_place_beside_on_a_grid():
    side = np.arange(16.0)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    steps_ = np.diff(grid[space_filling(grid)], axis=0)
    assert np.abs(steps_).sum(axis=1).tolist() == [1.0] * 255


def test_an_order_of_edges_is_followed():
    points, ring = drawn(30), random_order(30, 3)
    edges = np.stack([ring[:-1], ring[1:]], axis=1)
    tour = edges_in_order(points, edges)
    assert tour.tolist() in (ring.tolist(), ring[::-1].tolist())


@pytest.mark.parametrize("n", [4, 6, 8])
def test_exact_paths_are_the_shortest_of_all(n):
    assert path_difference(n) < 1e-12


def test_no_2_opt_move_to_a_neighbour_is_left():
    assert moves_left() == 0


def test_a_plate_of_tsplib_ends_near_its_published_optimum():
    # TSPLIB95: a280, 2579. The demand for windows is 3.5 %.
    assert 0 <= a280_gap() <= 3.5


@pytest.mark.parametrize("seed", range(3))
def test_eight_cities_in_one_window_are_rarely_far_from_the_shortest(seed):
    points = drawn(8, seed)
    *_, last = steps(points, Method("greedy edge", True, window=8), seed)
    best = shortest(points)
    assert best - 1e-12 <= length_of(points, last.after) <= 1.02 * best


@given(st.integers(1, 40), st.integers(0, 999), st.sampled_from(STARTS), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_tour_stays_one_and_never_grows(n, seed, start, lattice):
    points = drawn(n, seed)
    if lattice:  # duplicates, equal lengths, points on a line
        points = np.floor(3 * points)
    method = Method(start, True, ("local search", "exact")[seed % 2], 10, seed % 3 > 0, 3, 5)
    lengths = []
    for step in steps(points, method, seed):
        assert is_tour(step.after, n)
        lengths.append(length_of(points, step.after))
    assert (np.diff(lengths) <= 1e-9).all()


@given(st.integers(2, 30), st.integers(0, 999), st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_a_searched_path_keeps_its_ends_and_never_grows(n, seed, n_kicks):
    points = drawn(n, seed)
    path = searched_path(points, 10, n_kicks, seed)
    assert is_tour(path, n)
    assert (path[0], path[-1]) == (0, n - 1)
    assert path_length(points, path) <= path_length(points, np.arange(n)) + 1e-9
    unkicked = searched_path(points, 10, 0, seed)
    assert path_length(points, path) <= path_length(points, unkicked) + 1e-9
    if n <= 9:
        assert path_length(points, path) >= path_length(points, exact_path(points)) - 1e-9


@given(st.integers(5, 80), st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_what_local_search_saves_is_what_the_tour_lost(n, seed):
    points = drawn(n, seed)
    tour = random_order(n, seed)
    before = length_of(points, tour)
    saved = improve(points, neighbour_lists(points), tour, -1, -1)
    assert is_tour(tour, n)
    assert before - saved == pytest.approx(length_of(points, tour), abs=1e-9)


@given(st.integers(2, 80), st.integers(0, 999), st.booleans())
@settings(max_examples=60, deadline=None)
def test_what_or_3opt_saves_is_what_the_tour_lost(n, seed, lattice):
    points = np.floor(4 * drawn(n, seed)) if lattice else drawn(n, seed)
    tour = random_order(n, seed)
    before = length_of(points, tour)
    saved = improve_long(points, neighbour_lists(points), tour)
    assert is_tour(tour, n)
    assert before - saved == pytest.approx(length_of(points, tour), abs=1e-9)


def test_or_3opt_leaves_no_stretch_of_ten_cities_that_is_better_elsewhere():
    # Every stretch, place and direction, on lists; all cities are neighbours.
    points = drawn(11, 4)
    tour = random_order(11, 4)
    improve_long(points, neighbour_lists(points), tour)
    length = length_of(points, tour)
    for turned in range(11):
        ring = np.roll(tour, turned)
        for size in range(1, 8):
            stretch, rest = ring[:size], ring[size:]
            for k in range(1, len(rest)):
                for piece in (stretch, stretch[::-1]):
                    other = np.r_[rest[:k], piece, rest[k:]]
                    assert length_of(points, other) >= length - 1e-9


def test_or_3opt_ends_lower_than_or_opt_on_large_tours():
    apart = []
    for seed in range(5):
        points = drawn(600, seed)
        near = neighbour_lists(points)
        short, long = (nearest_neighbour(points, near, 0) for _ in range(2))
        improve(points, near, short, -1, -1)
        improve_long(points, near, long)
        apart.append(length_of(points, short) - length_of(points, long))
    assert np.mean(apart) > 0


def test_an_edge_that_is_held_stays():
    points, tour = drawn(50), np.arange(50)
    improve(points, neighbour_lists(points), tour, 0, 49)
    assert abs(int(np.flatnonzero(tour == 0)[0]) - int(np.flatnonzero(tour == 49)[0])) in (1, 49)


def test_windows_share_their_ends_and_cover_every_edge():
    begins = cuts(1_000, 100, 3, shifted=True)
    sizes = np.diff(np.r_[begins, begins[0] + 1_000] % 1_000) % 1_000
    assert sizes.sum() == 1_000
    assert sizes.max() == 99


def test_shifted_cuts_lie_elsewhere_at_every_stage_and_the_others_do_not():
    shifted = [set(cuts(1_000, 100, s, shifted=True).tolist()) for s in range(10)]
    assert len(set.union(*shifted)) == sum(map(len, shifted))
    assert {tuple(cuts(1_000, 100, s, shifted=False)) for s in range(10)} == {
        tuple(cuts(1_000, 100, 0, shifted=False))
    }


def test_windows_tell_what_each_saved():
    points = drawn(500)
    tour = random_order(500, 1)
    before = length_of(points, tour)
    saved = conquered(points, tour, cuts(500, 60, 0, shifted=True), False, 5, 0)
    assert before - saved.sum() == pytest.approx(length_of(points, tour), abs=1e-9)


def test_every_candidate_edge_comes_once():
    points = drawn(40)
    ends, length = candidate_edges(points, neighbour_lists(points))
    assert len({tuple(e) for e in ends.tolist()}) == len(ends)
    assert (ends[:, 0] < ends[:, 1]).all()
    assert length == pytest.approx(np.linalg.norm(points[ends[:, 0]] - points[ends[:, 1]], axis=1))
