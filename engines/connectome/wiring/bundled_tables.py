"""Where bundled tables lie: beside the packages in a checkout, under ``explorer`` in a wheel."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import engines
from engines.boundary.kept import Kind, sha256_of

KIND = Kind("bundled table", mend="reinstall neural-explorer")


def bundled(name: str) -> Path:
    """The path of a bundled table, say ``"celegans/varshney2011_neuronconnect.csv"``.

    Raises:
        FileNotFoundError: no such table was bundled.
        InputError: its bytes are not those that ``SHA256SUMS`` names.
    """
    for root in map(Path, engines.__path__):
        for assets in (root.parent / "explorer" / "assets", root.parent / "assets"):
            if (assets / "connectome" / name).exists():
                path = assets / "connectome" / name
                _check(path, name, path.stat().st_mtime_ns)
                return path
    raise FileNotFoundError(f"the bundled table {name!r} is missing; reinstall neural-explorer")


@lru_cache(maxsize=64)
def _check(path: Path, name: str, _changed_ns: int) -> None:
    """Once per process and file: the checksum that stands in ``SHA256SUMS``, where one does."""
    sums = path.parents[name.count("/")] / "SHA256SUMS"
    lines = (line.split("  ", 1) for line in sums.read_text(encoding="ascii").splitlines())
    told = {named: checksum for checksum, named in lines}.get(name)
    if told is not None and sha256_of(path) != told:
        raise KIND.damaged(f"the bundled table {name!r}")
