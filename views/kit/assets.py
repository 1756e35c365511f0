"""Where bundled files lie: beside the packages in a checkout, inside ``explorer`` in a wheel."""

from __future__ import annotations

from pathlib import Path

import views

_SITE = Path(views.__file__).parent.parent


def asset(name: str) -> Path:
    """The path of a bundled file, say ``"theme/tokens.json"``.

    Raises:
        FileNotFoundError: no such file was bundled.
    """
    for root in (_SITE / "explorer" / "assets", _SITE / "assets"):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"the bundled file {name!r} is missing; reinstall neural-explorer")
