"""A run as an animated GIF: bars drawn with numpy in the colours of the page."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from engines.sorting.model import Trajectory
from views.kit.theme import Mode, tokens
from views.sorting.facts import KIND_SERIES
from views.sorting.lanes import bar_heights

WIDTH, HEIGHT = 480, 270
"""Pixels."""
N_FRAMES = 100
FRAME_MS, REST_MS = 80, 1500
"""How long a frame shows, and how long the first and the last do."""
_GROUND, _FROZEN = 0, 1
_FIRST_SERIES = 2


def frame_steps(trajectory: Trajectory, n_frames: int = N_FRAMES) -> np.ndarray:
    """int64[frame]: steps shown, the first and the last included, each once."""
    last = trajectory.n_steps
    return np.unique(np.linspace(0, last, min(n_frames, last + 1)).astype(np.int64))


def gif_bytes(trajectory: Trajectory, *, mode: Mode = "light", n_frames: int = N_FRAMES) -> bytes:
    """The run as a GIF that starts again for ever; height is value, colour is algotype."""
    palette = _palette(mode)
    heights = bar_heights(trajectory)
    images = []
    for step in frame_steps(trajectory, n_frames):
        image = Image.fromarray(_bars(trajectory, int(step), heights))
        image.putpalette(palette)
        images.append(image)
    durations = [FRAME_MS] * len(images)
    durations[0] = durations[-1] = REST_MS
    stream = io.BytesIO()
    first, *others = images
    first.save(
        stream, "GIF", save_all=True, append_images=others, duration=durations, loop=0, disposal=1
    )
    return stream.getvalue()


def _palette(mode: Mode) -> list[int]:
    chosen = tokens()[mode]
    colours = [chosen["surface"], chosen["ink-2"], *(chosen["series"][k] for k in KIND_SERIES)]
    return [channel for colour in colours for channel in bytes.fromhex(colour.removeprefix("#"))]


def _bars(trajectory: Trajectory, step: int, heights: np.ndarray) -> np.ndarray:
    """uint8[row, column]: places in the palette."""
    picture = np.full((HEIGHT, WIDTH), _GROUND, np.uint8)
    n = trajectory.n_cells
    if n == 0:
        return picture
    state = trajectory.at(step)
    share = (np.arange(WIDTH) + 0.5) * n / WIDTH
    cell = state.order[share.astype(np.int64)]
    tall = np.maximum(2, np.rint(heights[cell] * (HEIGHT - 4))).astype(np.int64)
    colour = np.where(state.frozen[cell] > 0, _FROZEN, _FIRST_SERIES + state.algotype[cell])
    if n * 4 <= WIDTH:
        tall[share % 1.0 > 0.8] = 0  # a gap between bars, where there is room for one
    from_below = HEIGHT - np.arange(HEIGHT)
    return np.where(from_below[:, None] <= tall, colour, picture).astype(np.uint8)
