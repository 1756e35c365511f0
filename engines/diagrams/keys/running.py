"""The run: arms learn side by side; at the end a copy of one goes on with all keys."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from engines.diagrams.arms.looks import Looks
from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.arms.running import Clock
from engines.diagrams.keys.asked import (
    ARMS,
    BACK,
    BATCH,
    DRAWN,
    DROPPED,
    EXAMS,
    N_DRAWS,
    N_KEYS,
    PLAN,
    TAIL,
    WHOLE,
    KeysSpec,
)
from engines.diagrams.keys.costing import attention_flops, other_flops
from engines.diagrams.keys.networks import Pass, Weights, first_weights, outputs, patches
from engines.diagrams.keys.results import KeysResult
from engines.lab.data.catalog import task_of
from engines.lab.data.task import seed_of
from engines.lab.training import OrderedBatches, one_thread, seeds_apart

Seen = tuple[np.ndarray, np.ndarray]
_LEARNING, _EXAM = 1, 2
"""What a seed's draws are for."""


@dataclass(eq=False)
class Networks:
    """Arms in one stack, a block for each, and how they learn."""

    arms: tuple[str, ...]
    weights: Weights
    rate: float
    optimiser: torch.optim.Adam = field(init=False)

    def __post_init__(self) -> None:
        """Adam as torch has it."""
        self.weights = {k: w.detach().clone().requires_grad_() for k, w in self.weights.items()}
        self.optimiser = torch.optim.Adam(list(self.weights.values()), lr=self.rate)

    @property
    def n_nets(self) -> int:
        """Of each arm."""
        return len(self.weights["in"]) // len(self.arms)

    def part(self, arm: str) -> slice:
        """Networks of an arm; none where it is not here."""
        if arm not in self.arms:
            return slice(0, 0)
        at = self.arms.index(arm) * self.n_nets
        return slice(at, at + self.n_nets)

    def learn(self, x: Tensor, y: Tensor, how: Pass) -> None:
        """One step of everybody, from the same pictures."""
        r = len(self.arms)
        x, y = x.repeat(r, 1, 1, 1), y.repeat(r, 1)
        loss = cross_entropy(outputs(self.weights, x, how).flatten(0, 1), y.flatten()) * len(x)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()

    def continued(self, arm: str, name: str) -> Networks:
        """A copy of an arm under another name, with what its optimiser remembers."""
        part = self.part(arm)
        made = Networks((name,), {k: w[part] for k, w in self.weights.items()}, self.rate)
        for ours, theirs in zip(made.weights.values(), self.weights.values(), strict=True):
            state = self.optimiser.state[theirs]
            made.optimiser.state[ours] = {
                key: value[part].clone() if value.ndim else value.clone()
                for key, value in state.items()
            }
        return made


