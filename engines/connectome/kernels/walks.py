"""Random walks among the wirings that have the same degrees, on a table of all pairs or on rows.

A step takes two edges and exchanges their ends, or three and passes their ends round; it makes
neither a self-loop nor a second edge. Two edges alone do not reach every wiring: a directed cycle
of three is turned round by passing ends (Rao, Jana & Bandyopadhyay 1996). Further rules keep how
many edges run between two classes, or how many are how long. There single steps reach only a part
of the wirings, so the walk may leave the rule for a while: a wiring away from it counts less by
``away_odds`` for every two edges too many or too few, and only steps at home count. What is seen
of a symmetric walk while it is in a set visits that set evenly.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.connectome.kernels.jit import kernel
from engines.connectome.kernels.random import _STEP, below, mixed

FREE, BLOCKS, DISTANCES = 0, 1, 2
_LEDGER = 256
_0, _1, _8, _15 = np.uint64(0), np.uint64(1), np.uint64(8), np.uint64(15)
_S11 = np.uint64(11)
_UNIT = 1.0 / 9007199254740992.0


@kernel
def is_in(entries: np.ndarray, first: int, last: int, wanted: int) -> bool:
    """Whether a row holds an entry; looks at all of it, which vectors do faster than a branch."""
    found = 0
    for k in range(first, last):
        found += entries[k] == wanted
    return found > 0


@kernel
def is_edge(table: np.ndarray, starts: np.ndarray, post: np.ndarray, a: int, b: int) -> bool:
    """Whether a -> b, by the table where there is one, else by the row of a."""
    if len(table) > 1:
        return table[a, b] != 0
    return is_in(post, starts[a], starts[a + 1], b)


@kernel
def distance_bin(place_um: np.ndarray, edges_um: np.ndarray, a: int, b: int) -> int:
    """The bin of the distance between two somata, -1 where one is unknown."""
    x, y = place_um[a], place_um[b]
    gap = np.sqrt((x[0] - y[0]) ** 2 + (x[1] - y[1]) ** 2 + (x[2] - y[2]) ** 2)
    if not np.isfinite(gap):
        return -1
    return np.searchsorted(edges_um, gap)


@kernel
def kind_of(
    rule: int, group: np.ndarray, bins: np.ndarray, place_um: np.ndarray, edges_um: np.ndarray,
    a: int, b: int,
) -> Any:  # fmt: skip
    """What a rule counts an edge a -> b as: its two classes, or its bin of distance."""
    if rule == BLOCKS:
        return np.int64(group[a]) * len(group) + group[b]
    if len(bins) > 1:
        return np.int64(bins[a, b])
    return distance_bin(place_um, edges_um, a, b)


@kernel
def booked(kinds: np.ndarray, excess: np.ndarray, used: np.ndarray, kind: int, change: int) -> int:
    """Book one edge more or less of a kind; answers by how much the sum of excesses grows."""
    for k in range(used[0]):
        if kinds[k] == kind:
            before = abs(excess[k])
            excess[k] += change
            after = abs(excess[k])
            if not after:
                used[0] -= 1
                kinds[k], excess[k] = kinds[used[0]], excess[used[0]]
            return after - before
    kinds[used[0]], excess[used[0]] = kind, change
    used[0] += 1
    return 1


@kernel
def buckets(label: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Slots by label: int64[n + 1] starts, int32 slots in order, int32 place of each slot."""
    starts = np.zeros(n + 1, np.int64)
    for slot in range(len(label)):
        starts[label[slot] + 1] += 1
    for k in range(n):
        starts[k + 1] += starts[k]
    ahead = starts[:-1].copy()
    order, place = np.empty(len(label), np.int32), np.empty(len(label), np.int32)
    for slot in range(len(label)):
        place[slot] = ahead[label[slot]]
        order[place[slot]] = slot
        ahead[label[slot]] += 1
    return starts, order, place


@kernel
def partner(word: np.uint64, starts: np.ndarray, order: np.ndarray, label: int) -> Any:
    """A random slot of a label."""
    first = starts[label]
    return order[first + below(word, starts[label + 1] - first)]


@kernel
def fits(
    table: np.ndarray, starts: np.ndarray, pre: np.ndarray, post: np.ndarray, slots: np.ndarray,
    k: int,
) -> bool:  # fmt: skip
    """Whether ``k`` slots are different and may pass their ends round: no loop, no second edge."""
    for s in range(k):
        a, b = pre[slots[s]], post[slots[(s + 1) % k]]
        if slots[s] == slots[(s + 1) % k] or a == b or is_edge(table, starts, post, a, b):
            return False
    return True


