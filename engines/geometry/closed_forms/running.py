"""Three systems are drawn, each beside its formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engines.geometry.closed_forms import deep_layers, matches, recall
from engines.geometry.closed_forms.beside import Overlay
from engines.geometry.closed_forms.result import ClosedFormsFrame, ClosedFormsRun
from engines.geometry.closed_forms.spec import ClosedFormsSpec

_DRAWN: tuple[tuple[Callable[[ClosedFormsSpec], Iterator[Overlay | None]], int], ...] = (
    (matches.drawn, 3), (recall.drawn, 1), (deep_layers.fluctuations, 3), (deep_layers.lengths, 3),
)  # fmt: skip
"""What draws, and how often it yields for every group."""


def frames_of(spec: ClosedFormsSpec) -> Iterator[ClosedFormsFrame | ClosedFormsRun]:
    """Frames on the way, and the run last."""
    from engines.lab.training import one_thread

    made: tuple[Overlay, ...] = ()
    done, last = 0, spec.n_groups * sum(n for _, n in _DRAWN)
    for draws, _ in _DRAWN:
        going = draws(spec)
        while True:
            with one_thread():
                one = next(going)
            if one is not None:
                made = (*made, one)
                break
            done += 1
            yield ClosedFormsFrame(made, fraction=done / last)
    yield ClosedFormsRun(spec, *made)
