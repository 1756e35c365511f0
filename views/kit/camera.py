"""From where pictures are looked at, as the browser tells and a session keeps it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

_FARTHEST = 1e5
_LEAST, _MOST = 0.05, 60.0
"""Zooms."""


def lenses(told: Any, pictures: Collection[str]) -> dict[str, list[float]]:
    """Cameras by picture, each [zoom, x, y, turn]; what is no camera of these is left out.

    x and y are parts of the picture's width and height, or its own units; turn is in radians.
    """
    if not isinstance(told, dict):
        return {}
    return {name: told[name] for name in pictures if _is_lens(told.get(name))}


def _is_lens(numbers: Any) -> bool:
    if not isinstance(numbers, list) or len(numbers) != 4:
        return False
    plain = all(type(v) in (int, float) and abs(v) < _FARTHEST for v in numbers)
    return plain and _LEAST <= numbers[0] <= _MOST
