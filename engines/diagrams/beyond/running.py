"""The run: networks learn, a grammar is found, and both are asked beyond."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from engines.diagrams.arms.looks import Looks
from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.beyond.asked import (
    BATCH,
    BEYOND,
    CONDITIONS,
    HELD,
    LEARNT,
    LONGEST,
    RATE,
    BeyondSpec,
)
from engines.diagrams.beyond.commands import language
from engines.diagrams.beyond.inducing import Learner, meaning
from engines.diagrams.beyond.results import BeyondResult
from engines.diagrams.beyond.sums import Adders, parts
from engines.diagrams.beyond.translating import Translators, tokens
from engines.lab.data.task import rng_of
from engines.lab.training import log_spaced, one_thread

_PARTS, _BATCHES, _WEIGHTS = 40, 41, 42
_N_LOOKS = 6
_HELD_SHARE = 0.1
_N_EXAM = 200
"""Commands of each kind that networks are asked; a grammar is asked all."""
_N_PER_FRAME = 400


@dataclass(eq=False)
class Sums:
    """Adders and the sums of each network."""

    spec: BeyondSpec
    adders: Adders = field(init=False)
    asked: dict[str, Tensor] = field(init=False)

    def __post_init__(self) -> None:
        """Draw what is held out, and first weights."""
        rng = rng_of(self.spec.seed, _PARTS)
        each = [parts(rng) for _ in range(self.spec.n_nets)]
        self.asked = {
            name: torch.from_numpy(np.stack([one[name] for one in each])) for name in CONDITIONS
        }
        self.adders = Adders(self.spec.n_nets, drawn(self.spec.seed))

    @property
    def weights(self) -> list[Tensor]:
        """What is learnt."""
        return self.adders.weights

    def losses(self, step: int) -> Tensor:
        """Of all sums that are learnt, at every step."""
        del step
        return self.adders.losses(self.asked[LEARNT])

    def look(self) -> np.ndarray:
        """float64[measure, arm, condition, net]."""
        return np.stack([self.adders.right(self.asked[name]) for name in CONDITIONS], 1)[None]


@dataclass(eq=False)
class Commands:
    """Translators and the commands of each network; the grammar is found before."""

    spec: BeyondSpec
    learners: list[Learner] = field(init=False, default_factory=list)
    found: list[list[float]] = field(init=False, default_factory=list)
    """By learner, share right of every condition."""

    def __post_init__(self) -> None:
        """Draw what is held out, and first weights."""
        rng, n = rng_of(self.spec.seed, _PARTS), self.spec.n_nets
        self.said, self.done = (torch.from_numpy(v) for v in tokens())
        lengths = np.array([len(done) for _, done in language()])
        short, long = np.flatnonzero(lengths <= LONGEST), np.flatnonzero(lengths > LONGEST)
        n_held = round(_HELD_SHARE * len(short))
        orders = [rng.permutation(short) for _ in range(n)]
        self.parts = [
            {HELD: order[:n_held], LEARNT: order[n_held:], BEYOND: rng.permutation(long)}
            for order in orders
        ]
        self.translators = Translators(n, drawn(self.spec.seed))

    @property
    def weights(self) -> list[Tensor]:
        """What is learnt."""
        return self.translators.weights

    def read(self) -> Iterator[None]:
        """Find a grammar from what each network learns, and ask it everything."""
        every = language()
        for part in self.parts:
            learner = Learner()
            for k in learner.learn([every[at] for at in part[LEARNT]]):
                if k % _N_PER_FRAME == 0:
                    yield
            right = []
            for name in CONDITIONS:
                hits = []
                for k, at in enumerate(part[name]):
                    hits.append(meaning(every[at][0], learner.lexicon) == every[at][1])
                    if k % _N_PER_FRAME == 0:
                        yield
                right.append(float(np.mean(hits)))
            self.learners.append(learner)
            self.found.append(right)

    def losses(self, step: int) -> Tensor:
        """Of a batch of each network's own commands."""
        draw = np.random.Generator(
            np.random.Philox(key=self.spec.seed % 2**64, counter=[0, 0, step, _BATCHES])
        )
        at = np.stack([part[LEARNT][draw.integers(0, len(part[LEARNT]), BATCH)]
                       for part in self.parts])  # fmt: skip
        return self.translators.losses(self.said[at], self.done[at])

    def look(self) -> np.ndarray:
        """float64[measure, arm, condition, net]."""
        found = np.empty((1, 2, len(CONDITIONS), self.spec.n_nets))
        for k, name in enumerate(CONDITIONS):
            at = np.stack([part[name][:_N_EXAM] for part in self.parts])
            found[0, 1, k] = self.translators.right(self.said[at], self.done[at])
            found[0, 0, k] = [each[k] for each in self.found]
        return found


def drawn(seed: int) -> torch.Generator:
    """Of first weights."""
    return torch.Generator().manual_seed(int(rng_of(seed, _WEIGHTS).integers(2**62)))


def frames_of(spec: BeyondSpec) -> Iterator[ArmsFrame | BeyondResult]:
    """A frame per step, the result last."""
    plan = spec.plan
    steps = log_spaced(spec.n_steps, _N_LOOKS)
    empty = np.full((1, 1, len(plan.arms), len(CONDITIONS), 1), np.nan)
    frame = ArmsFrame(Looks(plan, np.zeros(1, np.int64), empty))
    yield frame
    made = Sums(spec) if spec.system == "sums" else Commands(spec)
    if isinstance(made, Commands):
        for _ in made.read():
            yield frame
    optimiser = torch.optim.Adam(made.weights, lr=RATE[spec.system])
    seen, step = [], 0
    for until in steps:
        while step < until:
            with one_thread():
                optimiser.zero_grad()
                made.losses(step).sum().backward()
                optimiser.step()
            step += 1
            yield replace(frame, fraction=step / spec.n_steps)
        with one_thread():
            seen.append(made.look())
        looks = Looks(plan, np.array(steps[: len(seen)]), np.stack(seen, 1))
        frame = ArmsFrame(looks, fraction=until / spec.n_steps)
        yield frame
    yield BeyondResult(spec, frame.looks, *_inside(made))


def _inside(made: Sums | Commands) -> tuple[np.ndarray, tuple[tuple[str, str], ...], int]:
    """What the first router does in every turn, or the words of the first grammar."""
    if isinstance(made, Commands):
        first = made.learners[0]
        return np.zeros((0, 3)), tuple((w, str(m)) for w, m in first.lexicon.items()), (
            first.n_changes
        )  # fmt: skip
    with torch.no_grad(), one_thread():
        example = torch.tensor([[4, 9]]).expand(made.spec.n_nets, 1, 2)
        return made.adders.shares(example)[:, 0, 0].double().numpy(), (), 0