@kernel
def passed(
    table: np.ndarray, pre: np.ndarray, post: np.ndarray, into_place: np.ndarray,
    into_order: np.ndarray, slots: np.ndarray, k: int,
) -> None:  # fmt: skip
    """Pass the ends of ``k`` slots round, and their places among the slots of a class."""
    if len(table) > 1:
        for s in range(k):
            table[pre[slots[s]], post[slots[s]]] = 0
    for s in range(k - 1):
        e, f = slots[s], slots[s + 1]
        post[e], post[f] = post[f], post[e]
        if len(into_place):
            into_place[e], into_place[f] = into_place[f], into_place[e]
            into_order[into_place[e]], into_order[into_place[f]] = e, f
    if len(table) > 1:
        for s in range(k):
            table[pre[slots[s]], post[slots[s]]] = 1


@kernel
def drawn_slots(
    state: np.uint64, slots: np.ndarray, rule: int, group: np.ndarray, pre: np.ndarray,
    post: np.ndarray, out: np.ndarray, out_order: np.ndarray, into: np.ndarray,
    into_order: np.ndarray,
) -> tuple[np.uint64, int]:  # fmt: skip
    """Fill the slots of a step; the state after it, and how many they are.

    Under BLOCKS most second slots are drawn among those whose sender, or receiver, is of the same
    class as the first one's: such steps keep the rule.
    """
    state += _STEP
    choice = mixed(state) & _15
    state += _STEP
    slots[0] = below(mixed(state), len(pre))
    state += _STEP
    word = mixed(state)
    if rule == BLOCKS and choice > _8:
        slots[1] = partner(word, out, out_order, group[pre[slots[0]]])
    elif rule == BLOCKS and choice > _1:
        slots[1] = partner(word, into, into_order, group[post[slots[0]]])
    else:
        slots[1] = below(word, len(pre))
    if choice != _0:
        return state, 2
    state += _STEP
    slots[2] = below(mixed(state), len(pre))
    return state, 3


@kernel
def growth(
    rule: int, group: np.ndarray, bins: np.ndarray, place_um: np.ndarray, edges_um: np.ndarray,
    pre: np.ndarray, post: np.ndarray, slots: np.ndarray, k: int, sign: int, kinds: np.ndarray,
    excess: np.ndarray, used: np.ndarray,
) -> int:  # fmt: skip
    """Book a step before it is taken (or, with ``sign`` -1, take it back): growth of the excess."""
    more = 0
    for s in range(k):
        a, b, c = pre[slots[s]], post[slots[s]], post[slots[(s + 1) % k]]
        kind = kind_of(rule, group, bins, place_um, edges_um, a, b)
        more += booked(kinds, excess, used, kind, -sign)
        kind = kind_of(rule, group, bins, place_um, edges_um, a, c)
        more += booked(kinds, excess, used, kind, sign)
    return more


@kernel
def walk(
    table: np.ndarray, starts: np.ndarray, pre: np.ndarray, post: np.ndarray, n_attempts: int,
    seed: np.uint64, rule: int, group: np.ndarray, bins: np.ndarray, place_um: np.ndarray,
    edges_um: np.ndarray, away_odds: float,
) -> int:  # fmt: skip
    """Try ``n_attempts`` steps at home, in place; counts those that were taken and ended there.

    Args:
        table: uint8[n, n], or [1, 1] for a walk on rows; both take the same steps.
        starts: int64[n + 1] of the rows.
        pre: int32[edge], sorted.
        post: int32[edge], changed in place.
        n_attempts: steps at home that are tried.
        seed: the walk's own.
        rule: FREE, BLOCKS or DISTANCES.
        group: int32[n] for BLOCKS.
        bins: int16[n, n] for DISTANCES on a table.
        place_um: float64[n, 3] for DISTANCES on rows.
        edges_um: float64[bin - 1], with it.
        away_odds: what a wiring counts for every two edges off the rule; 0 never leaves it.
    """
    kinds, excess = np.zeros(_LEDGER, np.int64), np.zeros(_LEDGER, np.int64)
    used, slots = np.zeros(1, np.int64), np.zeros(3, np.int64)
    n_groups = len(group) if rule == BLOCKS else 0
    into, into_order, into_place = buckets(group[post[: len(post) * (n_groups > 0)]], n_groups)
    out, out_order, _ = buckets(group[pre[: len(pre) * (n_groups > 0)]], n_groups)
    state, done, home, off = seed, 0, 0, 0
    while home < n_attempts:
        state, k = drawn_slots(
            state, slots, rule, group, pre, post, out, out_order, into, into_order
        )
        possible, more = fits(table, starts, pre, post, slots, k), 0
        if possible and rule != FREE:
            more = growth(
                rule, group, bins, place_um, edges_um, pre, post, slots, k, 1, kinds, excess, used
            )
            if more > 0:
                state += _STEP
                draw = np.float64(mixed(state) >> _S11) * _UNIT
                possible = draw < away_odds ** (0.5 * more) and used[0] < _LEDGER - 16
            if not possible:
                more = 0
                growth(
                    rule, group, bins, place_um, edges_um, pre, post, slots, k, -1, kinds, excess,
                    used,
                )  # fmt: skip
        if possible:
            passed(table, pre, post, into_place, into_order, slots, k)
            off += more
            done += off == 0
        home += off == 0
    return done
