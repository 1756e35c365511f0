"""Which view shows an experiment: its own, when there is one, or the generic one."""

from __future__ import annotations

import importlib
import importlib.util

from views.kit.generic import GenericView
from views.kit.workbench import ExperimentView


def view_type(name: str) -> type[ExperimentView]:
    """``views/<workbench>/<experiment>.py``'s ``VIEW`` if that file exists, else `GenericView`."""
    workbench, _, leaf = name.partition("/")
    for module in (f"views.{workbench}", f"views.{workbench}.{leaf}"):
        if importlib.util.find_spec(module) is None:
            return GenericView
    found = getattr(importlib.import_module(f"views.{workbench}.{leaf}"), "VIEW", None)
    return found or GenericView
