"""How many workers there should be."""

from __future__ import annotations

import math

from engines.process.machine.runs import Rules
from engines.process.machine.turns import Floor, short_run_is_stuck


class Staff:
    """More workers when short runs wait and no worker listens, fewer when all is quiet."""

    def __init__(self, rules: Rules) -> None:
        """As many as to begin with."""
        self._rules = rules
        self.n_wanted = rules.n_slots
        """Workers there should be."""
        self._idle_since: float | None = None

    @property
    def next_look(self) -> float:
        """When workers may be given back if nothing happens before; inf for never."""
        return math.inf if self._idle_since is None else self._idle_since + self._rules.idle_s

    def changed(self, floor: Floor) -> bool:
        """Look at what is going on; whether ``n_wanted`` is another number now."""
        if self._rules.fixed:
            return False
        before = self.n_wanted
        if self.n_wanted < self._rules.max_slots and short_run_is_stuck(floor):
            self.n_wanted += 1
        quiet = not floor.runs and self.n_wanted > self._rules.n_slots
        self._idle_since = (self._idle_since or floor.now) if quiet else None
        if floor.now >= self.next_look:
            self.n_wanted, self._idle_since = self._rules.n_slots, None
        return self.n_wanted != before
