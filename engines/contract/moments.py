"""What a run yields: frames, and a result last."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engines.contract.pictures import Picture
    from engines.contract.sending import Gift


@dataclass(frozen=True)
class Frame:
    """One of many: a moment of a run. Subclasses add numpy arrays and numbers.

    ``fraction`` is the share of the work that is done, or nan when nobody can know.
    """

    fraction: float = field(default=math.nan, kw_only=True)

    def pictures(self) -> tuple[Picture, ...]:
        """What the generic view draws for this moment."""
        return ()


@dataclass(frozen=True)
class Result:
    """The last thing a run yields. Subclasses add numpy arrays and numbers, never times."""

    def moments(self) -> tuple[Frame, ...]:
        """The run as a film, for results that keep one; else the frames that came are shown."""
        return ()

    def pictures(self) -> tuple[Picture, ...]:
        """What the generic view draws when the run has ended."""
        return ()

    def gives(self) -> tuple[Gift, ...]:
        """What other workbenches can take; nothing is made before it is asked for."""
        return ()
