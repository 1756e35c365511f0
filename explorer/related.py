"""Which experiments belong together, and why: control, declared, same paper, same data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from engines.contract import Card
from engines.running import registry
from explorer.findables import data_of


@dataclass(frozen=True)
class Related:
    """Another experiment and what joins it with the one at hand."""

    name: str
    why: str


@lru_cache(maxsize=1024)
def related(name: str) -> tuple[Related, ...]:
    """The experiments that go with this one, the closest tie first, each of them once."""
    mine = registry.experiment(name).card
    found: dict[str, str] = {}
    for other in everything():
        if other != name:
            why = next(_ties(name, mine, other, registry.experiment(other).card), "")
            if why:
                found[other] = why
    rank = {why: k for k, why in enumerate(_WHY)}
    return tuple(Related(n, found[n]) for n in sorted(found, key=lambda n: rank[found[n]]))


_WHY = ("control of this one", "this is its control", "goes with it", "same paper", "same data")


def everything() -> tuple[str, ...]:
    """Names of all experiments that people choose from."""
    return tuple(n for workbench in registry.workbenches() for n in registry.listed(workbench))


def _ties(name: str, mine: Card, other: str, theirs: Card) -> Iterator[str]:
    if theirs.control_of == name:
        yield _WHY[0]
    if mine.control_of == other:
        yield _WHY[1]
    if other in mine.related or name in theirs.related:
        yield _WHY[2]
    if _paper(mine) and _paper(mine) == _paper(theirs):
        yield _WHY[3]
    if name.partition("/")[0] == other.partition("/")[0] and data_of(name) & data_of(other):
        yield _WHY[4]


def _paper(card: Card) -> str:
    return card.link or ("" if card.paper.startswith("none") else card.paper)
