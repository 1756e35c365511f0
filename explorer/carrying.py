"""What specs carry with them, asked of every workbench by where it says so."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Mapping
from types import ModuleType

from engines.boundary.carried import Carried
from engines.contract import InputError, Spec
from engines.running import registry

DATA = "data/"


def carried(specs: Iterable[Spec]) -> dict[str, Carried]:
    """Every file that some specs name, by its name."""
    found = [c for s in specs for m in _modules() if hasattr(m, "carried") for c in m.carried(s)]
    return {each.name: each for each in found}


def left_out(specs: Iterable[Spec]) -> tuple[str, ...]:
    """A sentence for each thing that a spec names and that cannot be carried."""
    said = [m.left_out(s) for s in specs for m in _modules() if hasattr(m, "left_out")]
    return tuple(dict.fromkeys(sentence for sentence in said if sentence))


def files_of(specs: Iterable[Spec]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Contents by name within a bundle, and sentences about what is not there any more."""
    found, notes = {}, []
    for name, each in carried(specs).items():
        try:
            found[DATA + name] = each.read()
        except InputError as error:
            notes.append(str(error))
    return found, tuple(notes)


def keep_files(specs: Iterable[Spec], files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Keep what the specs name, where this machine does not have it; sentences about the rest.

    What a bundle holds beside that is never kept, whatever it is called.
    """
    notes = []
    for name, each in carried(specs).items():
        content = files.get(DATA + name)
        if each.is_here() or content is None:
            continue
        try:
            each.keep(content)
        except InputError as error:
            notes.append(str(error))
    return tuple(notes)


def _modules() -> tuple[ModuleType, ...]:
    names = (f"engines.{workbench}.carried" for workbench in registry.workbenches())
    return tuple(importlib.import_module(n) for n in names if importlib.util.find_spec(n))
