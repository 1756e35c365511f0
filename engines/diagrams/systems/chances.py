"""Random wirings, and how many of them keep the laws of substitution."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engines.diagrams.systems.wirings import NOTHING, OUTSIDE, Face, Source, Wiring, alone

Put = Callable[[Wiring, int, Wiring], Wiring]
_TYPES = ("hares", "foxes", "force")
_PORTS_MAX, _PARTS_MAX = 3, 3
_P_NOTHING = 0.1


def a_face(rng: np.random.Generator) -> Face:
    """A box with up to three inputs and up to three outputs."""
    ins, outs = (
        tuple(_TYPES[k] for k in rng.integers(0, len(_TYPES), rng.integers(0, _PORTS_MAX + 1)))
        for _ in range(2)
    )
    return Face(ins, outs)


def a_wiring(rng: np.random.Generator, outer: Face) -> Wiring:
    """Up to three parts in an outer box; every port that reads has a source of its type, if any."""
    parts = tuple(a_face(rng) for _ in range(rng.integers(1, _PARTS_MAX + 1)))
    given = [((k, j), kind) for k, part in enumerate(parts) for j, kind in enumerate(part.outs)]
    brought = [((OUTSIDE, j), kind) for j, kind in enumerate(outer.ins)]

    def source(kind: str, choices: list[tuple[Source, str]]) -> Source:
        fitting = [one for one, its in choices if its == kind]
        if not fitting or rng.random() < _P_NOTHING:
            return NOTHING
        return fitting[rng.integers(len(fitting))]

    feeds = tuple(tuple(source(kind, given + brought) for kind in part.ins) for part in parts)
    return Wiring(outer, parts, feeds, tuple(source(kind, given) for kind in outer.outs))


def is_associative(rng: np.random.Generator, put: Put) -> bool:
    """Three random wirings: one within one within one, and two beside each other.

    Both are asked: which of two goes in first must not matter, nested or side by side.
    """
    whole = a_wiring(rng, a_face(rng))
    i = int(rng.integers(len(whole.parts)))
    inner = a_wiring(rng, whole.parts[i])
    j = int(rng.integers(len(inner.parts)))
    last = a_wiring(rng, inner.parts[j])
    nested = put(put(whole, i, inner), i + j, last) == put(whole, i, put(inner, j, last))
    k = int(rng.integers(len(whole.parts)))
    if k == i:
        return nested
    other = a_wiring(rng, whole.parts[k])
    n, m = len(inner.parts) - 1, len(other.parts) - 1
    one = put(put(whole, i, inner), k + (n if k > i else 0), other)
    return nested and one == put(put(whole, k, other), i + (m if i > k else 0), inner)


def keeps_units(rng: np.random.Generator, put: Put) -> bool:
    """A box that only holds a box changes nothing, put in or put around."""
    whole = a_wiring(rng, a_face(rng))
    i = int(rng.integers(len(whole.parts)))
    within = put(whole, i, alone(whole.parts[i]))
    return within == whole == put(alone(whole.outer), 0, whole)


def forgetful(whole: Wiring, place: int, inner: Wiring) -> Wiring:
    """A wrong way, for a control: wires from a part back to itself are lost when it is replaced."""
    from engines.diagrams.systems.wirings import substituted

    lost = tuple(NOTHING if source[0] == place else source for source in whole.feeds[place])
    feeds = (*whole.feeds[:place], lost, *whole.feeds[place + 1 :])
    return substituted(Wiring(whole.outer, whole.parts, feeds, whole.gives), place, inner)
