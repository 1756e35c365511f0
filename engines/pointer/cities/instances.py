"""Tours to learn from: cities with stops, their best tours, and what a network is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.pointer.cities.city import drawn_city, minutes_between, stops_of
from engines.pointer.cities.told import BY_MEAN, BY_PLACE, NEAREST
from engines.pointer.kernels import tours


@dataclass(frozen=True)
class Stops:
    """Many instances, each in a city of its own."""

    places: np.ndarray
    """float64[instance, stop, 2]."""
    between: np.ndarray
    """float64[instance, from, to] in minutes."""
    best: np.ndarray
    """int64[instance, place]: the fastest tour (Held & Karp 1962)."""

    @property
    def following(self) -> np.ndarray:
        """int64[instance, stop]: which stop comes next in the best tour."""
        found = np.empty_like(self.best)
        np.put_along_axis(found, self.best, np.roll(self.best, -1, axis=1), axis=1)
        return found


def drawn_stops(
    seed: int, stream: int, n: int, *, n_stops: int, one_way: float, river: bool, speed: float
) -> Iterator[Stops]:
    """Instances in batches of at most fifty; equal seeds and streams give equal ones."""
    rng = np.random.Generator(np.random.Philox(key=[seed, stream]))
    for start in range(0, n, 50):
        size = min(50, n - start)
        places, between, best = [], [], []
        for _ in range(size):
            city = drawn_city(rng, one_way=one_way, river=river, speed=speed)
            stops = stops_of(rng, n_stops)
            here = minutes_between(city, stops)
            places.append(city.places[stops])
            between.append(here)
            best.append(tours.held_karp(here))
        yield Stops(np.stack(places), np.stack(between), np.stack(best))


def joined(parts: list[Stops]) -> Stops:
    """All instances of several batches."""
    return Stops(*(np.concatenate([getattr(p, name) for p in parts])
                   for name in ("places", "between", "best")))  # fmt: skip


def pairs_of(stops: Stops, told: str) -> np.ndarray:
    """What a network is told: float32[instance, from, to, 4], costs over their mean."""
    apart = stops.places[:, None] - stops.places[:, :, None]
    far = np.hypot(apart[..., 0], apart[..., 1])
    match told:
        case "coordinates":
            cost = far
        case "both ways":
            cost = stops.between
        case _:
            cost = 0.5 * (stops.between + stops.between.transpose(0, 2, 1))
    cost = cost / cost.mean(axis=(1, 2), keepdims=True)
    way = apart / np.maximum(far, 1e-12)[..., None]
    found = np.stack([cost, cost.transpose(0, 2, 1), way[..., 0], way[..., 1]], axis=-1)
    return found.astype(np.float32)


def pointed(logits: np.ndarray) -> np.ndarray:
    """Tours int64[instance, place] from stop 0, always to the likeliest stop that is left.

    Logits are float[instance, next, stop].
    """
    n_instances, n, _ = logits.shape
    rows = np.arange(n_instances)
    found = np.zeros((n_instances, n), np.int64)
    left = np.ones((n_instances, n), bool)
    left[:, 0] = False
    for k in range(1, n):
        said = np.where(left, logits[rows, :, found[:, k - 1]], -np.inf)
        found[:, k] = said.argmax(axis=1)
        left[rows, found[:, k]] = False
    return found


def tour_minutes(between: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Minutes of closed tours int64[instance, place]: float64[instance]."""
    rows = np.arange(len(found))[:, None]
    return between[rows, found, np.roll(found, -1, axis=1)].sum(axis=1)


def gaps(stops: Stops, found: np.ndarray) -> np.ndarray:
    """How much longer tours take than the best: float64[instance], 0 for the best."""
    return tour_minutes(stops.between, found) / tour_minutes(stops.between, stops.best) - 1.0


def nearest(between: np.ndarray) -> np.ndarray:
    """Tours that always go to the nearest stop that is left: int64[instance, place]."""
    return pointed(-between.transpose(0, 2, 1))


def best_by(between: np.ndarray) -> np.ndarray:
    """The best tour for each of other costs: int64[instance, place]."""
    return np.stack([tours.held_karp(np.ascontiguousarray(each)) for each in between])


def floors_of(stops: Stops) -> dict[str, np.ndarray]:
    """Gaps float64[instance] of tours that need no network."""
    apart = stops.places[:, None] - stops.places[:, :, None]
    far = np.hypot(apart[..., 0], apart[..., 1])
    mean = 0.5 * (stops.between + stops.between.transpose(0, 2, 1))
    return {
        NEAREST: gaps(stops, nearest(stops.between)),
        BY_PLACE: gaps(stops, best_by(far)),
        BY_MEAN: gaps(stops, best_by(mean)),
    }
