"""Known answers of hidden places: counts of well-nested words."""

from __future__ import annotations

from math import comb, log

import numpy as np

from engines.contract import KnownAnswer
from engines.pointer.language.brackets import N_HIDDEN, N_KINDS, N_PAIRS, WORD, Gaps, hidden, words


def denoisers_answers() -> tuple[KnownAnswer, ...]:
    """All words, and the ends that words can have."""
    catalan = comb(2 * N_PAIRS, N_PAIRS) // (N_PAIRS + 1)
    return (
        KnownAnswer(
            "well-nested words of 6 pairs of 2 kinds", "Catalan number of 6, times 2^6",
            float(catalan * N_KINDS**N_PAIRS), 0.0, lambda: float(len(np.unique(words(), axis=0))),
        ),
        KnownAnswer(
            "least nats of the last four places, largest difference over all words",
            "ballot numbers: ways down from depth d in 4 steps, times 2 for each that opens",
            0.0, 1e-12, ends_difference,
        ),
    )  # fmt: skip


def ends_difference() -> float:
    """Between the count of words and the closed form, over all words with their end hidden."""
    every = words().astype(np.int64)
    gaps = Gaps(every, hidden("S", len(every), np.random.default_rng(0)))
    depth = np.where(every[:, : WORD - N_HIDDEN] % 2, -1, 1).sum(axis=1)
    # From depth d, (4 - d) / 2 places open: 2 from 0, 1 from 2, none from 4.
    ways = {0: log(2 * N_KINDS**2), 2: log(3 * N_KINDS), 4: 0.0}
    return float(np.abs(gaps.least_nats() - np.array([ways[d] for d in depth])).max())
