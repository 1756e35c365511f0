"""A wiring's numbers as kernels give them, one row per graph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.connectome.wiring.graph import Graph


@dataclass(frozen=True, eq=False)
class Numbers:
    """Measures of one or many graphs: float64[graph, column], [graph, k] and [graph, 13].

    ``columns`` are named in ``kernels.batch.COLUMNS``; ``rich_club`` is density above degree k;
    ``motifs`` counts in the order of ``motifs.NAMES``.
    """

    columns: np.ndarray
    rich_club: np.ndarray
    motifs: np.ndarray

    def first(self, n: int) -> Numbers:
        """The first ``n`` graphs."""
        return Numbers(self.columns[:n], self.rich_club[:n], self.motifs[:n])


def n_columns() -> int:
    """How many measures a row of numbers holds."""
    from engines.connectome.kernels.batch import COLUMNS

    return len(COLUMNS)


def n_rich(graph: Graph) -> int:
    """How many degrees the rich-club curve has: 0 to the largest."""
    return int(graph.degree.max(initial=0)) + 1


DENSE_MAX = 6_000
"""Neurons up to which a null is drawn on a table of all pairs."""


N_SOURCES = 32
"""Neurons that paths of larger wirings start from, the same in all nulls."""
