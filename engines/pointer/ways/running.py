"""Every method on every instance, told as it comes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engines.pointer.cities.city import asymmetry
from engines.pointer.kernels import tours
from engines.pointer.ways.asked import Asked, WaysSpec, asked
from engines.pointer.ways.methods import assigned, methods
from engines.pointer.ways.results import Found, Ways, WaysFrame

_TELL_EVERY_S = 0.1
_WARM = 5


def frames_of(spec: WaysSpec) -> Iterator[WaysFrame | Ways]:
    """Frames about ten times a second, the result last."""
    found: Found | None = None
    told = -_TELL_EVERY_S
    n = 1 if spec.table else spec.n_instances
    for method in methods(_WARM, 1).values():  # compiled before anything is timed
        method(np.ones((_WARM, _WARM)))
    for k, instance in enumerate(asked(spec)):
        before = found
        for found in _with(before, spec, instance):
            if time.monotonic() - told > _TELL_EVERY_S:
                yield WaysFrame(found, fraction=k / n)
                told = time.monotonic()
    assert found is not None
    yield Ways(spec, found)


def _with(before: Found | None, spec: WaysSpec, instance: Asked) -> Iterator[Found]:
    """What was found, with one more instance; of the first after every method."""
    between = np.ascontiguousarray(instance.between)
    known = methods(len(between), spec.n_starts)
    found, milliseconds = [], []
    here = None
    for method in known.values():
        begun = time.perf_counter()
        found.append(method(between))
        milliseconds.append(1e3 * (time.perf_counter() - begun))
        here = Found(
            spec=spec,
            first=instance,
            names=tuple(known)[: len(found)],
            tours=np.stack(found),
            costs=np.array([[tours.tour_length(between, tour)] for tour in found]),
            bounds=np.array([assigned(between)[1]]),
            milliseconds=np.array(milliseconds)[:, None],
            asymmetries=np.array([asymmetry(between)]),
        )
        if before is None:
            yield here
    if before is not None and here is not None:
        yield replace(
            before,
            **{
                name: np.concatenate([getattr(before, name), getattr(here, name)], axis=-1)
                for name in ("costs", "bounds", "milliseconds", "asymmetries")
            },
        )
