"""What engines say can be found by name; discovered by where it lies, like experiments."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from functools import lru_cache
from types import ModuleType

from engines.contract import Findable
from engines.running import registry


def _module(workbench: str) -> ModuleType | None:
    name = f"engines.{workbench}.findable"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def findables() -> Iterator[Findable]:
    """All of them, workbench after workbench; reads bundled data, so it takes a while."""
    for workbench in registry.workbenches():
        module = _module(workbench)
        if module is not None and hasattr(module, "findable"):
            yield from module.findable()


@lru_cache(maxsize=64)
def data_names(workbench: str) -> frozenset[str]:
    """The words by which this workbench's specs name bundled data; reads none of it."""
    return frozenset(getattr(_module(workbench), "DATA", ()))


@lru_cache(maxsize=1024)
def data_of(name: str) -> frozenset[str]:
    """Bundled data that an experiment's presets name."""
    words = data_names(name.partition("/")[0])
    presets = registry.experiment(name).presets.values() if words else ()
    values = {v for spec in presets for v in dict(spec).values() if isinstance(v, str)}
    return words & values
