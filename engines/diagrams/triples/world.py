"""Planted worlds: how often every triple is true to be told."""

from __future__ import annotations

import numpy as np

from engines.diagrams.triples.asked import N_ENTITIES, N_PREDICATES, N_TYPES


def world(rng: np.random.Generator) -> np.ndarray:
    """float64[subject, predicate, object], sums to 1.

    Entities are told as often as one over their rank; each has one of four types, on which the
    predicate hangs, and the object hangs on type and predicate.
    """
    subject = 1.0 / np.arange(1, N_ENTITIES + 1)
    subject /= subject.sum()
    kind = rng.integers(0, N_TYPES, N_ENTITIES)
    predicate = rng.dirichlet(np.full(N_PREDICATES, 0.5), N_TYPES)
    concerns = rng.dirichlet(np.full(N_ENTITIES, 0.3), (N_TYPES, N_PREDICATES))
    return subject[:, None, None] * predicate[kind][:, :, None] * concerns[kind]


def told(p: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """float64 as the world: shares among so many triples that are drawn from it."""
    return rng.multinomial(n, p.ravel() / p.sum()).reshape(p.shape) / n


def marginals(p: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of subject, predicate and object: [..., subject, predicate, object] to [..., one] each."""
    return p.sum((-2, -1)), p.sum((-3, -1)), p.sum((-3, -2))


def independent(p: np.ndarray) -> np.ndarray:
    """The product of the marginals."""
    subject, predicate, concerns = marginals(p)
    return (
        subject[..., :, None, None] * predicate[..., None, :, None] * concerns[..., None, None, :]
    )


def divergence(p: np.ndarray, q: np.ndarray) -> float:
    """Kullback and Leibler's, nats: infinite where q is 0 and p is not."""
    there = p > 0
    with np.errstate(divide="ignore"):
        return float((p[there] * np.log(p[there] / q[there])).sum())


def share_within(drawn: np.ndarray, p: np.ndarray, n: int, least: float = 0.0) -> float:
    """Share of what is expected often enough that is drawn within 3 standard errors as often.

    Args:
        drawn: shares among the draws.
        p: as it should be.
        n: how many were drawn.
        least: draws that must be expected.
    """
    error = np.sqrt(p * (1.0 - p) / n)
    counted = p * n >= least
    return float((np.abs(drawn - p) <= 3.0 * error)[counted].mean()) if counted.any() else np.nan