@dataclass(eq=False)
class Comparison:
    """Data and networks of a run."""

    spec: KeysSpec
    groups: list[Networks] = field(init=False)

    def __post_init__(self) -> None:
        """Draw data and first weights."""
        spec = self.spec
        task = task_of("digits", spec.seed)
        x, self.x_test = (
            patches(torch.from_numpy(np.ascontiguousarray(v))).contiguous()
            for v in (task.x, task.x_test)
        )
        y, self.y_test = torch.from_numpy(task.y), torch.from_numpy(task.y_test)
        self.batches = OrderedBatches(x, y, BATCH, spec.n_nets, spec.seed)
        first = first_weights(spec.width, spec.n_layers, seeds_apart(spec.seed, spec.n_nets))
        arms = (WHOLE, DRAWN, DROPPED)
        stacked = {k: w.repeat(len(arms), 1, 1) for k, w in first.items()}
        self.groups = [Networks(arms, stacked, spec.learning_rate)]
        self.draw = torch.Generator().manual_seed(seed_of(spec.seed, _LEARNING))

    def learn(self, step: int) -> None:
        """One step; in the last ones a copy of those that draw goes on with all keys."""
        main, spec = self.groups[0], self.spec
        if step == spec.n_steps - max(1, round(TAIL * spec.n_steps)):
            self.groups.append(main.continued(DRAWN, BACK))
        x, y = self.batches.batch(step)
        shared = spec.draw != "for each picture"
        with one_thread():
            main.learn(x, y, Pass(spec.n_heads, spec.n_drawn, main.part(DRAWN), main.part(DROPPED),
                                  self.draw, shared))  # fmt: skip
            for group in self.groups[1:]:
                nobody = slice(0, 0)
                group.learn(x, y, Pass(spec.n_heads, spec.n_drawn, nobody, nobody, self.draw))

    def exam(self, group: Networks, n_draws: int) -> Seen:
        """All of `examining` at once."""
        return _ended(self.examining(group, n_draws))

    @torch.no_grad()
    def examining(self, group: Networks, n_draws: int) -> Generator[None, None, Seen]:
        """float64[alone or vote, arm, net]: share right; float64[arm, key]: where it looks.

        Alone is the mean over draws of each one's share.

        Args:
            group: whose networks.
            n_draws: 0 for one pass with all keys.

        Yields:
            None: where a run may stop, after every pass.
        """
        spec, n = self.spec, len(group.weights["in"])
        nobody, dropped = slice(0, 0), group.part(DROPPED)
        # All but those that drop weights draw keys; these stand last.
        some = slice(0, dropped.start if dropped.stop else n)
        how = Pass(spec.n_heads, spec.n_drawn, some if n_draws else nobody,
                   dropped if n_draws else nobody,
                   torch.Generator().manual_seed(seed_of(spec.seed, _EXAM)),
                   never=tuple(one - 1 for one in spec.never))  # fmt: skip
        x, found, total = self.x_test.expand(n, *self.x_test.shape), [], torch.zeros(())
        sane = torch.stack([w.flatten(1).isfinite().all(1) for w in group.weights.values()]).all(0)
        for _ in range(max(n_draws, 1)):
            with one_thread():
                said = outputs(group.weights, x, how).softmax(-1)
            total = total + said
            found.append(self._right(said))
            yield
        both = torch.stack([torch.stack(found).mean(0), self._right(total)])
        shares = torch.where(sane, both, torch.nan).unflatten(1, (len(group.arms), -1)).numpy()
        looked = torch.stack(how.looked).mean(0).unflatten(0, (len(group.arms), -1)).mean(1)
        return shares, looked.double().numpy()

    def _right(self, said: Tensor) -> Tensor:
        return (said.argmax(-1) == self.y_test).double().mean(-1)

    def look(self, *, last: bool) -> Seen:
        """All of `looking` at once."""
        return _ended(self.looking(last=last))

    def looking(self, *, last: bool) -> Generator[None, None, Seen]:
        """float64[measure, arm, exam, net], and float64[arm, key]: where it looks.

        Draws are asked for at last; an arm that has not begun is nan.
        """
        seen = np.full((1, len(ARMS), len(EXAMS), self.spec.n_nets), np.nan)
        looked = np.full((len(ARMS), N_KEYS), np.nan)
        for group in self.groups:
            every, weights = yield from self.examining(group, 0)
            drawn = (yield from self.examining(group, N_DRAWS))[0] if last else None
            for k, arm in enumerate(group.arms):
                at = ARMS.index(arm)
                seen[0, at, 0], looked[at] = every[0, k], weights[k]
                if drawn is not None:
                    seen[0, at, 1:] = drawn[:, k]
        return seen, looked


def _ended(looking: Generator[None, None, Seen]) -> Seen:
    while True:
        try:
            next(looking)
        except StopIteration as end:
            return end.value


def frames_of(spec: KeysSpec) -> Iterator[ArmsFrame | KeysResult]:
    """A frame at least ten times a second, the result last."""
    made, clock = Comparison(spec), Clock()
    steps, seen = [0], [made.look(last=False)[0]]
    looked = np.empty(0)
    frame = ArmsFrame(Looks(PLAN, np.array(steps), np.stack(seen, 1)))
    yield frame
    looks = {round(spec.n_steps * share) for share in (0.25, 0.5, 0.75, 1.0)}
    for step in range(1, spec.n_steps + 1):
        made.learn(step - 1)
        if step in looks:
            looking = made.looking(last=step == spec.n_steps)
            now, looked = yield from _waiting(looking, frame, clock)
            steps.append(step)
            seen.append(now)
            frame = ArmsFrame(Looks(PLAN, np.array(steps), np.stack(seen, 1)))
        if step in looks or clock.due():
            frame = replace(frame, fraction=step / spec.n_steps)
            yield frame
    cost = np.array([attention_flops(spec, n) for n in (N_KEYS, spec.n_drawn)])
    yield KeysResult(spec, frame.looks, cost, other_flops(spec), looked)


def _waiting(
    looking: Generator[None, None, Seen], frame: ArmsFrame, clock: Clock
) -> Generator[ArmsFrame, None, Seen]:
    while True:
        try:
            next(looking)
        except StopIteration as end:
            return end.value
        if clock.due():
            yield frame
