"""When the next moment of a run may be sent to a browser: a slow page must not lag behind.

Nothing in the socket says how far a browser is, so some moments carry a number that it sends back
when it has come to drawing. While it answers at once, moments flow; when it does not, the next one
waits for the answer, and what came meanwhile is left out.
"""

from __future__ import annotations

_EVERY_S = 0.05
"""Answers cost the page time, so not every moment asks for one."""
_PROMPT_S = 0.06
"""A browser that takes longer is sent one moment at a time."""
_LOST_S = 2.0
"""An answer that has not come by now is not waited for."""


class Acknowledged:
    """Numbers that are on their way and the moments they were sent at; times are monotonic."""

    def __init__(self) -> None:
        """The first moment is waited for: nobody knows how fast the browser is."""
        self.number = 0
        """Last number that was sent."""
        self._asked_at = float("-inf")
        self._waits = False
        self._prompt = False

    def allows(self, now: float) -> bool:
        """Whether a moment may be sent."""
        if not self._waits:
            return True
        asked_s = now - self._asked_at
        return asked_s > _LOST_S or (self._prompt and asked_s <= _PROMPT_S)

    def sent(self, now: float) -> bool:
        """A moment was sent; whether it should carry the next number."""
        late = self._waits and now - self._asked_at > _LOST_S
        due = not self._waits and (not self._prompt or now - self._asked_at >= _EVERY_S)
        if not (late or due):
            return False
        self.number, self._asked_at, self._waits = self.number + 1, now, True
        if late:
            self._prompt = False
        return True

    def answered(self, number: object, now: float) -> None:
        """The browser has come to the moment with this number."""
        if number == self.number and self._waits:
            self._waits, self._prompt = False, now - self._asked_at <= _PROMPT_S
