"""Finds workbenches, families and experiments by where they lie: no list is edited.

``engines/<workbench>/experiments/<family>/<name>.py`` defines ``EXPERIMENT``; its name is
``"<workbench>/<name>"``. The family is the group in the page: a folder, whose docstring says in a
sentence what its experiments have in common.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import engines
from engines.contract import Experiment, ExplorerError


class UnknownExperimentError(ExplorerError, LookupError):
    """No experiment has this name; the message lists those there are."""


@dataclass(frozen=True)
class Family:
    """Experiments that belong together."""

    workbench: str
    name: str
    """Name of the folder."""
    sentence: str
    """What they have in common."""
    members: tuple[str, ...]
    """Names of those people choose from, the one to begin with first."""

    @property
    def title(self) -> str:
        """The folder's name as people read it."""
        return self.name.replace("_", " ").capitalize()


@lru_cache(maxsize=1)
def workbenches() -> tuple[str, ...]:
    """Names of the engine folders that hold experiments, in alphabetical order."""
    found = []
    for root in map(Path, engines.__path__):
        found += [path.parent.parent.name for path in root.glob("*/experiments/__init__.py")]
    return tuple(sorted(set(found)))


@lru_cache(maxsize=64)
def _modules(workbench: str) -> dict[str, str]:
    """The module of every experiment, by its name; loads none of them."""
    if workbench not in workbenches():
        raise UnknownExperimentError(
            f"no workbench named {workbench!r}; there are: {', '.join(workbenches())}"
        )
    package = importlib.import_module(f"engines.{workbench}.experiments")
    found: dict[str, str] = {}
    for folder in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        for leaf in _leaves(folder.name) if folder.ispkg else ():
            name = f"{workbench}/{leaf}"
            if name in found:
                raise ExplorerError(
                    f"two experiments are named {name!r}, in {found[name]} and in {folder.name}; "
                    "rename one file"
                )
            found[name] = f"{folder.name}.{leaf}"
    return dict(sorted(found.items()))


def _leaves(package: str) -> Iterator[str]:
    """Names of a family's files; those that begin with an underscore serve the others."""
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if not module.ispkg and not module.name.startswith("_"):
            yield module.name


def names(workbench: str) -> tuple[str, ...]:
    """Names of a workbench's experiments; loads none of them."""
    return tuple(_modules(workbench))


def all_names() -> tuple[str, ...]:
    """Names of every experiment of every workbench."""
    return tuple(name for workbench in workbenches() for name in names(workbench))


@lru_cache(maxsize=1024)
def experiment(name: str) -> Experiment:
    """The experiment of this name, say ``"sorting/run"``.

    Raises:
        UnknownExperimentError: no such file, or a file without ``EXPERIMENT``.
    """
    workbench = name.partition("/")[0]
    if workbench not in workbenches() or name not in names(workbench):
        raise UnknownExperimentError(
            f"no experiment named {name!r}; there are: {', '.join(all_names())}"
        )
    module = importlib.import_module(_modules(workbench)[name])
    found = getattr(module, "EXPERIMENT", None)
    if not isinstance(found, Experiment):
        raise UnknownExperimentError(f"{module.__name__} defines no EXPERIMENT")
    return found


def family_of(name: str) -> str:
    """The folder that an experiment of this name lies in."""
    module = _modules(name.partition("/")[0]).get(name)
    if module is None:
        raise UnknownExperimentError(
            f"no experiment named {name!r}; there are: {', '.join(all_names())}"
        )
    return module.split(".")[-2]


def listed(workbench: str) -> tuple[str, ...]:
    """Names of the experiments people choose from, the one to open with first."""
    shown = [name for name in names(workbench) if experiment(name).listed]
    return tuple(sorted(shown, key=lambda name: (experiment(name).order, name)))


def is_open(workbench: str) -> bool:
    """Whether there is anything to choose from; loads no more than it takes to know."""
    return any(experiment(name).listed for name in names(workbench))


@lru_cache(maxsize=64)
def families(workbench: str) -> tuple[Family, ...]:
    """The groups of what people choose from, in the order of their first members."""
    members: dict[str, list[str]] = {}
    for name in listed(workbench):
        members.setdefault(family_of(name), []).append(name)
    return tuple(
        Family(workbench, folder, _sentence(workbench, folder), tuple(found))
        for folder, found in members.items()
    )


def _sentence(workbench: str, folder: str) -> str:
    package = importlib.import_module(f"engines.{workbench}.experiments.{folder}")
    return (package.__doc__ or "").strip().partition("\n")[0]


def name_of(spec_type: type) -> str:
    """The name of the experiment that runs specs of this type."""
    places = spec_type.__module__.split(".")
    # Those beside it first: looking at others would load them.
    for name in sorted(all_names(), key=lambda name: name.partition("/")[0] not in places):
        if experiment(name).spec is spec_type:
            return name
    raise UnknownExperimentError(f"no experiment runs a {spec_type.__name__}")


@lru_cache(maxsize=64)
def code_version(name: str) -> str:
    """A hash of the source that computes this experiment: other code, other cache entry."""
    own = name.partition("/")[0]
    others = {*workbenches(), "process"} - {own}
    hashed = hashlib.sha256()
    for root in map(Path, engines.__path__):
        for source in sorted(root.rglob("*.py")):
            place = source.relative_to(root)
            if place.parts[0] not in others:
                hashed.update(place.as_posix().encode() + b"\0" + source.read_bytes())
    return hashed.hexdigest()[:16]
