"""Recall at full precision where it is known without a network."""

from __future__ import annotations

import numpy as np

from engines.connectome.memory import places
from engines.contract import KnownAnswer


def in_random_order(n: int = 20, n_wrong: int = 4, n_draws: int = 20_000) -> float:
    """Mean recall at full precision where being sure says nothing of being right."""
    rng = np.random.Generator(np.random.Philox(0))
    right = np.arange(n) >= n_wrong
    return float(np.mean([places.recall_at_full_precision(right, rng.random(n))
                          for _ in range(n_draws)]))  # fmt: skip


def unchanged() -> float:
    """Share of places that the nearest view knows where nothing changed."""
    rng = np.random.Generator(np.random.Philox(0))
    x = places.encoded(places.views(rng, 100))
    said, sure = places.matched(x @ x.T)
    return places.recall_at_full_precision(said == np.arange(100), sure)


def place_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms."""
    return (
        KnownAnswer("recall at full precision, 16 right and 4 wrong in random order",
                    "closed form: 16 / (4 + 1) come before the first wrong one, of 20 (negative "
                    "hypergeometric)", 0.16, 0.004, in_random_order),
        KnownAnswer("recall of a route that did not change, by the nearest view",
                    "identity: nothing is nearer to a view than itself", 1.0, 0.0, unchanged),
    )  # fmt: skip
