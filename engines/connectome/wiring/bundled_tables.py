"""Where bundled tables lie: beside the packages in a checkout, under ``explorer`` in a wheel."""

from __future__ import annotations

from pathlib import Path

import engines


def bundled(name: str) -> Path:
    """The path of a bundled table, say ``"celegans/varshney2011_neuronconnect.csv"``.

    Raises:
        FileNotFoundError: no such table was bundled.
    """
    for root in map(Path, engines.__path__):
        for assets in (root.parent / "explorer" / "assets", root.parent / "assets"):
            if (assets / "connectome" / name).exists():
                return assets / "connectome" / name
    raise FileNotFoundError(f"the bundled table {name!r} is missing; reinstall neural-explorer")
