"""Watching a run while it is computed: its controls, and a moment as the bytes a canvas takes."""

from __future__ import annotations

import struct
import time

import panel_material_ui as pmui

from engines.sorting.model import SortFrame

LIVE_SPEED_MAX = 1e6
"""Swaps per second."""


def live_bytes(frame: SortFrame) -> bytes:
    """Swaps done (u32), padding, when it was sent (f64 ms), then the cell at every position."""
    head = struct.pack("<Iid", frame.step & 0xFFFFFFFF, 0, time.time() * 1000.0)
    return head + frame.order.tobytes()


def live_widgets() -> tuple[pmui.Switch, pmui.FloatInput]:
    """The switch that shows a run while it is computed, and its speed."""
    live = pmui.Switch(
        label="Watch live",
        value=False,
        description="Show the run while the engine process computes it, at this speed, instead of "
        "playing it when it is done.",
        margin=(4, 0),
    )
    speed = pmui.FloatInput(
        label="Live speed (swaps/s)",
        value=120.0,
        start=1.0,
        end=LIVE_SPEED_MAX,
        size="small",
        sizing_mode="stretch_width",
        margin=(4, 0, 8, 0),
        visible=False,
    )
    return live, speed
