"""The run: kinds one by one, each with its counts and its filter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.diagrams.ordering.asked import PosetSpec
from engines.diagrams.ordering.results import PosetFrame, PosetResult
from engines.lab.data.posets import (
    covers,
    extensions,
    heights,
    ideals,
    kinds,
    labelled,
    winners,
)
from engines.lab.data.task import rng_of


def frames_of(spec: PosetSpec) -> Iterator[PosetFrame | PosetResult]:
    """A frame for every kind, the whole last."""
    yield PosetFrame(0)
    every, n_named = kinds(labelled(spec.n_points))
    rng = rng_of(spec.seed)
    normal = rng.standard_normal((spec.n_inputs, spec.n_points))
    uniform = rng.uniform(size=(spec.n_inputs, spec.n_points))
    pieces, within = [], []
    for k, less in enumerate(every):
        # 1 on an ideal and -1 elsewhere: there it wins, however few random inputs there are.
        own = np.where(ideals(less), 1.0, -1.0)
        pieces.append(len(np.unique(winners(less, np.concatenate([normal, own])))))
        low, high = np.nonzero(less)
        within.append((uniform[:, low] < uniform[:, high]).all(axis=1).mean())
        yield PosetFrame(k + 1, fraction=(k + 1) / len(every))
    yield PosetResult(
        spec,
        np.array([covers(less) for less in every]),
        np.array([heights(less) for less in every]),
        n_named,
        every.sum(axis=(1, 2)),
        np.array([len(ideals(less)) for less in every]),
        np.array([extensions(less) for less in every]),
        np.array(pieces),
        np.array(within),
    )
