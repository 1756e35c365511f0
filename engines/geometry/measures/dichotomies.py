"""Geometry of classifications: parallelism, generalisation across conditions, shattering.

After Bernardi et al. 2020, "The geometry of abstraction in the hippocampus and prefrontal cortex".
A *dichotomy* splits the conditions (stimuli) in two; it is given as bool[stimulus].
"""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Any

import numpy as np

from engines.contract import InputError

EXACT_SIDE = 6
"""Up to this many conditions on a side every pairing is tried (720); more are climbed to."""


def dichotomies(n_stimuli: int) -> np.ndarray:
    """bool[dichotomy, stimulus]: every balanced one once, the first stimulus always False.

    Raises:
        InputError: an odd number, or more than 16 stimuli (6,435 dichotomies).
    """
    if n_stimuli % 2 or not 2 <= n_stimuli <= 16:
        raise InputError(
            f"balanced dichotomies need an even number of 2 to 16 stimuli, got {n_stimuli}; "
            "select conditions or average their repetitions first"
        )
    found = []
    for chosen in combinations(range(1, n_stimuli), n_stimuli // 2):
        row = np.zeros(n_stimuli, bool)
        row[list(chosen)] = True
        found.append(row)
    return np.stack(found)


def parallelism(activations: np.ndarray, positive: np.ndarray, *, seed: int = 0) -> float:
    """Parallelism score of a dichotomy, -1 to 1; nan for one condition a side.

    Over pairings of the two sides, the greatest mean cosine between the coding directions of the
    pairs. Up to `EXACT_SIDE` a side every pairing is tried. Beyond, the best pairing along a
    direction is an assignment problem, and its own mean direction the next one: this climbs from
    the direction of every pair and of the means, so that the order of the rows does not matter;
    the score is a lower bound (``seed`` is not used any more).
    """
    del seed
    one, other = _sides(activations, positive)
    if len(one) < 2:
        return float("nan")
    ways = coding_directions(one[None], other[None])[0]
    n = len(one)
    if n <= EXACT_SIDE:
        orders = np.array(list(permutations(range(n))))
        total = ways[np.arange(n), orders].sum(axis=1)
        best = float((total**2).sum(axis=1).max())
    else:
        best = climbed(ways, _starts(ways))
    return (best - n) / (n * (n - 1))


def coding_directions(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """float64[draw, condition, condition, unit]: unit vectors from each of the other side."""
    ways = one[:, :, None] - other[:, None]
    size = np.linalg.norm(ways, axis=3, keepdims=True)
    return ways / np.where(size > 0.0, size, 1.0)


def _starts(ways: np.ndarray) -> np.ndarray:
    """Directions that do not depend on the order of the conditions."""
    flat = ways.reshape(-1, ways.shape[2])
    return np.concatenate([flat.mean(axis=0)[None], flat])


def climbed(ways: np.ndarray, starts: np.ndarray) -> float:
    """Greatest squared length of the sum of paired directions, [condition, condition, unit]."""
    from scipy.optimize import linear_sum_assignment

    best = 0.0
    seen: set[bytes] = set()
    rows = np.arange(len(ways))
    for start in starts:
        along, length = start, -1.0
        while True:
            pairing = linear_sum_assignment(ways @ along, maximize=True)[1]
            if pairing.tobytes() in seen:  # from here on, the way is known
                break
            seen.add(pairing.tobytes())
            along = ways[rows, pairing].sum(axis=0)
            found = float(along @ along)
            if found <= length * (1.0 + 1e-12):
                break
            length = found
        best = max(best, length)
    return best


def _sides(activations: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x, positive = np.asarray(activations, np.float64), np.asarray(positive, bool)
    one, other = x[positive], x[~positive]
    if len(one) != len(other):
        raise InputError(
            f"a dichotomy needs as many conditions on each side, got {len(one)} and {len(other)}"
        )
    return one, other


def ccgp(
    activations: np.ndarray,
    positive: np.ndarray,
    *,
    noise: float = 0.05,
    n_trials: int = 20,
    n_splits: int = 16,
    seed: int = 0,
) -> float:
    """Cross-condition generalisation performance: share of held-out trials that are right.

    Mean of `ccgp_splits`; nan for one condition a side.
    """
    options = {"noise": noise, "n_trials": n_trials, "n_splits": n_splits, "seed": seed}
    found = ccgp_splits(activations, positive, **options)
    return float(found.mean()) if len(found) else float("nan")


def ccgp_splits(
    activations: np.ndarray,
    positive: np.ndarray,
    *,
    noise: float = 0.05,
    n_trials: int = 20,
    n_splits: int = 16,
    seed: int = 0,
) -> np.ndarray:
    """float64[split]: share of held-out trials that are right.

    One condition of each side is left out, a linear SVM learns the others, the left-out ones are
    asked; all such splits, or at most ``n_splits`` drawn so that every condition is left out
    equally often, once at least. ``noise`` is the standard deviation per unit of trials around a
    condition, in units of the mean distance of conditions.
    """
    from sklearn.svm import LinearSVC

    x, positive = np.asarray(activations, np.float64), np.asarray(positive, bool)
    one, other = np.flatnonzero(positive), np.flatnonzero(~positive)
    _sides(x, positive)
    if len(one) < 2:
        return np.zeros(0)
    rng = np.random.default_rng(seed)
    splits = _splits(one, other, n_splits, rng)
    size = noise * np.sqrt(2 * ((x - x.mean(0)) ** 2).sum(1).mean() / x.shape[1])
    right = []
    for left_out in splits:
        kept = np.setdiff1d(np.arange(len(x)), left_out)
        train = np.repeat(x[kept], n_trials, axis=0)
        test = np.repeat(x[list(left_out)], n_trials, axis=0)
        train = train + size * rng.standard_normal(train.shape)
        test = test + size * rng.standard_normal(test.shape)
        centre, scale = train.mean(axis=0), max(float(train.std()), 1e-300)
        machine: Any = LinearSVC(C=1.0, dual=False, random_state=0)  # pyright: ignore[reportArgumentType]
        machine.fit((train - centre) / scale, np.repeat(positive[kept], n_trials))
        told = machine.predict((test - centre) / scale)
        right.append(float((told == np.repeat(positive[list(left_out)], n_trials)).mean()))
    return np.array(right)


def _splits(
    one: np.ndarray, other: np.ndarray, n_most: int, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Pairs that are left out: all, or rounds in which every condition is left out once."""
    n = len(one)
    if n * n <= n_most:
        return [(a, b) for a in one for b in other]
    turned = rng.permutation(other)
    shifts = rng.permutation(n)[: max(1, n_most // n)]
    return [(int(one[k]), int(turned[(k + shift) % n])) for shift in shifts for k in range(n)]


def is_separable(activations: np.ndarray, positive: np.ndarray) -> bool:
    """Whether a hyperplane parts the two sides exactly; by linear programming, nothing is tuned."""
    from scipy.optimize import linprog

    x = np.asarray(activations, np.float64)
    x = x - x.mean(axis=0)
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    x = u[:, s > 1e-9 * max(s[0], 1e-300)] if s[0] > 0 else np.zeros((len(x), 1))
    sign = np.where(np.asarray(positive, bool), 1.0, -1.0)
    rows = -sign[:, None] * np.hstack([x, np.ones((len(x), 1))])
    asked = linprog(
        np.zeros(rows.shape[1]), A_ub=rows, b_ub=-np.ones(len(x)), bounds=(None, None),
        method="highs",
    )  # fmt: skip
    return asked.status == 0


def shattering(activations: np.ndarray) -> tuple[int, int]:
    """Balanced dichotomies that are linearly separable, and how many there are.

    >>> from engines.geometry.tasks.hypercube import hypercube
    >>> shattering(hypercube(4))
    (2, 3)
    """
    every = dichotomies(len(activations))
    return sum(is_separable(activations, one) for one in every), len(every)
