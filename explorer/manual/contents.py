"""What the manual holds: which pages there are, in which order, and where their text lies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import views
from engines.running import registry
from engines.running.registry import Family
from explorer import demo
from explorer.links import finished_workbenches

_SITE = Path(views.__file__).parent.parent
_ROOTS = (_SITE / "explorer" / "assets", _SITE)
_GUIDES = {
    "docs/notebook.md": "notebook",
    "docs/glossary.md": "glossary",
    "CONTRIBUTING.md": "contributing",
    "docs/lab.md": "lab",
    "docs/demo.md": "demo",
    "docs/trust.md": "trust",
    "ARCHITECTURE.md": "architecture",
    "CHANGELOG.md": "changes",
}
HOME = "index"


@dataclass(frozen=True)
class Page:
    """One page of the manual."""

    slug: str
    """Its file name without ``.html``."""
    title: str
    group: str
    """What it stands under in the list of pages."""
    file: str = ""
    """Where its text lies, relative to the project; empty for a page made from cards."""
    family: Family | None = None


@lru_cache(maxsize=1)
def pages() -> dict[str, Page]:
    """Every page by its slug, in the order in which they are listed."""
    return {page.slug: page for page in _listed()}


def _listed() -> Iterator[Page]:
    yield Page(HOME, "Manual", "")
    for workbench in finished_workbenches():
        file = f"docs/{workbench}.md"
        file = file if _is_there(file) else ""  # one that was added from elsewhere
        yield Page(workbench, f"{workbench.title()}: the workbench", workbench.title(), file)
        for family in registry.families(workbench):
            slug = f"{workbench}-{family.name.replace('_', '-')}"
            yield Page(slug, family.title, workbench.title(), family=family)
    for file, slug in _GUIDES.items():
        if not _is_there(file):
            continue
        yield Page(slug, title_of(text_of(file)), "Guides", file)


def _is_there(file: str) -> bool:
    return any((root / file).is_file() for root in _ROOTS)


def manual_address() -> str:
    """Where the manual begins; empty in a demo, which has no way out, not even to papers."""
    return "" if demo.demo() else f"./manual/{HOME}.html"


def manual_links(workbench: str = "") -> list[list[str]]:
    """Title and address of the pages about a workbench, of the manual itself without one."""
    mine = [p for p in pages().values() if p.slug == workbench or p.group == workbench.title()]
    begin = mine if workbench else [pages()[HOME]]
    return [[page.title, f"./manual/{page.slug}.html"] for page in begin]


def text_of(file: str) -> str:
    """A text of the project: beside the packages in a checkout, inside ``explorer`` in a wheel.

    Raises:
        FileNotFoundError: it was not bundled.
    """
    return bytes_of(file).decode("utf-8")


def bytes_of(file: str) -> bytes:
    """The bytes of a picture or text of the project.

    Raises:
        FileNotFoundError: it was not bundled.
    """
    for root in _ROOTS:
        if (root / file).is_file():
            return (root / file).read_bytes()
    raise FileNotFoundError(f"the bundled file {file!r} is missing; reinstall neural-explorer")


def title_of(text: str) -> str:
    """The first heading of a text.

    >>> title_of("# Demo: in front of people")
    'Demo: in front of people'
    """
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    return found[1].strip() if found else ""
