"""Next steps that are known in closed form, held against what ridge regression foretells."""

from __future__ import annotations

from functools import cache

import numpy as np

from engines.connectome.foretelling.cases import planted_case
from engines.connectome.foretelling.ridge import by_mask, pairs_of_frames, persistence
from engines.contract import KnownAnswer

_RHO = 0.8
_CLOSED = "closed form: an AR(1) process of correlation 0.8"


@cache
def _chain() -> np.ndarray:
    """float64[time, 3]: independent AR(1) processes of SD 1."""
    rng = np.random.Generator(np.random.Philox(5))
    x, kept = rng.standard_normal(3), []
    for _ in range(40_000):
        x = _RHO * x + np.sqrt(1 - _RHO**2) * rng.standard_normal(3)
        kept.append(x)
    return np.array(kept)


def own_past() -> float:
    """R2 of the next step from this one."""
    pairs = pairs_of_frames(_chain())
    return by_mask(pairs.first(20_000), pairs.last(19_000), np.eye(3, dtype=bool)).r2


def staying() -> float:
    """R2 of saying that it stays."""
    return persistence(pairs_of_frames(_chain()))


def added_by_the_wiring() -> float:
    """R2 of the worm's wiring less the mean of wirings of its degrees, 1,000 planted frames."""
    case = planted_case("varshney2011", 11, n_frames=1_401, memory=0.3, coupling=1.5, n_nulls=4)
    pairs = pairs_of_frames(case.traces)
    train, test = pairs.first(1_000), pairs.last(400)
    nulls = [by_mask(train, test, mask).r2 for mask in case.nulls]
    return by_mask(train, test, case.mask).r2 - float(np.mean(nulls))


def foretelling_answers() -> tuple[KnownAnswer, ...]:
    """All of them."""
    return (
        KnownAnswer("R2 of the next step by own past", _CLOSED, _RHO**2, 0.02, own_past),
        KnownAnswer("R2 of persistence", _CLOSED, 2 * _RHO - 1, 0.02, staying),
        KnownAnswer(
            "R2 that the wiring adds to its degrees, planted",
            "the plan's figures .011 to .024, of other code and other seeds", 0.0175, 0.0075,
            added_by_the_wiring,
        ),
    )  # fmt: skip
