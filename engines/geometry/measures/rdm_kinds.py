"""Names of the dissimilarities; apart, so that a spec need not load numerical libraries."""

from __future__ import annotations

from typing import Literal

Dissimilarity = Literal["correlation", "euclidean", "squared euclidean", "cosine"]
