"""How the engine process is started."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from engines.contract import InputError
from engines.process.machine.runs import Rules
from engines.running import devices


@dataclass(frozen=True)
class EngineSettings:
    """Everything the engine process can be told; the defaults suit a laptop."""

    device: str = "auto"
    """auto, cpu, cuda:N or mps."""
    rules: Rules = field(default_factory=Rules)
    memory_limit: int = 0
    """Bytes each worker may use; 0 shares four fifths of the machine's memory."""
    deadline_s: float = 3600.0
    """How long a run may take when nobody says otherwise."""
    warm: bool = True
    """Load torch and compile kernels in the background."""
    cache_dir: Path | None = None
    """Where results are kept; None for the user's cache folder."""
    cache_bytes: int = 2_000_000_000
    """How much the results on disk may take."""
    scheduler: str = ""
    """Address of an existing cluster (tls://host:port); empty to start workers here."""
    connect_s: float = 10.0
    """How long to wait for an existing cluster to answer."""
    tls_ca: str = ""
    tls_cert: str = ""
    tls_key: str = ""

    def __post_init__(self) -> None:
        """Raise InputError for settings that cannot work."""
        devices.checked(self.device)
        if self.scheduler and not self.scheduler.startswith("tls://"):
            raise InputError(
                f"EXPLORER_SCHEDULER must start with tls://, got {self.scheduler!r}: "
                "without TLS anybody on the network could run code as you"
            )
        if self.scheduler and not (self.tls_ca and self.tls_cert and self.tls_key):
            raise InputError(
                "an existing cluster needs EXPLORER_TLS_CA, EXPLORER_TLS_CERT and "
                "EXPLORER_TLS_KEY, the paths of three PEM files"
            )

    @property
    def worker_memory(self) -> int:
        """Bytes each worker may use."""
        return self.memory_limit or int(psutil.virtual_memory().total * 0.8 / self.rules.n_slots)


def settings_from_environment(
    device: str = "auto", environment: Mapping[str, str] = os.environ
) -> EngineSettings:
    """Settings with what the EXPLORER_* variables say.

    Raises:
        InputError: a variable cannot be used; the text says which and why.
    """
    cache = environment.get("EXPLORER_CACHE", "")
    return EngineSettings(
        device=device,
        cache_dir=Path(cache) if cache else None,
        scheduler=environment.get("EXPLORER_SCHEDULER", ""),
        tls_ca=environment.get("EXPLORER_TLS_CA", ""),
        tls_cert=environment.get("EXPLORER_TLS_CERT", ""),
        tls_key=environment.get("EXPLORER_TLS_KEY", ""),
    )
