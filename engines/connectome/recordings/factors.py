"""A non-negative tensor as a sum of a few products: time course x animals x pairs.

Canonical polyadic decomposition by hierarchical alternating least squares (Cichocki & Phan 2009).
Several starts and ranks are fitted at once, so that each pass over the tensor serves them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engines.contract import InputError

N_ROUNDS = 60
_SWEEPS = 2
"""Passes over the columns of a factor for each product with the tensor, which costs far more."""


@dataclass(frozen=True, eq=False)
class Factors:
    """One decomposition, strongest component first; time courses and animals have length 1."""

    time: np.ndarray
    """float64[moment, component]."""
    animal: np.ndarray
    """float64[animal, component]."""
    pair: np.ndarray
    """float64[pair, component]; carries the strength."""
    error: float
    """What is left over the tensor, in root sums of squares."""

    @property
    def rank(self) -> int:
        """How many components there are; those that died are none."""
        return self.time.shape[1]

    @property
    def strength(self) -> np.ndarray:
        """float64[component]: root sum of squares of each."""
        return np.linalg.norm(self.pair, axis=0)


def decompositions(
    tensor: np.ndarray, ranks: Sequence[int], seed: int, *, n_rounds: int = N_ROUNDS
) -> tuple[Factors, ...]:
    """One decomposition for each entry of ``ranks``, each from its own random start.

    Raises:
        InputError: a rank below 1 or above what the tensor allows, or a tensor of zeros.
    """
    *_, last = rounds(tensor, ranks, seed, n_rounds=n_rounds)
    return last


def best_of(
    tensor: np.ndarray, rank: int, n_starts: int, seed: int, *, n_rounds: int = N_ROUNDS
) -> Factors:
    """The decomposition of several starts that leaves least."""
    found = decompositions(tensor, [rank] * n_starts, seed, n_rounds=n_rounds)
    return min(found, key=lambda one: one.error)


def rounds(
    tensor: np.ndarray, ranks: Sequence[int], seed: int, *, n_rounds: int = N_ROUNDS
) -> Iterator[tuple[Factors, ...]]:
    """The decompositions after every tenth round and the last.

    Args:
        tensor: float64[moment, animal, pair], nothing negative.
        ranks: how many components each decomposition has.
        seed: of the starts.
        n_rounds: how often every factor is solved for.
    """
    fit = _Stack(tensor, ranks, seed)
    for done in range(1, n_rounds + 1):
        fit.solve()
        if done % 10 == 0 or done == n_rounds:
            yield fit.factors()


def elbow(errors: Sequence[float]) -> int:
    """Place of the rank after which errors fall least against before: the largest bend.

    >>> elbow([0.61, 0.51, 0.37, 0.21, 0.064, 0.054, 0.054, 0.054])
    4
    """
    fall = -np.diff(np.asarray(errors, np.float64))
    if len(fall) < 2:
        return 0
    return 1 + int(np.argmax(fall[:-1] - fall[1:]))


class _Stack:
    """Decompositions that share their passes over one tensor; columns that one lacks stay 0."""

    def __init__(self, tensor: np.ndarray, ranks: Sequence[int], seed: int) -> None:
        t, a, p = tensor.shape
        self._total = float(np.square(tensor).sum())
        _check(tensor, ranks, self._total)
        rng = np.random.Generator(np.random.Philox(seed))
        self._flat = np.ascontiguousarray(tensor.reshape(t * a, p))
        used = np.arange(max(ranks)) < np.array(ranks)[:, None]
        self._shape = t, a, p, len(ranks), max(ranks)
        self.time, self.animal, self.pair = (
            rng.uniform(0.1, 1.0, (len(ranks), size, max(ranks))) * used[:, None]
            for size in (t, a, p)
        )
        self.error = np.ones(len(ranks))

    def solve(self) -> None:
        """Each factor once, the others held: what is left never grows."""
        t, a, p, n, r = self._shape
        wide = self.pair.transpose(1, 0, 2).reshape(p, n * r)
        along = (self._flat @ wide).reshape(t, a, n, r).transpose(2, 3, 0, 1)
        gram_t, gram_a, gram_p = (_gram(f) for f in (self.time, self.animal, self.pair))
        product = (along @ self.animal.transpose(0, 2, 1)[..., None])[..., 0].transpose(0, 2, 1)
        _columns(self.time, product, gram_a * gram_p)
        gram_t = _gram(self.time)
        product = (self.time.transpose(0, 2, 1)[:, :, None] @ along)[:, :, 0].transpose(0, 2, 1)
        _columns(self.animal, product, gram_t * gram_p)
        gram_a = _gram(self.animal)
        both = self.time[:, :, None] * self.animal[:, None]
        tall = both.reshape(n, t * a, r).transpose(1, 0, 2).reshape(t * a, n * r)
        product = (tall.T @ self._flat).reshape(n, r, p).transpose(0, 2, 1)
        _columns(self.pair, product, gram_t * gram_a)
        fitted = (gram_t * gram_a * _gram(self.pair)).sum(axis=(1, 2))
        left = self._total - 2.0 * (product * self.pair).sum(axis=(1, 2)) + fitted
        self.error = np.sqrt(np.maximum(left, 0.0) / self._total)

    def factors(self) -> tuple[Factors, ...]:
        """The decompositions so far."""
        stacks = zip(self.time, self.animal, self.pair, self.error, strict=True)
        return tuple(_tidied(*one) for one in stacks)


def _check(tensor: np.ndarray, ranks: Sequence[int], total: float) -> None:
    t, a, p = tensor.shape
    most = min(t * a, t * p, a * p)
    if min(ranks) < 1 or max(ranks) > most:
        raise InputError(
            f"a tensor of {t} x {a} x {p} takes ranks from 1 to {most}, got {min(ranks)} to "
            f"{max(ranks)}"
        )
    if not total > 0.0 or tensor.min() < 0.0:
        raise InputError("a decomposition needs a tensor without negative values, not all zero")


def _gram(factor: np.ndarray) -> np.ndarray:
    """float64[start, component, component]."""
    return factor.transpose(0, 2, 1) @ factor


def _columns(factor: np.ndarray, product: np.ndarray, gram: np.ndarray) -> None:
    """Solve for the columns of one factor in turn, in place (Cichocki & Phan 2009, eq. 19).

    A column whose partners are all zero cannot be solved for and stays as it is.
    """
    for _ in range(_SWEEPS):
        for r in range(factor.shape[2]):
            own = gram[:, r, r]
            alive = own > 0.0
            step = product[:, :, r] - (factor @ gram[:, :, r, None])[..., 0]
            moved = factor[:, :, r] + step / np.where(alive, own, 1.0)[:, None]
            factor[:, :, r] = np.where(alive[:, None], np.maximum(moved, 0.0), factor[:, :, r])


def _tidied(time: np.ndarray, animal: np.ndarray, pair: np.ndarray, error: float) -> Factors:
    """Dead components dropped, lengths moved into the pairs, strongest first."""
    lengths = [np.linalg.norm(factor, axis=0) for factor in (time, animal, pair)]
    strength = np.prod(lengths, axis=0)
    order = np.argsort(-strength, kind="stable")
    order = order[strength[order] > 0.0]
    by_time, by_animal = lengths[0][order], lengths[1][order]
    return Factors(
        time[:, order] / by_time,
        animal[:, order] / by_animal,
        pair[:, order] * by_time * by_animal,
        float(error),
    )
