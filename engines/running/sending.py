"""Who takes what a result gives and who gave it, by what every experiment says of itself."""

from __future__ import annotations

from functools import lru_cache

from engines.contract import ExplorerError, InputError, Result, Spec
from engines.contract.sending import Gift, Thing, Way, origin_from, ways_from
from engines.running import registry


@lru_cache(maxsize=16)
def takers(kind: type[Thing]) -> tuple[str, ...]:
    """Names of the listed experiments that take things of this kind."""
    names = (name for workbench in registry.workbenches() for name in registry.listed(workbench))
    return tuple(name for name in names if kind in registry.experiment(name).takes)


def offers(result: Result) -> tuple[tuple[Gift, str], ...]:
    """Everything a result gives, with each experiment that takes it."""
    return tuple((gift, name) for gift in result.gives() for name in takers(gift.kind))


def taken(thing: Thing, to: str, *, came: str) -> Spec:
    """The spec with which an experiment shows a thing, which is kept for it first.

    Args:
        thing: what is sent.
        to: name of the experiment that takes it.
        came: where it came from, as `engines.contract.sending.origin` writes it.

    Raises:
        InputError: the experiment takes no such thing, or the thing cannot be kept.
    """
    take = registry.experiment(to).takes.get(type(thing))
    if take is None:
        raise InputError(f"{to} takes no {type(thing).__name__.lower()}")
    return take(thing, came)


def givers(origin: str) -> tuple[tuple[Way, Spec | None], ...]:
    """The runs on the way of what was sent, newest first; a spec that was too long is None.

    Each spec says where it came from itself. The way ends where a run is none of ours.
    """
    ways = ways_from(origin)
    found: list[tuple[Way, Spec | None]] = []
    for k, way in enumerate(ways):
        try:
            kind = registry.experiment(way.experiment).spec
            spec = kind.from_json(way.spec) if way.spec else None
            earlier = origin_from(ways[k + 1 :])
            found.append((way, spec.replace(origin=earlier) if spec and earlier else spec))
        except ExplorerError:
            break
    return tuple(found)
