"""Permutation tests: what the same numbers give when their labels mean nothing.

Every order counts once when there are few (exact); else orders are drawn, and the data themselves
count as one of them, so that p is never 0 and its floor is known (Phipson & Smyth 2010).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engines.contract import InputError
from engines.lab.statistics import draws
from engines.lab.statistics.groups import group_numbers
from engines.lab.statistics.nulls import Sided, p_against

N_DRAWS = 10_000


@dataclass(frozen=True)
class Permuted:
    """A p value and what it can be at least."""

    p: float
    floor: float
    """The least p that this many orders can give."""
    n_orders: int
    """How many orders were tried."""
    exact: bool
    """Whether these were all there are."""

    def __str__(self) -> str:
        """Say "p = 0.0001 (the least of 10,000 draws)"."""
        tried = f"all {self.n_orders:,} orders" if self.exact else f"{self.n_orders:,} draws"
        least = "the least of" if self.p <= self.floor else f"at least {self.floor:.2g} by"
        return f"p = {self.p:.3g} ({least} {tried})"


def sign_flip_test(difference: np.ndarray, seed: int, *, n_draws: int = N_DRAWS) -> Permuted:
    """How often a mean this far from zero comes up when every pair's sign is a coin toss.

    Two-sided. All signs are tried where there are no more than ``n_draws`` of them.
    """
    difference = np.asarray(difference, np.float64)
    n, n_reached = len(difference), 0
    # Sums of the same numbers in another order differ in the last bits.
    least = abs(difference.sum()) * (1 - 1e-12)
    if n < 40 and 2**n <= n_draws:
        every = 1 - 2 * (np.arange(2**n)[:, None] >> np.arange(n) & 1)
        n_reached = int((np.abs(every @ difference) >= least).sum())
        return Permuted(n_reached / 2**n, min(1.0, 2 / 2**n), 2**n, exact=True)
    for first, n_here in draws.chunks(n_draws, n):
        flips = draws.signs(seed, first, n_here, n)
        n_reached += int((np.abs(flips @ difference) >= least).sum())
    return Permuted((1 + n_reached) / (1 + n_draws), 1 / (1 + n_draws), n_draws, exact=False)


def permutation_test(
    statistic: Callable[[np.ndarray], np.ndarray], n: int, seed: int, *,
    within: np.ndarray | None = None, block: int = 1, sided: Sided = "both",
    n_draws: int = N_DRAWS,
) -> Permuted:  # fmt: skip
    """How often other orders of the rows give a statistic as far out.

    Args:
        statistic: from orders int64[order, row] to float64[order]; the first row of a call that
            holds 0..n-1 is the data as they are.
        n: how many rows.
        seed: where the orders come from.
        within: a label per row; rows are exchanged with rows of the same label only.
        block: rows in time order are exchanged in runs of this length, which keeps what follows
            on what; n must be a multiple of it.
        sided: which side counts; "both" measures from the mean over all orders.
        n_draws: how many orders are drawn where there are more.

    Raises:
        InputError: blocks that do not fit, or blocks and labels at once.
    """
    spans = _spans(n, within, block)
    observed = statistic(np.arange(n)[None])
    n_orders = math.prod(math.factorial(len(span)) for span in spans)
    if n_orders <= n_draws:
        null = statistic(_all_orders(n, spans, block))
        p = p_against(observed, null[:, None], sided=sided, exact=True)[0]
        return Permuted(float(p), 1 / n_orders, n_orders, exact=True)
    found = []
    for first, n_here in draws.chunks(n_draws, n):
        found.append(statistic(_drawn_orders(n, spans, block, seed, first, n_here)))
    p = p_against(observed, np.concatenate(found)[:, None], sided=sided)[0]
    return Permuted(float(p), 1 / (1 + n_draws), n_draws, exact=False)


def _spans(n: int, within: np.ndarray | None, block: int) -> list[np.ndarray]:
    """The sets of places (rows or blocks) whose contents may be exchanged."""
    if block == 1:
        number = np.zeros(n, np.int64) if within is None else group_numbers(within, n)
        return [np.flatnonzero(number == k) for k in range(int(number.max(initial=0)) + 1)]
    if within is not None:
        raise InputError("blocks and groups cannot be combined; give one of the two")
    if block < 1 or n % block:
        raise InputError(f"{n} rows cannot be cut into blocks of {block}; leave out the rest first")
    return [np.arange(n // block)]


def _rows(orders: np.ndarray, block: int) -> np.ndarray:
    """Row numbers of orders of blocks."""
    return (orders[:, :, None] * block + np.arange(block)).reshape(len(orders), -1)


def _all_orders(n: int, spans: list[np.ndarray], block: int) -> np.ndarray:
    every = [list(itertools.permutations(span.tolist())) for span in spans]
    orders = np.empty((math.prod(map(len, every)), n // block), np.int64)
    for k, chosen in enumerate(itertools.product(*every)):
        for span, order in zip(spans, chosen, strict=True):
            orders[k, span] = order
    return _rows(orders, block)


def _drawn_orders(
    n: int, spans: list[np.ndarray], block: int, seed: int, first: int, n_here: int
) -> np.ndarray:
    keys = draws.keys(seed, first, n_here, n // block)
    orders = np.empty((n_here, n // block), np.int64)
    for span in spans:
        orders[:, span] = span[np.argsort(keys[:, span], axis=1, kind="stable")]
    return _rows(orders, block)
