"""Names of the dissimilarities; apart, so that a spec need not load numerical libraries."""

from __future__ import annotations

from typing import Literal

Dissimilarity = Literal["correlation", "euclidean", "squared euclidean", "cosine"]
"""Those of a representation alone."""
RDM_KINDS = (
    "correlation", "euclidean", "squared euclidean", "cosine", "mahalanobis", "poisson",
)  # fmt: skip
"""All: mahalanobis needs a noise precision beside it, poisson rates that are not negative."""
