"""Browser code by file: a component's script is its own file after the shared ones it names."""

from __future__ import annotations

from importlib.resources import files


def esm(package: str, *names: str, shared: tuple[str, ...] = ()) -> str:
    """One script from ``views/kit/js/<shared>`` and ``<package>/js/<names>``, in that order.

    Files are plain scripts that follow one another in one module, so nothing has to be bundled
    and no import leaves the page.
    """
    kit = [files("views.kit") / "js" / name for name in shared]
    own = [files(package) / "js" / name for name in names]
    return "\n".join(source.read_text(encoding="utf-8") for source in [*kit, *own])
