"""Controls: the same intervention, as large, somewhere at random."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.lab.interventions.spec import Intervention, Permute, Prune


def random_like(
    one: Intervention, n_units: int, seed: int, *, n_inputs: int = 0
) -> Intervention | None:
    """As many units or edges of the same place, drawn at random; None where nothing is as large.

    An intervention that names nothing acts on all there is, and so do those that take from other
    runs or moments. Pruning is answered by random pruning of the same share, a permutation by
    another one.

    Args:
        one: the intervention to be controlled.
        n_units: how many units there are at its place.
        seed: of the draw.
        n_inputs: how many each of them reads, for edges.
    """
    draw = np.random.default_rng(seed)
    changes: dict[str, Any] = {}
    if isinstance(one, Prune):
        changes = {"by": "random", "seed": seed}
    elif isinstance(one, Permute):
        changes = {"order": (), "seed": seed}
    elif edges := getattr(one, "edges", ()):
        chosen = draw.permutation(n_units * n_inputs)[: len(edges)]
        changes = {"edges": tuple((int(k % n_inputs), int(k // n_inputs)) for k in chosen)}
    elif units := getattr(one, "units", ()):
        chosen = draw.permutation(n_units)[: len(units)]
        changes = {"units": tuple(int(unit) for unit in np.sort(chosen))}
    return one.replace(**changes) if changes else None
