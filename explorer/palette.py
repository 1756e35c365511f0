"""Ctrl-K: what can be opened by its name, from any page.

The index is made when somebody first asks for it and sent as JSON in two parts: what is known at
once, and the names in bundled data, which have to be read first. The search is the browser's.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from os import PathLike
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from panel.custom import JSComponent
from tornado.web import RequestHandler

from engines.contract import Findable
from engines.running import registry
from explorer.findables import findables
from explorer.links import address, link_to
from explorer.manual.contents import manual_address, pages
from explorer.related import everything
from explorer.tours import tours
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm

Row = tuple[str, str, str, str]
"""Kind, title, a quiet word about it, address."""


class Palette(JSComponent):
    """A dialog that opens on Ctrl-K and finds things by name."""

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "explorer", "matching.js", "palette.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("explorer", "palette.css")]


@lru_cache(maxsize=1)
def known() -> str:
    """Experiments, presets, tours and papers, as JSON."""
    names = everything()
    rows = [*map(_experiment, names), *_tours(), *_presets(names), *_papers(names), *_manual()]
    return json.dumps(rows, ensure_ascii=False)


@lru_cache(maxsize=1)
def read() -> str:
    """What engines find in bundled data and libraries, as JSON."""
    return json.dumps([row_from_findable(found) for found in findables()], ensure_ascii=False)


def _experiment(name: str) -> Row:
    return "experiment", registry.experiment(name).card.title, _where(name), address(name)


def _where(name: str) -> str:
    folder = registry.family_of(name).replace("_", " ")
    return f"{name.partition('/')[0].title()}, {folder}"


def _tours() -> Iterator[Row]:
    for tour in tours().values():
        workbench = tour.experiment.partition("/")[0]
        yield "tour", tour.title, workbench.title(), f"./{workbench}?tour={tour.name}"


def _presets(names: tuple[str, ...]) -> Iterator[Row]:
    for name in names:
        experiment = registry.experiment(name)
        for title in experiment.presets:
            yield "preset", title, experiment.card.title, preset_address(name, title)


def preset_address(name: str, title: str) -> str:
    """Where a preset opens, however long its spec is."""
    return f"{address(name)}&{urlencode({'preset': title})}"


def _papers(names: tuple[str, ...]) -> Iterator[Row]:
    cited: dict[str, list[str]] = {}
    for name in names:
        card = registry.experiment(name).card
        if not card.paper.startswith("none"):
            cited.setdefault(card.paper, []).append(card.title)
    for paper, titles in cited.items():
        yield "paper", paper, ", ".join(titles), f"./atlas?{urlencode({'q': paper})}"


def _manual() -> Iterator[Row]:
    if manual_address():
        for page in pages().values():
            yield "manual", page.title, page.group, f"./manual/{page.slug}.html"


def row_from_findable(found: Findable) -> Row:
    """Its row; a spec too long for an address is opened as the preset it is."""
    place = _address(found.experiment, found.spec.to_json())
    if found.selection:
        shown = json.dumps(dict(found.selection), separators=(",", ":"))
        place += "&view=" + quote(shown)
    return found.kind, found.title, found.about, place


@lru_cache(maxsize=512)
def _address(name: str, text: str) -> str:
    experiment = registry.experiment(name)
    spec = experiment.spec.from_json(text)
    titles = [title for title, preset in experiment.presets.items() if preset == spec]
    return preset_address(name, titles[0]) if titles else link_to(name, spec)


class FindHandler(RequestHandler):
    """Answers with a part of the index; what takes a while is made beside the page's loop."""

    def initialize(self, made: Callable[[], str]) -> None:
        """``made`` gives the JSON."""
        self._made = made

    async def get(self) -> None:
        """The rows."""
        text = await asyncio.to_thread(self._made)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.write(text)


PATTERNS: list[tuple[Any, ...]] = [
    ("/find/known.json", FindHandler, {"made": known}),
    ("/find/read.json", FindHandler, {"made": read}),
]
