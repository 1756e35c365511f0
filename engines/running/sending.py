"""Who takes what a result gives, found by what every experiment says of itself."""

from __future__ import annotations

from functools import lru_cache

from engines.contract import InputError, Result, Spec
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
