"""One-way cities, tours of them, and what networks are told."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.pointer.answers.cities import city_answers
from engines.pointer.cities.city import (
    asymmetry,
    drawn_city,
    minutes_between,
    stops_of,
    triangle_share,
    way,
)
from engines.pointer.cities.instances import (
    Stops,
    best_by,
    drawn_stops,
    floors_of,
    gaps,
    joined,
    nearest,
    pairs_of,
    pointed,
)
from engines.pointer.cities.running import shown_city
from engines.pointer.cities.told import TOLD
from engines.pointer.experiments.routing.oneway import EXPERIMENT, OneWay, OneWaySpec

KIND = {"n_stops": 6, "one_way": 0.8, "river": True, "speed": 2.0}
SMALL = OneWaySpec(n_seeds=2, n_lessons=60, n_steps=5, n_held=20, n_stops=6)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


@pytest.fixture(scope="module")
def some() -> Stops:
    return joined(list(drawn_stops(3, 1, 60, **KIND)))


@pytest.mark.parametrize("answer", city_answers(), ids=lambda a: a.target)
def test_known_answers_hold(answer):
    assert abs(answer.ours() - answer.expected) <= answer.tolerance


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans(), st.floats(0.0, 1.0))
def test_one_way_streets_make_a_city_asymmetric_and_leave_every_stop_in_reach(seed, river, share):
    city = drawn_city(rng(seed), one_way=1.0, river=river, speed=2.0)
    between = minutes_between(city, stops_of(rng(seed), 12))
    assert np.isfinite(between).all()
    assert asymmetry(between) > 0.02
    other = drawn_city(rng(seed), one_way=share, river=river, speed=1.0)
    assert np.isfinite(minutes_between(other, np.arange(144))).all()


def test_only_streets_along_the_edge_go_both_ways_where_all_others_go_one():
    city = drawn_city(rng(4), one_way=1.0, river=True, speed=2.0)
    streets = set(map(tuple, city.streets.tolist()))
    both = np.array([street for street in streets if street[::-1] in streets])
    x, y = both % 12, both // 12
    along_edge = [(line == side).all(axis=1) for line in (x, y) for side in (0, 11)]
    assert np.logical_or.reduce(along_edge).all()
    assert len(both) == 2 * 4 * 11


def test_the_fastest_way_takes_the_minutes_that_are_told():
    city = drawn_city(rng(1), one_way=0.8, river=True, speed=2.0)
    took = dict(zip(map(tuple, city.streets.tolist()), city.minutes, strict=True))
    stops = stops_of(rng(2), 5)
    between = minutes_between(city, stops)
    for i, a in enumerate(stops):
        for j, b in enumerate(stops):
            crossings = way(city, int(a), int(b)).tolist()
            told = sum(took[leg] for leg in pairwise(crossings))
            assert told == pytest.approx(between[i, j])


def test_a_triple_that_is_shorter_by_a_third_is_counted():
    between = np.array([[0.0, 1, 5], [1, 0, 1], [1, 1, 0]])
    # From 0 to 2 is 5, by 1 it is 2; the five other ordered triples keep the inequality.
    assert triangle_share(between) == pytest.approx(5 / 6)


def test_asymmetry_by_hand():
    assert asymmetry(np.array([[0.0, 1, 2], [3, 0, 2], [2, 2, 0]])) == pytest.approx(0.5 / 3)


def test_no_tour_is_faster_than_the_best_and_the_best_has_no_gap(some):
    assert gaps(some, some.best).max() == 0.0
    for gap in floors_of(some).values():
        assert gap.min() >= -1e-12
    assert gaps(some, best_by(some.between)).max() == pytest.approx(0.0, abs=1e-12)


def test_pointing_at_what_follows_gives_the_best_tour_back(some):
    n = some.best.shape[1]
    logits = np.eye(n)[some.following].transpose(0, 2, 1)
    assert gaps(some, pointed(logits)).max() == 0.0


def test_the_nearest_stop_is_taken_first(some):
    tours = nearest(some.between)
    away = some.between[:, 0].copy()
    away[:, 0] = np.inf
    np.testing.assert_array_equal(tours[:, 1], away.argmin(axis=1))
    assert (np.sort(tours, axis=1) == np.arange(6)).all()


def test_what_is_told_differs_in_its_costs_alone(some):
    told = {name: pairs_of(some, name) for name in TOLD}
    for pairs in told.values():
        np.testing.assert_array_equal(pairs[..., 2:], told["coordinates"][..., 2:])
        np.testing.assert_allclose(pairs[..., 0], pairs[..., 1].transpose(0, 2, 1))
    for symmetric in ("coordinates", "mean of both ways"):
        np.testing.assert_allclose(told[symmetric][..., 0], told[symmetric][..., 1], rtol=1e-5)
    assert np.abs(told["both ways"][..., 0] - told["both ways"][..., 1]).max() > 0.1


def test_a_run_shows_a_city_that_nobody_learnt_from_and_is_the_same_twice():
    one, other = EXPERIMENT.result(SMALL), EXPERIMENT.result(SMALL)
    assert isinstance(one, OneWay)
    assert isinstance(other, OneWay)
    np.testing.assert_array_equal(one.gap, other.gap)
    city, stops = shown_city(0, **KIND)
    np.testing.assert_allclose(minutes_between(city, stops), one.shown.between)
    assert len(one.pictures()) == 5
    assert EXPERIMENT.findings(one) == ()


def test_a_network_knows_no_order_of_the_stops(some):
    import torch

    from engines.pointer.cities.network import NextStop

    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        net = NextStop().eval()
        order = rng(5).permutation(6)
        pairs = torch.from_numpy(pairs_of(some, "both ways"))
        renamed = net(pairs[:, order][:, :, order])
        torch.testing.assert_close(renamed, net(pairs)[:, order][:, :, order])
