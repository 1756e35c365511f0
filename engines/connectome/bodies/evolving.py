"""An evolution strategy: antithetic draws, shaped by rank, followed by Adam."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

DEVIATION, RATE = 0.1, 0.05
_DECAY, _DECAY_SQUARE = 0.9, 0.999


def ranked(scores: np.ndarray) -> np.ndarray:
    """float64[draw] from -0.5 for the worst to 0.5 for the best; equal scores share a rank."""
    from scipy.stats import rankdata

    return (rankdata(scores) - 1.0) / max(1, len(scores) - 1) - 0.5


def evolve(
    score: Callable[[np.ndarray], float],
    start: np.ndarray,
    *,
    population: int,
    rng: np.random.Generator,
) -> Iterator[tuple[int, np.ndarray]]:
    """Episodes so far and the centre of the search, after every pair of draws, without end.

    Salimans et al. 2017 with rank shaping; Adam of Kingma & Ba 2015 climbs.

    Args:
        score: larger is better; one call is one episode.
        start: float64[weight].
        population: draws per step, an even number.
        rng: where draws come from.
    """
    centre = start.astype(np.float64)
    first, second = np.zeros(len(start)), np.zeros(len(start))
    n_episodes, n_steps = 0, 0
    while True:
        draws = rng.normal(size=(population // 2, len(start)))
        scores = np.zeros((2, len(draws)))
        for k, draw in enumerate(draws):
            for side, sign in enumerate((1.0, -1.0)):
                scores[side, k] = score(centre + sign * DEVIATION * draw)
            n_episodes += 2
            if k < len(draws) - 1:
                yield n_episodes, centre
        shaped = ranked(scores.ravel()).reshape(scores.shape)
        slope = (shaped[0] - shaped[1]) @ draws / (population * DEVIATION)
        n_steps += 1
        first = _DECAY * first + (1 - _DECAY) * slope
        second = _DECAY_SQUARE * second + (1 - _DECAY_SQUARE) * slope**2
        steady = np.sqrt(second / (1 - _DECAY_SQUARE**n_steps)) + 1e-8
        centre = centre + RATE * first / (1 - _DECAY**n_steps) / steady
        yield n_episodes, centre
