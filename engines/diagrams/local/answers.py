"""Known answers of local rules."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer
from engines.diagrams.local.asked import LocalSpec


def answers() -> tuple[KnownAnswer, ...]:
    """Nothing crosses between blocks; noise along the chain is what it is said to be."""
    chain = "closed form: a Gaussian of that mean and variance, Li, Teh & Pascanu 2025"
    return (
        KnownAnswer("largest slope of a NoProp block's loss towards another block",
                    "by construction: exactly 0", 0.0, 0.0, _noprop_crossing),
        KnownAnswer("largest slope of a counter-current level's loss towards another level",
                    "by construction: exactly 0", 0.0, 0.0, _counter_crossing),
        KnownAnswer("mean of a noisy label along NoProp's chain, largest miss", chain, 0.0, 1e-14,
                    lambda: _chain_miss()[0]),
        KnownAnswer("variance of its noise, largest miss", chain, 0.0, 1e-14,
                    lambda: _chain_miss()[1]),
    )  # fmt: skip


def own_levels() -> np.ndarray:
    """bool[level, layer]: which layers a level of four may move.

    The input's signal comes from the first layer down, a hidden level joins the layer up to it with
    the layer down to it, and the output's loss is the last layer up's.
    """
    own = np.zeros((5, 8), bool)
    for level in range(5):
        if level:
            own[level, level - 1] = True
        if level < 4:
            own[level, 4 + level] = True
    return own


def _crossing(name: str, own: np.ndarray) -> float:
    from engines.diagrams.local.running import Comparison

    found = Comparison(LocalSpec(n_nets=2, n_hidden=16, n_blocks=5)).reach(name)
    return float(np.abs(np.where(own, 0.0, found.size)).max())


def _noprop_crossing() -> float:
    from engines.diagrams.local.asked import NOPROP

    return _crossing(NOPROP, np.eye(5, dtype=bool))


def _counter_crossing() -> float:
    from engines.diagrams.local.asked import COUNTER

    return _crossing(COUNTER, own_levels())


def _chain_miss() -> tuple[float, float]:
    """Misses of mean and variance when every block's answer is the label itself."""
    from engines.diagrams.local.denoising import shares, steps

    mean, variance, misses = 0.0, 1.0, []
    for share, (answer, given, noise) in zip(shares(10)[1:], steps(10), strict=True):
        mean = answer + given * mean
        variance = given**2 * variance + noise
        misses.append((abs(mean - np.sqrt(share)), abs(variance - (1.0 - share))))
    return float(np.max(misses, axis=0)[0]), float(np.max(misses, axis=0)[1])
