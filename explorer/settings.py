"""What the command line decides."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")


@dataclass(frozen=True)
class Settings:
    """How this start of the app differs from the usual one.

    Raises:
        ValueError: a value that cannot be meant; the text says what is allowed.
    """

    port: int = 5006
    browser: bool = True
    device: str = "auto"
    memory_gib: float | None = None
    deadline_s: float = 3600.0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if not 0 <= self.port < 65_536:
            raise ValueError(f"--port must be 0 to 65535, got {self.port}")
        if not _DEVICE.fullmatch(self.device):
            raise ValueError(f"--device must be auto, cpu, cuda:N or mps, got {self.device!r}")
        if self.memory_gib is not None and not 0.5 <= self.memory_gib < math.inf:
            raise ValueError(f"--memory-gib must be at least 0.5, got {self.memory_gib:g}")
        if not self.deadline_s > 0:
            raise ValueError(f"--deadline-s must be positive, got {self.deadline_s:g}")
