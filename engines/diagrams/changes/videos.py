"""Videos of a dot that moves straight on and turns back at the walls."""

from __future__ import annotations

import numpy as np

from engines.diagrams.changes.asked import N_MOMENTS, N_PIXELS, SIDE

_MARGIN = 1.0
"""Pixels from the middle of the dot to the walls at least."""


def videos(
    draw: np.random.Generator, n: int, *, noise: float, speed: float
) -> tuple[np.ndarray, np.ndarray]:
    """float32[video, moment, pixel], and float32[video, moment, (column, row)] in -1..1.

    Args:
        draw: where everything comes from.
        n: how many.
        noise: SD of what is added to every pixel.
        speed: largest speed, pixels per moment; speeds and directions are drawn evenly.
    """
    room = SIDE - 1 - 2 * _MARGIN
    begin = draw.random((n, 1, 2)) * room
    angle = 2.0 * np.pi * draw.random(n)
    step = (speed * draw.random(n))[:, None] * np.stack([np.cos(angle), np.sin(angle)], -1)
    place = _MARGIN + folded(begin + np.arange(N_MOMENTS)[None, :, None] * step[:, None], room)
    pixels = np.arange(SIDE)
    bumps = np.exp(-0.5 * (pixels - place[..., None]) ** 2)
    shown = bumps[:, :, 1, :, None] * bumps[:, :, 0, None, :]
    shown = shown.reshape(n, N_MOMENTS, N_PIXELS)
    shown += noise * draw.standard_normal(shown.shape)
    half = (SIDE - 1) / 2
    return shown.astype(np.float32), ((place - half) / half).astype(np.float32)


def folded(place: np.ndarray, room: float) -> np.ndarray:
    """What a straight way becomes between walls at 0 and at ``room``.

    >>> folded(np.array([1.0, 5.5, 11.0, -1.0]), 5.0).tolist()
    [1.0, 4.5, 1.0, 1.0]
    """
    return room - np.abs(place % (2 * room) - room)
