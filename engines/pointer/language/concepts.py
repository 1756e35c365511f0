"""A map of concepts with edges that are kept from training, and paths over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

N_RELATIONS = 4
N_STEPS = 4
"""Steps of a path."""
_NEAREST = 6
_HELD_OUT = 0.2


@dataclass(frozen=True)
class Concepts:
    """Concepts in a plane of meaning; near ones are related, by which way they differ."""

    places: np.ndarray
    """float64[concept, 2]."""
    relation: np.ndarray
    """int64[concept, concept]: which relation, -1 for none; symmetric."""
    seen: np.ndarray
    """bool[concept, concept]: edges that training walks over; symmetric."""

    @property
    def n(self) -> int:
        """How many concepts."""
        return len(self.places)


@dataclass(frozen=True)
class Judged:
    """Paths held against the map."""

    novelty: np.ndarray
    """float64[path]: share of steps that no training path could take."""
    utility: np.ndarray
    """float64[path]: 1 where every step is an edge of the map and one has the wanted relation."""
    n_novel: int
    """Steps that no training path could take."""
    n_found: int
    """Of these, those that are edges of the map all the same."""


def drawn_concepts(rng: np.random.Generator, n: int) -> Concepts:
    """Each concept is related to its six nearest; a fifth of the edges is kept from training.

    A concept keeps at least one edge that is seen.
    """
    places = rng.random((n, 2))
    apart = places[:, None] - places[None]
    far = (apart**2).sum(axis=-1)
    np.fill_diagonal(far, np.inf)
    near = np.argsort(far, axis=1)[:, :_NEAREST]
    edge = np.zeros((n, n), bool)
    np.put_along_axis(edge, near, values=True, axis=1)
    edge |= edge.T
    way = np.arctan2(apart[..., 1], apart[..., 0]) % np.pi
    relation = np.where(edge, np.minimum((way / np.pi * N_RELATIONS).astype(np.int64), 3), -1)
    # The same from both ends: a direction and its opposite are one relation.
    relation = np.maximum(np.triu(relation, 1), np.triu(relation, 1).T) * edge - ~edge
    held = np.triu(edge & (rng.random((n, n)) < _HELD_OUT), 1)
    seen = edge & ~(held | held.T)
    for concept in np.flatnonzero(~seen.any(axis=1)):
        seen[concept, near[concept, 0]] = seen[near[concept, 0], concept] = True
    return Concepts(places, relation, seen)


def walked(
    concepts: Concepts, n_paths: int, jump: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Walks over seen edges that jump anywhere with some probability at each step.

    Returns:
        Paths int64[path, step + 1], and a relation int64[path] that one of the path's true edges
        has; any where there is none.
    """
    paths = np.empty((n_paths, N_STEPS + 1), np.int64)
    paths[:, 0] = rng.integers(concepts.n, size=n_paths)
    for k in range(N_STEPS):
        here = paths[:, k]
        weight = np.where(concepts.seen[here], rng.random((n_paths, concepts.n)), -1.0)
        elsewhere = (here + rng.integers(1, concepts.n, size=n_paths)) % concepts.n
        paths[:, k + 1] = np.where(rng.random(n_paths) < jump, elsewhere, weight.argmax(axis=1))
    there = concepts.relation[paths[:, :-1], paths[:, 1:]]
    order = np.where(there >= 0, rng.random(there.shape), -1.0)
    wanted = np.take_along_axis(there, order.argmax(axis=1)[:, None], axis=1)[:, 0]
    return paths, np.where(wanted < 0, rng.integers(N_RELATIONS, size=n_paths), wanted)


def judged(concepts: Concepts, paths: np.ndarray, wanted: np.ndarray) -> Judged:
    """Novelty and utility of paths int64[path, step + 1] that should show a relation."""
    one, other = paths[:, :-1], paths[:, 1:]
    relation, novel = concepts.relation[one, other], ~concepts.seen[one, other]
    valid = relation >= 0
    useful = valid.all(axis=1) & (relation == wanted[:, None]).any(axis=1)
    return Judged(
        novel.mean(axis=1), useful.astype(float), int(novel.sum()), int((novel & valid).sum())
    )
