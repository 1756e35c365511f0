"""What a network can be told of pairs of stops, and who else is asked."""

from __future__ import annotations

TOLD = ("coordinates", "mean of both ways", "both ways")
"""Besides the direction."""
NEAREST, BY_PLACE, BY_MEAN = "nearest", "exact by place", "exact by mean"
FLOORS = (NEAREST, BY_PLACE, BY_MEAN)
"""Nearest stop by minutes; the best tours by coordinates, and by the mean of both ways."""
