"""What the command line decides."""

from __future__ import annotations

import ipaddress
import math
import re
from dataclasses import dataclass
from pathlib import Path

BAD_PORTS = frozenset(
    {1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102}
    | {103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427}
    | {465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989}
    | {990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697}
    | {10080, *range(6665, 6670)}
)
"""What the Fetch standard calls bad ports: a page there could not be opened."""
LOOPBACK = "127.0.0.1"
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?")
_DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")


@dataclass(frozen=True)
class Reach:
    """Who can come to the server at all: this machine, or others by a name, TLS and a password.

    Raises:
        ValueError: an address that would let others in without both.
    """

    host: str = LOOPBACK
    password: str = ""
    tls_cert: str = ""
    tls_key: str = ""

    def __post_init__(self) -> None:
        """Refuse what would let strangers in."""
        if not _HOST.fullmatch(self.host.lower()) or _is_any(self.host):
            raise ValueError(
                "--host must be the one name or IPv4 address by which visitors reach this machine, "
                f"got {self.host!r}"
            )
        if bool(self.tls_cert) != bool(self.tls_key):
            raise ValueError("--tls-cert and --tls-key go together")
        for path in filter(None, (self.tls_cert, self.tls_key)):
            if not Path(path).is_file():
                raise ValueError(f"there is no file {path}")
        if not self.is_local and not (self.password and self.is_secure):
            raise ValueError(
                f"--host {self.host} lets other machines in, so it needs --tls-cert and --tls-key "
                "and a password, which is read from EXPLORER_PASSWORD"
            )

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        return self.host == LOOPBACK

    @property
    def is_secure(self) -> bool:
        """Whether it speaks TLS."""
        return bool(self.tls_cert)


def _is_any(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


LOCAL = Reach()


@dataclass(frozen=True)
class Demo:
    """A start for a stage or an exhibit.

    Raises:
        ValueError: a waiting time or a budget that cannot be meant.
    """

    tours: tuple[str, ...] = ()
    """The playlist, in order; every tour when empty."""
    idle_s: float = 120.0
    """After that long without a touch everything begins again."""
    budget_s: float = 120.0
    """Seconds of computing that a visitor has at once; they come back over five minutes."""
    uploads: bool = False
    zoom: float = 1.2
    """How much larger everything is in the browser that the program opens."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if not 10 <= self.idle_s < math.inf:
            raise ValueError(f"--idle-s must be at least 10, got {self.idle_s:g}")
        if not 1 <= self.budget_s < math.inf:
            raise ValueError(f"--budget-s must be at least 1, got {self.budget_s:g}")
        if not 0.5 <= self.zoom <= 3:
            raise ValueError(f"--zoom must be 0.5 to 3, got {self.zoom:g}")


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
    reach: Reach = LOCAL
    demo: Demo | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.demo is None and self.reach != LOCAL:
            raise ValueError("--host, TLS and a password belong to a demo; start it with --demo")
        if not 0 <= self.port < 65_536:
            raise ValueError(f"--port must be 0 to 65535, got {self.port}")
        if self.port in BAD_PORTS:
            raise ValueError(f"browsers open no page on port {self.port}; give another --port")
        if not _DEVICE.fullmatch(self.device):
            raise ValueError(f"--device must be auto, cpu, cuda:N or mps, got {self.device!r}")
        if self.memory_gib is not None and not 0.5 <= self.memory_gib < math.inf:
            raise ValueError(f"--memory-gib must be at least 0.5, got {self.memory_gib:g}")
        if not self.deadline_s > 0:
            raise ValueError(f"--deadline-s must be positive, got {self.deadline_s:g}")
