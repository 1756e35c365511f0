"""How many directions a matrix uses."""

from __future__ import annotations

import numpy as np


def singular_values(weight: np.ndarray) -> np.ndarray:
    """float64[direction], largest first, as shares of their sum."""
    values = np.linalg.svd(weight, compute_uv=False)
    return values / values.sum() if values.any() else values


def effective_rank(weight: np.ndarray) -> float:
    """Exp of the entropy of the singular values' shares (Roy & Vetterli 2007)."""
    return directions(singular_values(weight))


def directions(values: np.ndarray) -> float:
    """The same from singular values, of whatever sum; of none but zeros 0."""
    share = values[values > 0] / max(values.sum(), np.finfo(float).tiny)
    return float(np.exp(-(share * np.log(share)).sum())) if len(share) else 0.0
