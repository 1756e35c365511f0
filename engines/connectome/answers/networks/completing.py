"""What clipped synapses hold, in closed form."""

from __future__ import annotations

import numpy as np

from engines.connectome.memory import completion
from engines.contract import KnownAnswer

N, K, B = 1_000, 40, 20


def _rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def _switched_on(n_stored: int) -> float:
    together = completion.stored(completion.patterns(_rng(0), n_stored, N, K))
    return float(together[~np.eye(N, dtype=bool)].mean())


def _after_one_round(n_stored: int) -> float:
    found = []
    for seed in range(5):
        rng = _rng(seed)
        drawn = completion.patterns(rng, n_stored, N, K)
        weight = (completion.stored(drawn) & ~np.eye(N, dtype=bool)).astype(np.float32)
        whole = drawn[:100]
        cue = completion.cues(rng, whole, B)
        states = completion.recalled(rng, weight, cue, K, 1)
        found.append(completion.came_back(states, whole, cue)[1].mean())
    return float(np.mean(found))


def completion_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms of Willshaw's network and of one round in it."""
    on = 1.0 - (1.0 - K * (K - 1) / (N * (N - 1))) ** 600
    round_of = (
        "closed form after Buckingham & Willshaw 1992: how many cells are in how many patterns"
    )
    return (
        KnownAnswer("share of synapses that 600 patterns of 40 of 1,000 cells switch on",
                    "closed form (Willshaw et al. 1969)", on, 0.004, lambda: _switched_on(600)),
        KnownAnswer("share of missing cells after one round, 1,000 stored", round_of,
                    completion.one_round(N, K, 1_000, B), 0.03, lambda: _after_one_round(1_000)),
        KnownAnswer("share of missing cells after one round, 1,400 stored", round_of,
                    completion.one_round(N, K, 1_400, B), 0.03, lambda: _after_one_round(1_400)),
    )  # fmt: skip
