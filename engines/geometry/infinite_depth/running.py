"""Sets of points are learnt by every activation at every depth."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.geometry.infinite_depth.classifiers import learnt, limits
from engines.geometry.infinite_depth.kernels import (
    KINDS,
    NEAREST,
    SINGULAR,
    Tabled,
    activation,
    tabling,
)
from engines.geometry.infinite_depth.points import N_ASKED, points, untied
from engines.geometry.infinite_depth.result import InfiniteDepthFrame, InfiniteDepthRun
from engines.geometry.infinite_depth.spec import InfiniteDepthSpec


def frames_of(spec: InfiniteDepthSpec) -> Iterator[InfiniteDepthFrame | InfiniteDepthRun]:
    """Frames on the way, and the run last."""
    from engines.lab.training import one_thread

    kernels = []
    for k, kind in enumerate(KINDS):
        for found in tabling(activation(kind, spec.exponent), spec.depths):
            if isinstance(found, Tabled):
                kernels.append(found)
            else:
                done = 0.5 * (k + found / spec.depth) / len(KINDS)
                yield InfiniteDepthFrame(f"kernels of an activation with {kind}", fraction=done)
    n_kinds, n_depths = len(KINDS), len(spec.depths)
    agreement = np.empty((n_kinds, n_depths, n_kinds, spec.n_sets))
    error = np.empty((n_kinds, n_depths, spec.n_sets))
    limit_error, between = np.empty((n_kinds, spec.n_sets)), np.empty(spec.n_sets)
    shown = np.zeros((n_kinds, N_ASKED), np.int64)
    first = points(np.random.default_rng([spec.seed % 2**32, 0, 2]), N_ASKED, 0.0)
    for number in range(spec.n_sets):
        known = untied(np.random.default_rng([spec.seed % 2**32, number, 1]), spec.n_learnt,
                       spec.flipped)  # fmt: skip
        asked = points(np.random.default_rng([spec.seed % 2**32, number, 2]), N_ASKED, 0.0)
        ends = limits(known.x, known.learnt, asked.x, spec.exponent)
        between[number] = (ends[NEAREST] == ends[SINGULAR]).mean()
        for k, kind in enumerate(KINDS):
            limit_error[k, number] = (ends[kind] != asked.true).mean()
            for depth in range(n_depths):
                with one_thread():
                    said = learnt(kernels[k], depth, known.x, known.learnt, asked.x)
                agreement[k, depth, :, number] = [(said == ends[one]).mean() for one in KINDS]
                error[k, depth, number] = (said != asked.true).mean()
                shown[k] = said if number == 0 else shown[k]
                done = (number + (k * n_depths + depth + 1) / (n_kinds * n_depths)) / spec.n_sets
                yield InfiniteDepthFrame("points are learnt", fraction=0.5 + 0.5 * done)
    yield InfiniteDepthRun(spec, agreement, error, limit_error, between, first.x, shown)
