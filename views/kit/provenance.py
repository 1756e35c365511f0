"""What made a picture or a table: experiment, spec, seed, versions, device."""

from __future__ import annotations

import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from engines.contract import Spec
from engines.running import registry

_LIBRARIES = ("numpy", "scipy", "torch", "numba", "networkx", "scikit-learn", "pydantic")


@lru_cache(maxsize=1)
def libraries() -> dict[str, str]:
    """Versions of what computes; read from what is installed, nothing is loaded."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def product_version() -> str:
    """The installed version, or "development" for a tree that is not installed."""
    try:
        return version("neural-explorer")
    except PackageNotFoundError:
        return "development"


def provenance(name: str, spec: Spec, device: str = "") -> dict[str, Any]:
    """What made a result of this experiment with this spec, as JSON values.

    ``revision`` is a hash of the code that computes it; ``spec`` is the spec's own JSON text,
    which every version of JSON keeps as it is, without folders of this machine.
    """
    seed = getattr(spec, "seed", None)
    return {
        "product": "Neural Explorer",
        "experiment": name,
        "spec": spec.portable().to_json(),
        "seed": str(seed) if isinstance(seed, int) else "",
        "version": product_version(),
        "revision": registry.code_version(name),
        "device": device,
        "libraries": libraries(),
    }
