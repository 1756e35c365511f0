"""A moment of a live run as the bytes the canvas takes."""

from __future__ import annotations

import struct
import time

from engines.sorting.model import SortFrame


def live_bytes(frame: SortFrame) -> bytes:
    """Swaps done (u32), padding, when it was sent (f64 ms), then the cell at every position."""
    head = struct.pack("<Iid", frame.step & 0xFFFFFFFF, 0, time.time() * 1000.0)
    return head + frame.order.tobytes()
