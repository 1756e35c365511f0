"""The only place that decides how often frames cross the process boundary."""

from __future__ import annotations

FRAMES_PER_S = 60.0
BYTES_PER_S = 10e6
"""Small frames go at 60 a second; large ones as often as this allows."""


class Pace:
    """One token every sixtieth of a second, later after a large frame."""

    def __init__(self) -> None:
        """The first frame may go at once."""
        self._next_at = float("-inf")

    def allows(self, now: float) -> bool:
        """Whether a frame may be sent at this moment (monotonic seconds)."""
        return now >= self._next_at

    def sent(self, n_bytes: int, now: float) -> None:
        """A frame of this size has been sent."""
        interval = max(1.0 / FRAMES_PER_S, n_bytes / BYTES_PER_S)
        # From the planned moment, not from now, so that small delays do not lower the rate.
        self._next_at = max(self._next_at + interval, now)
