"""A start for a stage or an exhibit: large type, a playlist of tours, back to the start by itself.

What visitors may not do is decided in Python (`views.kit.policy`, `explorer.quota`); the browser's
part only keeps them on the page.
"""

from __future__ import annotations

from os import PathLike
from typing import Any, ClassVar
from urllib.parse import urlencode

import param
from panel.custom import JSComponent

from explorer.settings import Demo
from explorer.tours import Tour, tours
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm
from views.kit.policy import Policy, set_policy

_demo: Demo | None = None


class Stage(JSComponent):
    """Keeps every page of a demo in its frame; on the front page it offers the playlist."""

    idle_s = param.Number(default=120.0, doc="Seconds without a touch until all begins again.")
    first = param.String(doc="Where the playlist begins.")
    offers = param.Boolean(default=False, doc="Whether this is the front page.")
    n_tours = param.Integer(default=0, doc="How many tours the playlist has.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "explorer", "demo.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("explorer", "demo.css")]


def start_demo(demo: Demo | None) -> None:
    """Decide what holds for every page of this process.

    Raises:
        ValueError: a tour that there is none of.
    """
    global _demo
    unknown = [name for name in (demo.tours if demo else ()) if name not in tours()]
    if unknown:
        raise ValueError(f"there is no tour {unknown[0]!r}; there are: {', '.join(tours())}")
    _demo = demo
    set_policy(Policy() if demo is None else Policy(uploads=demo.uploads, saves=False))


def demo() -> Demo | None:
    """What holds now; None at a desk."""
    return _demo


def playlist() -> tuple[Tour, ...]:
    """The demo's tours in their order; none at a desk."""
    if _demo is None:
        return ()
    return tuple(tours()[name] for name in _demo.tours) or tuple(tours().values())


def address_of_tour(tour: Tour, **more: str) -> str:
    """Where a tour is played."""
    workbench = tour.experiment.partition("/")[0]
    return f"./{workbench}?{urlencode({'tour': tour.name, **more})}"


def after(name: str) -> str:
    """Where the playlist goes on after a tour, the first one after the last; empty at a desk."""
    names = [tour.name for tour in playlist()]
    if not names:
        return ""
    at = names.index(name) + 1 if name in names else 0
    return address_of_tour(tours()[names[at % len(names)]], play="1")


def stage(*, offers: bool = False) -> list[Any]:
    """The component for a page of a demo, in a list; empty at a desk."""
    return [Stage(**values)] if (values := stage_values(offers=offers)) else []


def stage_values(*, offers: bool = False) -> dict[str, Any]:
    """Its values, for pages without a session; empty at a desk."""
    if _demo is None:
        return {}
    return {
        "idle_s": _demo.idle_s,
        "first": after(""),
        "offers": offers,
        "n_tours": len(playlist()),
    }
