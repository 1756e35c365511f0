"""What each visitor of a demo may compute: seconds that run out and come back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from engines.contract import InputError, Spec
from engines.running import registry
from engines.running.compute import Job

REFILLED_S = 300.0
"""A budget that is spent is whole again after that long."""
_VISITORS_MAX = 10_000


class Metered:
    """An engine that counts what every visitor asks of it; everything else is the engine's own."""

    def __init__(
        self, engine: Any, budget_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """``budget_s`` seconds for each visitor, as experiments estimate their runs."""
        self._engine, self._budget_s, self._clock = engine, budget_s, clock
        self._visitor: dict[str, str] = {}
        self._left: dict[str, tuple[float, float]] = {}

    def __getattr__(self, name: str) -> Any:
        """What is not counted."""
        return getattr(self._engine, name)

    def admit(self, owner: str, visitor: str) -> None:
        """A page belongs to this visitor, who may have others."""
        while len(self._visitor) >= _VISITORS_MAX:
            self._visitor.pop(next(iter(self._visitor)))
        self._visitor[owner] = visitor or owner

    def submit(
        self, spec: Spec, *, owner: str = "", view: str = "", recompute: bool = False
    ) -> Job:
        """As the engine's, for as long as the visitor has seconds left.

        Raises:
            InputError: too long a run, or too many of them.
        """
        name = registry.name_of(type(spec))
        known = not recompute and self._engine.results.may_have(Job(name, spec, owner, view))
        if not known:
            self._spend(self._visitor.get(owner, owner), registry.experiment(name).seconds(spec))
        return self._engine.submit(spec, owner=owner, view=view, recompute=recompute)

    def left_s(self, visitor: str) -> float:
        """Seconds that a visitor has now."""
        left, at = self._left.get(visitor, (self._budget_s, self._clock()))
        back = (self._clock() - at) * self._budget_s / REFILLED_S
        return min(self._budget_s, left + back)

    def _spend(self, visitor: str, seconds: float) -> None:
        if seconds > self._budget_s:
            raise InputError(
                f"this run takes about {seconds:,.0f} s; a visitor of this demo may use "
                f"{self._budget_s:g} s at once: ask for less, or run it on a machine of your own"
            )
        left = self.left_s(visitor)
        if seconds > left:
            wait = (seconds - left) * REFILLED_S / self._budget_s
            raise InputError(
                f"this run takes about {seconds:,.0f} s and {left:,.0f} s of your share of this "
                f"demo are left; wait about {wait:,.0f} s"
            )
        while len(self._left) >= _VISITORS_MAX:
            self._left.pop(next(iter(self._left)))
        self._left[visitor] = (left - seconds, self._clock())
