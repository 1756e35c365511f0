"""The rounds: learn within the mask, hold against controls, prune, go back to the first weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch

from engines.geometry.pruning.course import Course
from engines.geometry.pruning.pictures import TicketFrame, TicketRun
from engines.geometry.pruning.spec import AGAIN, ARMS, DEALT, TICKET, WIDTHS, TicketSpec
from engines.geometry.pruning.tickets import (
    Masks,
    dealt,
    density,
    full,
    learnt,
    moments,
    pruned,
    started,
    task_of,
)
from engines.lab.training.stack import Stack


def frames_of(spec: TicketSpec) -> Iterator[TicketFrame | TicketRun]:
    """A frame after every training and between, and the run last."""
    task, course = task_of(spec), _empty(spec)
    n_done, n_all = 0, 1 + spec.n_rounds + 2 * len(spec.checked)
    kept = full(started(spec))
    _look(course, 0, kept)
    frame = TicketFrame(_copied(course), 0, fraction=0.0)
    for k in range(spec.n_rounds + 1):
        dense_or_ticket = started(spec)
        for arm, stack, mask in _arms(spec, k, dense_or_ticket, kept):
            for fraction, found in learnt(spec, task, stack, mask):
                if found is not None:
                    course.accuracy[arm, k] = found
                else:
                    yield replace(frame, fraction=(n_done + fraction) / n_all)
            n_done += 1
            if arm == TICKET:
                _look(course, k, kept)
            frame = TicketFrame(_copied(course), k, fraction=n_done / n_all)
            yield frame
        if k < spec.n_rounds:
            kept = pruned(dense_or_ticket, kept, spec.share)
        else:
            course = replace(course, layers=_weights(dense_or_ticket))
    course.accuracy[1:, 0] = course.accuracy[TICKET, 0]
    yield TicketRun(course)


def _arms(
    spec: TicketSpec, k: int, ticket: Stack, kept: Masks
) -> Iterator[tuple[int, Stack, Masks]]:
    """Who learns in a round: the ticket, and its controls where they are asked for."""
    yield TICKET, ticket, kept
    if k in spec.checked:
        yield AGAIN, started(spec, again=True), kept
        yield DEALT, started(spec), dealt(kept, spec.seed + k)


def _empty(spec: TicketSpec) -> Course:
    steps, n = np.array(moments(spec)), spec.n_rounds + 1
    return Course(
        spec,
        steps,
        np.full(n, np.nan),
        np.full((len(ARMS), n, len(steps), spec.n_seeds), np.nan),
        np.full((n, WIDTHS[0]), np.nan),
        np.full((n, len(WIDTHS) - 2), np.nan),
        (),
    )


def _copied(course: Course) -> Course:
    """As it is now; a frame does not change once it is sent."""
    return replace(course, density=course.density.copy(), accuracy=course.accuracy.copy(),
                   pixels=course.pixels.copy(), idle=course.idle.copy())  # fmt: skip


def _look(course: Course, k: int, kept: Masks) -> None:
    """Write down what a mask leaves."""
    course.density[k] = density(kept).mean()
    first, *_ = masks = list(kept.values())
    course.pixels[k] = first.sum(1).double().mean(0).numpy()
    for layer, mask in enumerate(masks[:-1]):
        course.idle[k, layer] = float((~mask.any(dim=2)).double().mean())


def _weights(stack: Stack) -> tuple[np.ndarray, ...]:
    """float32[out, in] of every layer of the first network."""
    with torch.no_grad():
        return tuple(v[0].numpy().copy() for v in stack.parameters.values() if v.ndim > 2)
