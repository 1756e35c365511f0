"""One convention for negative weights in every number that needs weights of zero or more."""

from __future__ import annotations

import numpy as np

from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.wiring.graph import Graph
from engines.contract import InputError


def non_negative(graph: Graph, sign: str) -> np.ndarray:
    """float64[edge]: weights as the sign policy has them; InputError where it refuses."""
    if not np.any(graph.weight < 0):
        return graph.weight
    n_negative = int(np.count_nonzero(graph.weight < 0))
    match sign:
        case "absolute":
            return np.abs(graph.weight)
        case "left out":
            return np.maximum(graph.weight, 0.0)
        case _:
            raise InputError(
                f"{n_negative:,} weights are negative and weighted measures need zero or more; set "
                "Negative weights to absolute or left out"
            )


def policy(graph: Graph, spec: MeasuresSpec) -> str:
    """What a weighted row says of signs."""
    return f"negative weights {spec.sign}" if np.any(graph.weight < 0) else "all weights positive"
