"""The same interventions on a plain weighted adjacency matrix: nodes and edges by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np

from engines.contract import InputError
from engines.lab.interventions.spec import (
    Ablate,
    Add,
    Clamp,
    Intervention,
    Mask,
    Merge,
    Noise,
    Patch,
    Permute,
    Prune,
)


def changed_matrix(
    adjacency: np.ndarray,
    names: Sequence[str],
    interventions: Sequence[Intervention],
    others: Mapping[str, np.ndarray] | None = None,
) -> np.ndarray:
    """The wiring after the interventions; the one that is given stays as it is.

    Noise and addition act on the edges that are there, unless edges are named. Permuting puts other
    nodes in the places of the wiring; ablated nodes lose all their edges.

    Args:
        adjacency: float [pre, post], 0 where there is no edge.
        names: of the nodes.
        interventions: applied in their order.
        others: wirings of the same nodes to take from, by name.

    Raises:
        InputError: not square, a node or wiring that is not there, or one that a matrix cannot do.
    """
    made = np.array(adjacency, np.float64)
    if made.ndim != 2 or made.shape != (len(names), len(names)):
        raise InputError(
            f"adjacency must be {len(names)} x {len(names)} (pre x post), got {made.shape}"
        )
    index = {name: k for k, name in enumerate(names)}
    for one in interventions:
        if type(one) not in _CHANGES:
            raise InputError(f"{one.kind} needs a network that learns, not a wiring")
        made = _CHANGES[type(one)](made, one, index, others or {})
    return made


def _node(name: int | str, index: Mapping[str, int]) -> int:
    if isinstance(name, int) and 0 <= name < len(index):
        return name
    if name not in index:
        near = get_close_matches(str(name), list(index), 3, 0.6)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise InputError(f"there is no node {name!r}{hint}")
    return index[str(name)]


def _chosen(made: np.ndarray, one: Any, index: Mapping[str, int]) -> np.ndarray:
    """bool[pre, post]: the edges named, those into the nodes named, or all that are there."""
    chosen = np.zeros(made.shape, bool)
    edges, units = getattr(one, "edges", ()), getattr(one, "units", ())
    for pre, post in edges:
        chosen[_node(pre, index), _node(post, index)] = True
    for unit in units:
        chosen[:, _node(unit, index)] = True
    if units:
        chosen &= made != 0.0
    return chosen if edges or units else made != 0.0


def _mask(made: np.ndarray, one: Mask, index: Mapping[str, int], _: Any) -> np.ndarray:
    return np.where(_chosen(made, one, index), 0.0, made)


def _ablate(made: np.ndarray, one: Ablate, index: Mapping[str, int], _: Any) -> np.ndarray:
    nodes = [_node(unit, index) for unit in one.units] if one.units else list(index.values())
    made = made.copy()
    made[nodes, :] = made[:, nodes] = 0.0
    return made


def _clamp(made: np.ndarray, one: Clamp, index: Mapping[str, int], _: Any) -> np.ndarray:
    return np.where(_chosen(made, one, index), one.value, made)


def _add(made: np.ndarray, one: Add, index: Mapping[str, int], _: Any) -> np.ndarray:
    return np.where(_chosen(made, one, index), made + one.value, made)


def _noise(made: np.ndarray, one: Noise, index: Mapping[str, int], _: Any) -> np.ndarray:
    drawn = np.random.default_rng(one.seed).normal(0.0, one.sd, made.shape)
    return np.where(_chosen(made, one, index), made + drawn, made)


def _prune(made: np.ndarray, one: Prune, _index: Any, _: Any) -> np.ndarray:
    there = np.flatnonzero(made)
    draw = np.random.default_rng(one.seed)
    score = draw.random(len(there)) if one.by == "random" else np.abs(made.flat[there])
    gone = there[np.argsort(score, kind="stable")[: round(one.share * len(there))]]
    made = made.copy()
    made.flat[gone] = 0.0
    return made


def _permute(made: np.ndarray, one: Permute, _index: Any, _: Any) -> np.ndarray:
    order = list(one.order) or np.random.default_rng(one.seed).permutation(len(made)).tolist()
    if sorted(order) != list(range(len(made))):
        raise InputError(f"the order must hold each of the {len(made)} nodes once")
    return made[np.ix_(order, order)]


def _from(made: np.ndarray, one: Any, others: Mapping[str, np.ndarray], share: float) -> np.ndarray:
    if one.source not in others:
        there = ", ".join(others) or "none"
        raise InputError(f"there is no wiring {one.source!r} to take from; there are: {there}")
    other = np.asarray(others[one.source], np.float64)
    if other.shape != made.shape:
        raise InputError(f"wirings must be of one size, got {other.shape} and {made.shape}")
    return other if share == 1.0 else made + share * (other - made)


def _patch(
    made: np.ndarray, one: Patch, index: Mapping[str, int], others: Mapping[str, np.ndarray]
) -> np.ndarray:
    """What comes into the nodes is as in the other wiring."""
    nodes = [_node(unit, index) for unit in one.units] if one.units else list(index.values())
    whole, made = _from(made, one, others, 1.0), made.copy()
    made[:, nodes] = whole[:, nodes]
    return made


def _merge(
    made: np.ndarray, one: Merge, _index: Any, others: Mapping[str, np.ndarray]
) -> np.ndarray:
    return _from(made, one, others, one.share)


_CHANGES: dict[type, Callable[[np.ndarray, Any, Mapping[str, int], Any], np.ndarray]] = {
    Mask: _mask,
    Ablate: _ablate,
    Clamp: _clamp,
    Add: _add,
    Noise: _noise,
    Prune: _prune,
    Permute: _permute,
    Patch: _patch,
    Merge: _merge,
}
