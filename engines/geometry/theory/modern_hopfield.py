"""Modern Hopfield networks: one step of memory is one step of attention.

Patterns x_1 ... x_N are the columns of X; a state xi moves to X softmax(beta X' xi), which never
raises E = -lse(beta, X' xi) + xi' xi / 2 + log(N) / beta + M^2 / 2 with M the largest norm
(Ramsauer et al. 2020, arXiv 2008.02217). Arrays are stacked: [..., pattern, dimension].
"""

from __future__ import annotations

import numpy as np
import scipy  # its parts load when used

TOLERANCE = 1e-10
"""A state that moves less in a step is a fixed point."""
ITERATIONS_MAX = 20_000
_SAME = 1e-4
"""Fixed points closer than this are one."""


def attention(patterns: np.ndarray, state: np.ndarray, beta: np.ndarray | float) -> np.ndarray:
    """softmax(beta X' xi), float64[..., query, pattern].

    Args:
        patterns: float64[..., pattern, dimension].
        state: float64[..., query, dimension].
        beta: inverse temperature, a number or float64[...].
    """
    scores = np.asarray(beta)[..., None, None] * (state @ patterns.swapaxes(-1, -2))
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    return scores / scores.sum(axis=-1, keepdims=True)


def update(patterns: np.ndarray, state: np.ndarray, beta: np.ndarray | float) -> np.ndarray:
    """One step of every query, float64[..., query, dimension]."""
    return attention(patterns, state, beta) @ patterns


def energy(patterns: np.ndarray, state: np.ndarray, beta: np.ndarray | float) -> np.ndarray:
    """Energy of every query, float64[..., query]; never below 0."""
    steep = np.asarray(beta)[..., None]
    scores = np.asarray(beta)[..., None, None] * (state @ patterns.swapaxes(-1, -2))
    largest = (patterns**2).sum(axis=-1).max(axis=-1)[..., None]
    free = (scipy.special.logsumexp(scores, axis=-1) - np.log(patterns.shape[-2])) / steep
    return 0.5 * ((state**2).sum(axis=-1) + largest) - free


def effective_patterns(weights: np.ndarray) -> np.ndarray:
    """Over how many patterns attention is spread: 1 / sum of squares, float64[..., query]."""
    return 1.0 / (weights**2).sum(axis=-1)


