"""The run: networks with and without thresholds learn side by side, and are asked with many."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from engines.diagrams.arms.blocks import Repeated, block
from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.arms.running import watched
from engines.diagrams.changes.asked import (
    ARMS,
    BATCH,
    GRID,
    N_EXAM,
    N_PIXELS,
    N_VIDEOS,
    PLAN,
    PRICES,
    SIDE,
    THRESHOLDS,
    ChangesSpec,
)
from engines.diagrams.changes.networks import Changing
from engines.diagrams.changes.results import ChangesResult, as_many_zeros, best
from engines.diagrams.changes.videos import videos
from engines.lab.data.task import rng_of
from engines.lab.training import (
    OrderedBatches,
    Rule,
    Stack,
    Training,
    one_thread,
    outputs_of,
    stack_of,
)
from engines.running import devices

_START = 0.05
"""What learned thresholds begin with."""


@dataclass(eq=False)
class Comparison:
    """Videos and networks of a run: a block without thresholds, then one for each price."""

    spec: ChangesSpec
    training: Training = field(init=False)

    def __post_init__(self) -> None:
        """Draw videos and everybody's first weights."""
        spec, device = self.spec, devices.current()
        x, y = videos(rng_of(spec.seed, 62), N_VIDEOS + N_EXAM, noise=spec.noise, speed=spec.speed)
        every = torch.from_numpy(np.concatenate([x, y], -1)).to(device)
        self.exam, self.known = every[N_VIDEOS:], every[:N_EXAM]
        inner = OrderedBatches(every[:N_VIDEOS], torch.zeros(N_VIDEOS, device=device), BATCH,
                               spec.n_nets, spec.seed)  # fmt: skip
        made = []
        with torch.random.fork_rng(devices=[]):
            for price in (None, *PRICES):
                for k in range(spec.n_nets):
                    torch.manual_seed((spec.seed + k) % 2**63)
                    made.append(Changing(0.0, 0.0, learns=False) if price is None
                                else Changing(price, _START, learns=True))  # fmt: skip
        self.training = Training(
            stack_of(made, device), Repeated(inner, 1 + len(PRICES)), "its own",
            Rule(learning_rate=spec.learning_rate), exact=False,
        )  # fmt: skip

    def asked(self, stack: Stack, videos: Tensor) -> np.ndarray:
        """float64[error in pixels or share of products left out, net]."""
        with one_thread():
            said = outputs_of(stack, videos[..., :N_PIXELS]).double()
        off = (said[..., :2] - videos[..., N_PIXELS:]) * ((SIDE - 1) / 2)
        error = off.square().sum(-1).mean((-1, -2)).sqrt()
        found = torch.stack([error, 1.0 - said[..., 2].mean((-1, -2))]).cpu().numpy()
        return np.where(self.training.alive[: stack.n_nets], found, np.nan)

    def without(self) -> Stack:
        """A copy of the networks that learnt without thresholds."""
        return block(self.training.stack, 0, self.spec.n_nets).copy()

    def after(self) -> Generator[None, None, np.ndarray]:
        """float64[error or share left out, threshold, net]: thresholds put on afterwards."""
        stack, found = self.without(), []
        for threshold in THRESHOLDS:
            stack.parameters["threshold"].fill_(threshold)
            found.append(self.asked(stack, self.exam))
            yield
        return np.stack(found, axis=1)

    def layered(self, zeros: np.ndarray) -> Generator[None, None, np.ndarray]:
        """float64[..., net]: error with a threshold for each layer that leaves out as many.

        Which of the grid are worth their error is said by videos that were learnt from.

        Args:
            zeros: float64[..., net] shares.
        """
        stack, found = self.without(), []
        held = stack.parameters["threshold"]
        for thresholds in GRID:
            held.copy_(torch.tensor(thresholds).expand_as(held))
            found.append([self.asked(stack, videos) for videos in (self.known, self.exam)])
            yield
        known, exam = np.moveaxis(np.array(found), 0, 2)
        return np.stack([
            as_many_zeros(exam[:, best(known[..., net]), net], zeros[..., net])
            for net in range(zeros.shape[-1])
        ], axis=-1)  # fmt: skip

    def look(self) -> Generator[None, None, np.ndarray]:
        """float64[measure, arm, price, net]."""
        n = self.spec.n_nets
        found = np.empty((2, len(ARMS), len(PRICES), n))
        found[:, 0] = self.asked(self.training.stack, self.exam)[:, n:].reshape(2, -1, n)
        after = yield from self.after()
        found[1, 1:] = found[1, 0]
        found[0, 2] = np.nan
        if self.training.step >= self.spec.n_steps:
            found[0, 2] = yield from self.layered(found[1, 0])
        for net in range(n):
            found[0, 1, :, net] = as_many_zeros(after[..., net], found[1, 0, :, net])
        return found


def frames_of(spec: ChangesSpec) -> Iterator[ArmsFrame | ChangesResult]:
    """A frame at least ten times a second, the result last."""
    made = Comparison(spec)
    frame = None
    for frame in watched(PLAN, [made.training], spec.n_steps, made.look):
        yield frame
    assert frame is not None
    asking = made.after()
    while True:
        try:
            next(asking)
        except StopIteration as end:
            after = end.value
            break
        yield frame
    held = made.training.stack.parameters["threshold"][spec.n_nets :].double().cpu().numpy()
    thresholds = held.reshape(len(PRICES), spec.n_nets, -1)
    yield ChangesResult(spec, frame.looks, after, thresholds)
