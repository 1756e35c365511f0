"""The wires of one network as a graph, the strongest first, down to a threshold."""

from __future__ import annotations

import numpy as np

from engines.contract.pictures import Axis, Curves, Table
from engines.geometry.interaction.found import Found
from engines.geometry.interaction.spec import BASES, LIB

_CLASSES = (("weaker", 0.0), ("1/100", 0.01), ("1/10 of the strongest", 0.1))
"""The least share of the strongest edge; stronger ones are drawn over weaker ones."""
_HEARD, _SILENT = "feature", "silent"


def strongest_edges(strength: np.ndarray, n: int) -> np.ndarray:
    """int64[edge, (feature, hidden feature)]: that many, the strongest first.

    >>> strongest_edges(np.array([[1.0, 5.0], [3.0, 0.0]]), 2)
    array([[0, 1],
           [1, 0]])
    """
    order = np.argsort(-strength, axis=None, kind="stable")[:n]
    return np.stack(np.unravel_index(order, strength.shape), axis=1)


def share_held(strength: np.ndarray, n: int) -> float:
    """Share of the strength of all edges that the n strongest have."""
    return float(np.sort(strength, axis=None)[::-1][:n].sum() / max(strength.sum(), 1e-300))


def places(n: int) -> np.ndarray:
    """float64[feature]: heights of a layer's features, the first at the top, within 0 to 1."""
    return 1.0 - (np.arange(n) + 0.5) / n


def graph(found: Found, basis: int, look: int) -> Curves:
    """Features of both layers of the first network, and the edges that are kept."""
    strength = found.strengths[basis]
    n, of = found.shown(basis, look), strength.size
    kept = strongest_edges(strength, n)
    relative = strength[tuple(kept.T)] / strength.max()
    heights = places(strength.shape[0]), places(strength.shape[1])
    ends = np.full((len(kept), 3), np.nan)
    ends[:, 0], ends[:, 1] = heights[0][kept[:, 0]], heights[1][kept[:, 1]]
    size = np.searchsorted([least for _, least in _CLASSES], relative, side="right") - 1
    # Gaps in x too would lose the line; its y is nan there already.
    lines = [(np.tile([0.0, 1.0, 1.0], len(some)), some.ravel())
             for some in (ends[size == k] for k in range(len(_CLASSES)))]  # fmt: skip
    heard = [np.isin(np.arange(len(at)), kept[:, side]) for side, at in enumerate(heights)]
    side = np.repeat([0.0, 1.0], [len(at) for at in heights])
    of_any, at = np.concatenate(heard), np.concatenate(heights)
    dots = [(side[some], at[some]) for some in (of_any, ~of_any)]
    name, right = BASES[basis], found.accuracy[basis, look, 0]
    title = f"{name[0].upper()}{name[1:]}: {n:,} of {of:,} edges, {right:.0%} right"
    return _drawn(title, lines + dots, large=basis == LIB)


def _drawn(title: str, parts: list[tuple[np.ndarray, np.ndarray]], *, large: bool) -> Curves:
    """All over one x, each where it has a place of its own."""
    x, y = (np.concatenate(values) for values in zip(*parts, strict=True))
    owner = np.repeat(np.arange(len(parts)), [len(at) for at, _ in parts])
    names = (*(name for name, _ in _CLASSES), _HEARD, _SILENT)
    own = {name: np.where(owner == k, y, np.nan) for k, name in enumerate(names)}
    thin, nothing = names[0], np.full(len(x), np.nan)
    lines = {name: nothing if name in (thin, _HEARD, _SILENT) else part
             for name, part in own.items()}  # fmt: skip
    sides = Axis("", ticks=((0.0, "embedding"), (1.0, "hidden")))
    order = Axis("features in order", ticks=((1.0, "first"), (0.0, "last")))
    dots = {name: own[name] for name in (_HEARD, _SILENT)}
    return Curves(title, x, lines, sides, order, clouds={thin: own[thin][None]}, dots=dots,
                  large=large)  # fmt: skip


def shown_table(found: Found, look: int) -> Table:
    """What the graph keeps, basis by basis."""
    n = [found.shown(basis, look) for basis in range(len(BASES))]
    of = [strength.size for strength in found.strengths]
    return Table(
        f"Edges shown, network 1 of {found.spec.n_seeds}",
        {
            "basis": BASES,
            "edges shown": np.array(n),
            "of": np.array(of),
            "share of their strength": np.array(
                [share_held(*one) for one in zip(found.strengths, n, strict=True)]
            ),
            "sums right with these": found.accuracy[:, look, 0],
        },
    )
