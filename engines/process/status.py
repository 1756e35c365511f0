"""The engine as the header shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EnginePhase(StrEnum):
    """One word for the engine's condition."""

    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    RESTARTING = "restarting"
    LOST = "lost"
    REMOTE = "remote"


@dataclass(frozen=True)
class EngineState:
    """The engine at one moment, in numbers and in a sentence for people."""

    phase: EnginePhase = EnginePhase.STARTING
    device: str = "auto"
    """What results are computed on; the choice itself until a worker has said what it means."""
    n_threads: int = 1
    """Threads each worker may use."""
    n_workers: int = 0
    n_running: int = 0
    n_queued: int = 0
    memory_bytes: int = 0
    """What all workers occupy."""
    address: str = ""
    sentence: str = ""
    """Why the engine is lost or results are not kept; empty when all is well."""
