"""From inside a run to all workers of its cluster: how `engines.running.spread` leaves a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext

from distributed import as_completed, worker_client

from engines.running import spread


def spreading(*, over_cluster: bool) -> AbstractContextManager[None]:
    """While it lasts, `engines.running.spread.spread` uses the cluster, or does not."""
    return spread.through(over_workers) if over_cluster else nullcontext()


def over_workers(
    function: Callable[..., object], items: Sequence[object]
) -> Iterator[tuple[int, object]]:
    """A task per item, on whichever worker is free; those left over are cancelled."""
    with worker_client() as client:
        futures = client.map(function, items, pure=False)
        places = {future.key: k for k, future in enumerate(futures)}
        try:
            for future, answer in as_completed(futures, with_results=True):
                yield places[future.key], answer
        finally:
            client.cancel(futures)
