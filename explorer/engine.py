"""The engine process as the settings and the environment ask for it."""

from __future__ import annotations

import dataclasses

from engines.process.client import EngineProcess
from engines.process.settings import settings_from_environment
from explorer.settings import Settings


def engine_from_settings(settings: Settings) -> EngineProcess:
    """An engine that has not been started.

    Raises:
        InputError: an EXPLORER_* variable cannot be used; the text says which and why.
    """
    memory = int((settings.memory_gib or 0.0) * 2**30)
    chosen = settings_from_environment(settings.device)
    return EngineProcess(
        dataclasses.replace(chosen, memory_limit=memory, deadline_s=settings.deadline_s)
    )
