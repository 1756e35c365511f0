"""The run: all searches side by side, then networks of the sizes found, with weights anew."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.arms.running import watched
from engines.diagrams.tangling.asked import (
    APART,
    BATCH,
    DRAWN,
    LARGEST,
    LEARNT,
    N_CHANNELS,
    N_EXAM,
    PLAN,
    PLAN_AFTER,
    PLANTED,
    RETRAINED,
    SEARCHES,
    SIZES,
    TANGLED,
    TanglingSpec,
)
from engines.diagrams.tangling.networks import Fixed, Searching, middles
from engines.diagrams.tangling.results import TanglingResult
from engines.diagrams.tangling.tasks import planted
from engines.lab.data.task import rng_of
from engines.lab.training import Rule, Training, stack_of
from engines.running import devices


@dataclass(eq=False)
class Halves:
    """Batches of sequences of every network's own: halves for weights and for sizes.

    ``sequences`` is [net, half, sequence, channel, place]; a network of condition c draws from the
    first LEARNT[c] of both, at the same places as its like in other arms.
    """

    sequences: Tensor
    seed: int
    searching: bool
    n_arms: int
    own: bool = True

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets [arm times condition times net, sequence, ...]."""
        n_nets = len(self.sequences)
        draw = rng_of(self.seed, 870_000_000 + step).random((2, n_nets, BATCH))
        each = []
        for n in LEARNT:
            places = torch.from_numpy((draw * n).astype(np.int64)).to(self.sequences.device)
            nets = torch.arange(n_nets, device=self.sequences.device)[:, None]
            halves = [self.sequences[nets, half, places[half]] for half in (0, 1)]
            each.append(torch.stack(halves, 2) if self.searching else torch.cat(halves, 1))
        found = torch.cat(each).repeat(self.n_arms, *(1 for _ in each[0].shape[1:]))
        if self.searching:
            return found, found[:, :, 0, 0, 0]
        return found[:, :, :N_CHANNELS], found[:, :, N_CHANNELS]


@dataclass(eq=False)
class Comparison:
    """Tasks and networks of a run."""

    spec: TanglingSpec
    searches: dict[str, Training] = field(init=False)

    def __post_init__(self) -> None:
        """Plant sizes and draw everybody's first weights."""
        spec, n = self.spec, LEARNT[-1]
        self.tasks = [planted(spec, k, 2 * n + N_EXAM) for k in range(spec.n_nets)]
        every = torch.stack([task.sequences for task in self.tasks]).to(devices.current())
        self.exam = every[:, 2 * n :, :N_CHANNELS]
        self.clean = torch.stack([task.clean[2 * n :] for task in self.tasks]).to(every)
        self.sequences = every[:, : 2 * n].unflatten(1, (2, n))
        self.drawn = rng_of(spec.seed, 861).integers(
            0, len(SIZES), (len(LEARNT), spec.n_nets, N_CHANNELS)
        )
        self.searches = {
            name: self._training([lambda name=name: Searching(tangled=name == TANGLED)]
                                 * self._n, "its own", searching=True)
            for name in (TANGLED, APART)
        }  # fmt: skip

    @property
    def _n(self) -> int:
        return len(LEARNT) * self.spec.n_nets

    def _training(
        self, build: Sequence[Callable[[], nn.Module]], loss: str, *, searching: bool
    ) -> Training:
        made = []
        with torch.random.fork_rng(devices=[]):
            for k, one in enumerate(build):
                torch.manual_seed((self.spec.seed + k % self.spec.n_nets) % 2**63)
                made.append(one())
        batches = Halves(self.sequences, self.spec.seed, searching, len(build) // self._n)
        return Training(stack_of(made, devices.current()), batches, loss,
                        Rule(learning_rate=self.spec.learning_rate), exact=False)  # fmt: skip

    def picks(self) -> dict[str, np.ndarray]:
        """int64[condition, net, channel] of every search: places in SIZES."""
        shape = len(LEARNT), self.spec.n_nets, N_CHANNELS
        found = {DRAWN: self.drawn}
        for name, training in self.searches.items():
            lean = training.stack.parameters["lean"]
            found[name] = lean.argmax(-1).cpu().numpy().reshape(shape)
        return found

    def wanted(self) -> np.ndarray:
        """int64[1, net, channel]: planted places in SIZES."""
        return np.stack([task.size for task in self.tasks])[None]

    def look(self) -> Generator[None, None, np.ndarray]:
        """float64[1, search, condition, net]: share of sizes found."""
        yield
        picks, wanted = self.picks(), self.wanted()
        return 100.0 * np.stack([(picks[n] == wanted).mean(axis=-1) for n in SEARCHES])[None]

    def again(self) -> Training:
        """Networks with the sizes found, with weights anew: retrained, condition, net."""
        shape = len(LEARNT), self.spec.n_nets, N_CHANNELS
        picks = {**self.picks(), LARGEST: np.full(shape, len(SIZES) - 1),
                 PLANTED: np.broadcast_to(self.wanted(), shape)}  # fmt: skip
        masks = [middles()[torch.from_numpy(np.ascontiguousarray(one))]
                 for name in RETRAINED for one in picks[name].reshape(-1, N_CHANNELS)]  # fmt: skip
        builds = [lambda mask=mask: Fixed(mask) for mask in masks]
        return self._training(builds, "squared error", searching=False)

    def errors(self, again: Training) -> Generator[None, None, np.ndarray]:
        """float64[1, retrained, condition, net]: root mean square off the answers without noise."""
        yield
        n = len(RETRAINED) * len(LEARNT)
        said = again.outputs(self.exam.repeat(n, 1, 1, 1), own=True)
        off = (said.unflatten(0, (n, -1)) - self.clean).square().mean((-1, -2)).sqrt()
        shape = 1, len(RETRAINED), len(LEARNT), self.spec.n_nets
        return off.double().cpu().numpy().reshape(shape)


def frames_of(spec: TanglingSpec) -> Iterator[ArmsFrame | TanglingResult]:
    """A frame at least ten times a second, the result last."""
    made = Comparison(spec)
    frame = None
    for frame in watched(PLAN, list(made.searches.values()), spec.n_steps, made.look):
        yield frame
    assert frame is not None
    again, after = made.again(), None
    for after in watched(PLAN_AFTER, [again], spec.n_steps, lambda: made.errors(again), 4):
        yield after
    assert after is not None
    tangled, apart = (made.searches[name].stack.places["taps"].n for name in (TANGLED, APART))
    yield TanglingResult(spec, frame.looks, after.looks, (tangled, apart))
