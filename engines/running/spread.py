"""Doing many independent things: one after the other here, or on all workers of a cluster.

An experiment calls `spread` and does not know which; whoever drives it says so with `through`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Item = TypeVar("Item", str, bytes)
Answer = TypeVar("Answer")
Mapper = Callable[[Callable[..., object], Sequence[object]], Iterator[tuple[int, object]]]

_mapper: ContextVar[Mapper | None] = ContextVar("spread_mapper", default=None)


def spread(
    function: Callable[[Item], Answer], items: Sequence[Item]
) -> Iterator[tuple[int, Answer]]:
    """``(k, function(items[k]))`` for every item, in the order in which answers come.

    ``function`` is a module's own function of one text, and answers plain numbers, so that it can
    be sent to another machine; the answer must depend on the item alone.
    """
    mapper = _mapper.get()
    if mapper is None:
        for k, item in enumerate(items):
            yield k, function(item)
    else:
        yield from mapper(function, items)  # type: ignore[misc]


@contextmanager
def through(mapper: Mapper) -> Iterator[None]:
    """What `spread` uses while this lasts."""
    token = _mapper.set(mapper)
    try:
        yield
    finally:
        _mapper.reset(token)
