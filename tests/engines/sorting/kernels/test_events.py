"""The event-driven kernels follow the same law as the plain loop, exactly.

For up to five cells the absorbing Markov chain of uniform activation is solved; the kernels'
activation counts and swap orders are held against it.
"""

from collections import Counter
from functools import cache

import numpy as np
import pytest
from scipy import stats

from engines.sorting import AlgotypeShare, SortSpec, simulate

N_RUNS = 3000


def moves_of(state: tuple[int, ...], algotype: str, frozen: frozenset[int]) -> list[int]:
    """Edge moved by each (cell, coin) pair that moves one; positions in ``frozen`` are stuck."""
    edges, n = [], len(state)
    for p in range(n):
        if p in frozen:
            continue
        if algotype == "bubble":
            sides = [edge for edge in (p - 1, p) if 0 <= edge < n - 1]
        else:
            prefix = [(i, i + 1) for i in range(p - 1) if not frozen & {i, i + 1}]
            in_order = all(state[i] <= state[j] for i, j in prefix)
            # An insertion cell has no coin: both of its pairs do the same.
            sides = [p - 1, p - 1] if p and in_order else []
        for edge in sides:
            if not frozen & {edge, edge + 1} and state[edge] > state[edge + 1]:
                edges.append(edge)
    return edges


def swapped(state: tuple[int, ...], edge: int) -> tuple[int, ...]:
    cells = list(state)
    cells[edge], cells[edge + 1] = cells[edge + 1], cells[edge]
    return tuple(cells)


def moments(start: tuple[int, ...], algotype: str, frozen: frozenset[int]) -> tuple[float, float]:
    """Mean and variance of the activations until rest, from the exact chain."""

    @cache
    def two(state: tuple[int, ...]) -> tuple[float, float]:
        moves = moves_of(state, algotype, frozen)
        if not moves:
            return 0.0, 0.0
        chance = len(moves) / (2 * len(state))
        after = [two(swapped(state, edge)) for edge in moves]
        first = np.mean([m for m, _ in after])
        # Wait W is geometric and independent of where the move leads.
        wait, wait_second = 1 / chance, (2 - chance) / chance**2
        second = wait_second + 2 * wait * first + np.mean([s for _, s in after])
        return wait + first, second

    mean, second = two(start)
    return mean, second - mean**2


def first_edges(start: tuple[int, ...], algotype: str, n_moves: int) -> dict[tuple, float]:
    """Law of the first ``n_moves`` moved edges."""
    law = {((), start): 1.0}
    for _ in range(n_moves):
        after: Counter = Counter()
        for (path, state), chance in law.items():
            moves = moves_of(state, algotype, frozenset())
            for edge in moves or [-1]:
                following = swapped(state, edge) if edge >= 0 else state
                after[((*path, edge), following)] += chance / max(len(moves), 1)
        law = after
    paths: Counter = Counter()
    for (path, _), chance in law.items():
        paths[path] += chance
    return dict(paths)


CASES = [
    ("bubble", (3, 2, 1, 0), ()),
    ("bubble", (4, 0, 3, 1, 2), ()),
    ("bubble", (1, 1, 0, 0, 1), ()),
    ("bubble", (4, 3, 2, 1, 0), (1,)),
    ("insertion", (3, 2, 1, 0), ()),
    ("insertion", (4, 0, 3, 1, 2), ()),
    ("insertion", (4, 3, 2, 1, 0), (2,)),
]


def spec_of(algotype: str, values: tuple[int, ...], frozen: tuple[int, ...]) -> SortSpec:
    share = AlgotypeShare(algotype=algotype)
    return SortSpec(own_values=values, algotypes=(share,), frozen_at=frozen, scheduler="uniform")


@pytest.mark.parametrize(("algotype", "values", "frozen"), CASES)
def test_activations_have_the_mean_and_variance_of_the_exact_chain(algotype, values, frozen):
    spec = spec_of(algotype, values, frozen)
    counts = np.array([simulate(spec.replace(seed=s)).n_activations for s in range(N_RUNS)])
    mean, variance = moments(values, algotype, frozenset(frozen))
    assert abs(counts.mean() - mean) < 4.5 * (variance / N_RUNS) ** 0.5
    assert counts.var() == pytest.approx(variance, rel=0.25)


@pytest.mark.parametrize("values", [(3, 2, 1, 0), (4, 0, 3, 1, 2), (4, 3, 2, 1, 0)])
def test_swap_orders_have_the_law_of_the_exact_chain(values):
    law = first_edges(values, "bubble", 3)
    spec = spec_of("bubble", values, ())
    seen = Counter(tuple(simulate(spec.replace(seed=s)).left[:3].tolist()) for s in range(N_RUNS))
    assert set(seen) <= set(law)
    observed = [seen[path] for path in law]
    assert stats.chisquare(observed, [N_RUNS * chance for chance in law.values()]).pvalue > 1e-4


def plain_uniform(spec: SortSpec):
    """The plain loop under uniform activation, whatever the kernels would choose."""
    from engines.sorting.motion.plain_python import PlainArray

    return PlainArray(spec).finish()


@pytest.mark.parametrize("algotype", ["bubble", "insertion"])
def test_ledgers_agree_with_the_plain_loop_in_the_mean(algotype):
    spec = SortSpec(n_cells=12, algotypes=(AlgotypeShare(algotype=algotype),), scheduler="uniform")
    ours = [simulate(spec.replace(seed=s)) for s in range(400)]
    plain = [plain_uniform(spec.replace(seed=s)) for s in range(400)]
    for name in ("n_activations", "n_paper_steps", "n_reads"):
        a = np.array([getattr(run, name) for run in ours], float)
        b = np.array([getattr(run, name) for run in plain], float)
        paired = a - b
        assert abs(paired.mean()) < 4.5 * paired.std() / 400**0.5 + 1e-9, name


def test_geometric_digits_give_the_geometric_law():
    from engines.sorting.kernels.words import geometric_digits

    for n in (2, 3, 100):
        odds = geometric_digits(n).view(np.uint64).astype(float) / 2**64
        mean = sum(chance * 2**digit for digit, chance in enumerate(odds))
        variance = sum(chance * (1 - chance) * 4**digit for digit, chance in enumerate(odds))
        assert mean == pytest.approx(n - 1)
        assert variance == pytest.approx((n - 1) * n)
