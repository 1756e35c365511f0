"""What a workbench offers by name, loaded when somebody asks for it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

Offer = tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]


def offered(package: str) -> Offer:
    """The names that a package imports for type checkers, loaded one by one when asked for.

    A page needs the spec of one experiment of each workbench, not all that the workbench can do:
    a package that imported its whole offer made every start, and every engine process, wait.

        if TYPE_CHECKING:
            from engines.sixth.calls import walk

        __getattr__, __dir__, __all__ = offered(__name__)

    A name that is also a room's is bound at once: the room, once imported, would stand in its
    place.

    Args:
        package: its ``__name__``, asked for within its own ``__init__.py``.

    Returns:
        Its ``__getattr__``, ``__dir__`` and ``__all__``.
    """
    top = sys.modules[package]
    places = dict(_places(top))

    def ask(name: str) -> Any:
        if name not in places:
            raise AttributeError(
                f"module {package!r} has no attribute {name!r}", name=name, obj=top
            )
        module, there = places[name]
        found = getattr(import_module(module), there)
        vars(top)[name] = found
        return found

    for name in sorted(places.keys() & _rooms(top)):
        import_module(f"{package}.{name}")
        ask(name)
    names = sorted(places)
    return ask, lambda: sorted({*names, *vars(top)}), names


def _places(top: ModuleType) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each name with its module and its name there."""
    loader: Any = top.__spec__.loader if top.__spec__ else None
    for node in ast.parse(loader.get_source(top.__name__)).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for line in node.body:
                if isinstance(line, ast.ImportFrom):
                    for one in line.names:
                        yield one.asname or one.name, (str(line.module), one.name)


def _rooms(top: ModuleType) -> set[str]:
    return {
        path.parent.name for place in top.__path__ for path in Path(place).glob("*/__init__.py")
    }
