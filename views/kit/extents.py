"""How large a declared picture is drawn: as its place allows, or to one scale of both axes."""

from __future__ import annotations

from typing import Any, TypeGuard

import numpy as np

from engines.contract.pictures import Curves, Heatmap, Picture, Points

_SQUARE_SIDE = 260.0
"""Pixels of the longer side of a picture with one scale."""


def _is_square(picture: Picture) -> TypeGuard[Curves | Heatmap | Points]:
    return isinstance(picture, Curves | Heatmap | Points) and picture.square


def size_of(picture: Picture) -> dict[str, Any]:
    """As wide as its place and high enough to be read, or both axes to one scale."""
    if _is_square(picture):
        width, height = _extent(picture)
        side = _SQUARE_SIDE / max(width, height, 1.0)
        return {"frame_width": round(width * side), "frame_height": round(height * side)}
    return {"min_height": 220, "sizing_mode": "stretch_both"}


def aspect_of(picture: Picture) -> float:
    """Width to height where both axes have one scale, else 0."""
    if not _is_square(picture):
        return 0.0
    width, height = _extent(picture)
    return max(width, 1.0) / max(height, 1.0)


def _extent(picture: Curves | Heatmap | Points) -> tuple[float, float]:
    """Width and height in the units of the axes."""
    if isinstance(picture, Heatmap):
        return float(picture.values.shape[1]), float(picture.values.shape[0])
    if isinstance(picture, Curves):
        drawn = np.concatenate([np.zeros(0), *picture.lines.values()])
        return _rounded_extent(picture.x), _rounded_extent(drawn)
    width, height = np.ceil(np.ptp(picture.xy, axis=0)) if len(picture.xy) else (1.0, 1.0)
    return float(width), float(height)


def _rounded_extent(values: np.ndarray) -> float:
    there = values[np.isfinite(values)]
    return float(np.ceil(np.ptp(there))) if there.size else 1.0