def settled(
    patterns: np.ndarray, state: np.ndarray, beta: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Fixed points float64[net, query, dimension] and iterations int64[net].

    Networks that have come to rest leave the stack, so that one close to a transition, which takes
    hundreds of times as long, is iterated alone.
    """
    found, taken = state.copy(), np.zeros(len(state), np.int64)
    left = np.arange(len(state))
    for _ in range(ITERATIONS_MAX):
        moved = update(patterns[left], found[left], beta[left])
        change = np.abs(moved - found[left]).max(axis=(1, 2))
        found[left], taken[left] = moved, taken[left] + 1
        left = left[change > TOLERANCE]
        if not len(left):
            break
    return found, taken


def n_distinct(points: np.ndarray) -> np.ndarray:
    """How many different points each net has, int64[net], of float64[net, query, dimension]."""
    squares = (points**2).sum(axis=-1)
    products = points @ points.swapaxes(-1, -2)
    apart = squares[:, :, None] + squares[:, None, :] - 2.0 * products
    earlier = np.tril(np.ones(apart.shape[1:], bool), -1)
    seen_before = ((apart < _SAME**2) & earlier).any(axis=2)
    return (~seen_before).sum(axis=1)


def one_step_error(
    patterns: np.ndarray, query: np.ndarray, beta: float
) -> tuple[np.ndarray, np.ndarray]:
    """Distance of one step from the pattern that was asked for, over its norm, and its bound.

    Query k asks for pattern k. The rest is summed as sum_j p_j (x_j - x_k): taking X p - x_k would
    round everything below 1e-16 away. The bound is
    2 (N - 1) exp(-beta (Delta - 2 M |xi - x|)) M / |x|, Delta the separation of the pattern: every
    other one has at most the share exp(-beta (Delta - 2 M |xi - x|)), and lies at most 2 M away
    (theorem 5 of the paper bounds the same with the fixed point's own distance beside |xi - x|).

    Args:
        patterns: float64[..., pattern, dimension].
        query: float64[..., query, dimension].
        beta: inverse temperature.

    Returns:
        float64[..., query] each.
    """
    k = np.arange(query.shape[-2])
    weights = attention(patterns, query, beta)
    asked = patterns[..., k, :]
    weights[..., k, k] = 0.0
    rest = weights @ patterns - weights.sum(axis=-1)[..., None] * asked
    norm = np.linalg.norm(asked, axis=-1)
    products = asked @ patterns.swapaxes(-1, -2)
    own = products[..., k, k].copy()
    products[..., k, k] = -np.inf
    separation = own - products.max(axis=-1)
    largest = np.linalg.norm(patterns, axis=-1).max(axis=-1)[..., None]
    off = np.linalg.norm(query - asked, axis=-1)
    exponent = -beta * (separation - 2.0 * largest * off)
    bound = 2.0 * (patterns.shape[-2] - 1) * np.exp(np.minimum(exponent, 50.0)) * largest / norm
    return np.linalg.norm(rest, axis=-1) / norm, bound


def error_in_theory(dimension: int, n_patterns: int, noise: float, beta: float) -> float:
    """Typical one-step error for random patterns of norm sqrt(d), by the random energy model.

    The other patterns' scores are independent, so that their sum is either led by its largest
    member or by its mean (Derrida 1981; for this memory Lucibello & Mezard 2024). Above the
    transition, beta |xi| < sqrt(2 log N), the rest weighs r = (N - 1) exp(beta^2 |xi|^2 / 2 -
    beta d) and lies at beta xi; below it the strongest rival weighs r = exp(beta |xi| h - beta d),
    h the median of the largest of N - 1 projections of a random direction. An estimate.

    Args:
        dimension: d of patterns and query.
        n_patterns: N.
        noise: standard deviation of the query around its pattern, per dimension.
        beta: inverse temperature.
    """
    size = np.sqrt(dimension * (1.0 + noise**2))
    if beta * size < np.sqrt(2.0 * np.log(n_patterns)):
        exponent = np.log(n_patterns - 1.0) + (beta * size) ** 2 / 2 - beta * dimension
        share = scipy.special.expit(exponent)
        return float(share * np.hypot(1.0 - min(beta, 1.0), min(beta, 1.0) * noise))
    half = (dimension - 1) / 2
    cosine = 2.0 * float(scipy.stats.beta(half, half).ppf(0.5 ** (1.0 / (n_patterns - 1)))) - 1.0
    share = scipy.special.expit(beta * (size * np.sqrt(dimension) * cosine - dimension))
    return float(share * np.sqrt(2.0 * (1.0 - cosine / np.sqrt(1.0 + noise**2))))


def classical_error(patterns: np.ndarray, query: np.ndarray) -> np.ndarray:
    """The same for a classical network: signs of patterns, Hebb's weights, one step.

    Args:
        patterns: float64[..., pattern, dimension].
        query: float64[..., query, dimension]; query k asks for pattern k.

    Returns:
        float64[..., query]: distance from the pattern of signs, over its norm.
    """
    signs, state = np.sign(patterns), np.sign(query)
    overlaps = state @ signs.swapaxes(-1, -2)
    # No spin hears itself: N patterns add N times its own state.
    field = overlaps @ signs - patterns.shape[-2] * state
    wrong = (np.where(field >= 0, 1.0, -1.0) != signs[..., : query.shape[-2], :]).mean(axis=-1)
    return 2.0 * np.sqrt(wrong)


def random_patterns(rng: np.random.Generator, n: int, dimension: int) -> np.ndarray:
    """Patterns of norm sqrt(d) in random directions, float64[pattern, dimension]."""
    drawn = rng.standard_normal((n, dimension))
    return drawn * np.sqrt(dimension) / np.linalg.norm(drawn, axis=1, keepdims=True)


def clustered_patterns(
    rng: np.random.Generator, n_clusters: int, n_each: int, dimension: int, spread: float
) -> np.ndarray:
    """Patterns of norm 1 around random directions, float64[pattern, dimension], cluster by cluster.

    Args:
        rng: draws them.
        n_clusters: how many.
        n_each: patterns of each.
        dimension: of a pattern.
        spread: standard deviation around the cluster's direction, per dimension.
    """
    centres = random_patterns(rng, n_clusters, dimension) / np.sqrt(dimension)
    around = spread * rng.standard_normal((n_clusters, n_each, dimension))
    drawn = (centres[:, None] + around).reshape(-1, dimension)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
