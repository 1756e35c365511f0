"""Who takes what a result gives, found by what every experiment says of itself."""

from __future__ import annotations

from functools import lru_cache

from engines.contract import ExplorerError, InputError, Result, Spec
from engines.contract.sending import Gift, Thing
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


def gift_of(result: Result, title: str, kind: type[Thing]) -> Thing:
    """What a result gives under this title, made.

    Raises:
        ExplorerError: it gives no such thing.
    """
    for gift in result.gives():
        if (gift.title, gift.kind) == (title, kind) and gift.make is not None:
            return gift.make()
    raise ExplorerError(f"this result gives nothing called {title!r}")


def made(gift: Gift, result: Result | None = None) -> Thing:
    """A gift's thing: made at once, or taken from the result of the run that it asked for.

    Raises:
        ExplorerError: that result does not give it, or none has come.
    """
    if gift.make is not None:
        return gift.make()
    if result is None:
        raise ExplorerError(f"{gift.title} must be computed first")
    return gift_of(result, gift.title, gift.kind)
