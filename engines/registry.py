"""Finds workbenches and experiments by where they lie: a new one is a new file, no list is edited.

``engines/<workbench>/experiments/<name>.py`` defines ``EXPERIMENT``; its name is
``"<workbench>/<name>"``.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from functools import lru_cache
from pathlib import Path

import engines
from engines.contract import Experiment, ExplorerError


class UnknownExperimentError(ExplorerError, LookupError):
    """No experiment has this name; the message lists those there are."""


@lru_cache(maxsize=1)
def workbenches() -> tuple[str, ...]:
    """Names of the engine folders that hold experiments, in alphabetical order."""
    found = []
    for root in map(Path, engines.__path__):
        found += [path.parent.parent.name for path in root.glob("*/experiments/__init__.py")]
    return tuple(sorted(set(found)))


@lru_cache(maxsize=64)
def names(workbench: str) -> tuple[str, ...]:
    """Names of a workbench's experiments; loads none of them."""
    if workbench not in workbenches():
        raise UnknownExperimentError(
            f"no workbench named {workbench!r}; there are: {', '.join(workbenches())}"
        )
    package = importlib.import_module(f"engines.{workbench}.experiments")
    found = sorted(
        m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")
    )
    return tuple(f"{workbench}/{name}" for name in found)


def all_names() -> tuple[str, ...]:
    """Names of every experiment of every workbench."""
    return tuple(name for workbench in workbenches() for name in names(workbench))


@lru_cache(maxsize=1024)
def experiment(name: str) -> Experiment:
    """The experiment of this name, say ``"sorting/run"``.

    Raises:
        UnknownExperimentError: no such file, or a file without ``EXPERIMENT``.
    """
    workbench, _, leaf = name.partition("/")
    if workbench not in workbenches() or name not in names(workbench):
        raise UnknownExperimentError(
            f"no experiment named {name!r}; there are: {', '.join(all_names())}"
        )
    module = importlib.import_module(f"engines.{workbench}.experiments.{leaf}")
    found = getattr(module, "EXPERIMENT", None)
    if not isinstance(found, Experiment):
        raise UnknownExperimentError(f"{module.__name__} defines no EXPERIMENT")
    return found


def listed(workbench: str) -> tuple[str, ...]:
    """Names of the experiments people choose from, the one to open with first."""
    shown = [name for name in names(workbench) if experiment(name).listed]
    return tuple(sorted(shown, key=lambda name: (experiment(name).order, name)))


def name_of(spec_type: type) -> str:
    """The name of the experiment that runs specs of this type."""
    for name in all_names():
        if experiment(name).spec is spec_type:
            return name
    raise UnknownExperimentError(f"no experiment runs a {spec_type.__name__}")


@lru_cache(maxsize=64)
def code_version(name: str) -> str:
    """A hash of the source that computes this experiment: other code, other cache entry."""
    shared = Path(engines.__path__[0])
    sources = [(source, shared) for source in shared.glob("*.py")]
    for root in map(Path, engines.__path__):
        sources += [(source, root) for source in root.glob(f"{name.partition('/')[0]}/**/*.py")]
    hashed = hashlib.sha256()
    for source, root in sorted(sources):
        hashed.update(source.relative_to(root).as_posix().encode() + b"\0" + source.read_bytes())
    return hashed.hexdigest()[:16]
