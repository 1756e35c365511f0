"""Arms of transformers that learn pairs side by side, and a look into them at every moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from engines.contract import Frame, Result
from engines.geometry.transformers.induction_course import (
    ABLATIONS,
    Course,
    InductionFrame,
    InductionRun,
    Inside,
)
from engines.geometry.transformers.induction_spec import (
    BOTH,
    COPIED,
    KEPT,
    MATCH,
    PREVIOUS,
    TOLD,
    TWO_BACK,
    InductionSpec,
)
from engines.lab.data.pairs import Pairs
from engines.lab.interventions.activations import outputs, said
from engines.lab.interventions.spec import Ablate, Intervention
from engines.lab.interventions.text import parsed
from engines.lab.training import (
    Rule,
    Stack,
    Training,
    evenly_spaced,
    one_thread,
    run,
    stack_from_seeds,
)
from engines.lab.training.losses import score_of
from engines.lab.transformers.causal import Build, CausalTransformer
from engines.lab.transformers.holding import copy_from, hold, tell_last
from engines.lab.transformers.kinds import PatternName

WIDTH = 32
N_EXAM = 200
_N_UNSEEN = 20
"""Items that stand in no sequence that is learnt from."""
_HELD = 0
"""The head that is held; which one is no matter, for all begin alike."""


@dataclass(eq=False)
class Lessons:
    """Batches of every arm: seed k of each arm sees the same sequences, [net, sequence, place]."""

    spec: InductionSpec
    kinds: tuple[Pairs, ...]
    """The kind of sequences of each arm."""
    own: bool = True

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Sequences and the right labels."""
        return self.drawn(step + 1, self.spec.batch)

    def drawn(self, place: int, n: int) -> tuple[Tensor, Tensor]:
        """The same for any use of the seeds; place 0 is the exam."""
        made: dict[tuple[Pairs, int], tuple[np.ndarray, np.ndarray]] = {}
        rows = []
        for kind in self.kinds:
            for k in range(self.spec.n_seeds):
                if (kind, k) not in made:
                    key = [self.spec.seed % 2**63, k]
                    draw = np.random.Philox(key=key, counter=[0, 0, 6, place])
                    made[kind, k] = kind.sequences(np.random.Generator(draw), n)
                rows.append(made[kind, k])
        tokens, labels = (np.stack(part) for part in zip(*rows, strict=True))
        return torch.from_numpy(tokens), torch.from_numpy(labels)


def pairs_of(spec: InductionSpec, arm: str) -> Pairs:
    """The sequences that an arm learns from."""
    return Pairs(spec.n_labels, spec.n_items, relabelled=arm != KEPT)


def training_of(spec: InductionSpec) -> Training:
    """All arms at their start; the seeds of an arm follow each other and begin alike in each."""
    pairs = Pairs(spec.n_labels, spec.n_items)
    build = Build(
        d_model=WIDTH, n_heads=spec.n_heads, wide=False, n_fixed=spec.n_items + _N_UNSEEN,
        n_said=spec.n_labels, last=True, start=WIDTH**-0.5, held=_patterns(spec),
        bypassed=bool({TOLD, COPIED, BOTH} & set(spec.arms)),
    )  # fmt: skip
    seeds = [spec.seed % 2**32 + k for k in range(spec.n_seeds)] * len(spec.arms)
    stack = stack_from_seeds(lambda: CausalTransformer(spec.n_labels, pairs.n_places, build), seeds)
    for place, arm in enumerate(spec.arms):
        nets = range(place * spec.n_seeds, (place + 1) * spec.n_seeds)
        _hold(stack, nets, arm)
    lessons = Lessons(spec, tuple(pairs_of(spec, arm) for arm in spec.arms))
    rule = Rule(optimiser="Adam", learning_rate=spec.rate)
    return Training(stack, lessons, rule=rule, exact=False)


def _patterns(spec: InductionSpec) -> tuple[PatternName, ...]:
    """Only those that are needed: each costs a little at every step."""
    wanted: dict[str, PatternName] = {PREVIOUS: "previous", TWO_BACK: "two-back", MATCH: "match"}
    return tuple(name for arm, name in wanted.items() if arm in spec.arms)


def _hold(stack: Stack, nets: range, arm: str) -> None:
    if arm in (PREVIOUS, TWO_BACK):
        hold(stack, nets, 0, [_HELD], "previous" if arm == PREVIOUS else "two-back")
    if arm == MATCH:
        hold(stack, nets, 1, [_HELD], "match")
    if arm in (TOLD, BOTH):
        tell_last(stack, nets)
    if arm in (COPIED, BOTH):
        copy_from(stack, nets, _HELD)


def head_scores(first: Tensor, last: Tensor, tokens: Tensor) -> np.ndarray:
    """float64[net, layer, head]: how much heads of layer 1 look back, and of layer 2 match.

    Args:
        first: attention of layer 1 [net, sequence, from, to, head].
        last: attention of layer 2 from the last place [net, sequence, 1, to, head].
        tokens: [net, sequence, place].
    """
    back = first.diagonal(-1, 2, 3).mean((1, 3))
    right = tokens[..., :-1:2] == tokens[..., -1:]
    at_labels = last[:, :, 0, 1:-1:2]
    match = (at_labels * right[..., None]).sum(2).mean(1)
    return torch.stack([back, match], 1).double().numpy()


@dataclass(eq=False)
class Looking:
    """What is measured at every moment."""

    spec: InductionSpec
    training: Training
    lessons: Lessons
    rows: dict[str, list[np.ndarray]] = field(default_factory=dict)
    steps: list[int] = field(default_factory=list)
    inside: list[Inside] = field(default_factory=list)
    kept: list[Tensor] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draw the exam."""
        self.x, self.y = self.lessons.drawn(0, N_EXAM)

    @property
    def shown(self) -> int:
        """The network that is looked into."""
        return (self.spec.arm - 1) * self.spec.n_seeds + self.spec.network - 1

    def look(self) -> None:
        """Loss, share of right answers and scores of heads of every network."""
        with one_thread():
            layers = ["blocks.0.pattern", "blocks.1.pattern"]
            logits, seen = said(self.training.stack, self.x, layers, own=True)
        first, last = (seen[name] for name in layers)
        self._note(loss=losses(logits, self.y), score=scores(logits, self.y),
                   heads=head_scores(first, last, self.x))  # fmt: skip
        self._note(by_hand=self._by_hand())
        self.steps.append(self.training.step)
        k = self.shown
        self.inside.append(Inside(first[k, 0].numpy().copy(), last[k, 0, 0].numpy().copy()))

    def _note(self, **found: np.ndarray) -> None:
        for name, values in found.items():
            self.rows.setdefault(name, []).append(values)

    def _by_hand(self) -> np.ndarray:
        """float64[(loss, score)] of the shown network with the interventions of the text."""
        done = parsed(self.spec.interventions)
        if not done:
            return np.full(2, np.nan)
        return np.array(self.changed(self.shown, done))

    def changed(self, net: int, done: tuple[Intervention, ...]) -> tuple[float, float]:
        """Loss and score of one network on its exam after interventions."""
        one, x, y = part(self.training.stack, net), self.x[net], self.y[net]
        with one_thread():
            logits = outputs(one, x, done)
        return float(losses(logits, y[None])[0]), float(scores(logits, y[None])[0])

    def course(self) -> Course:
        """Everything so far."""
        shape = (len(self.steps), len(self.spec.arms), self.spec.n_seeds)
        stacked = {name: np.stack(rows) for name, rows in self.rows.items()}
        return Course(
            np.array(self.steps),
            stacked["loss"].reshape(shape),
            stacked["score"].reshape(shape),
            stacked["heads"].reshape(*shape, 2, self.spec.n_heads),
            stacked["by_hand"],
        )


def losses(logits: Tensor, y: Tensor) -> np.ndarray:
    """float64[net]: nats per answer."""
    pairs = zip(logits, y, strict=True)
    return np.array([float(torch.nn.functional.cross_entropy(o, t)) for o, t in pairs])


def scores(logits: Tensor, y: Tensor) -> np.ndarray:
    """float64[net]: share of right answers."""
    pairs = zip(logits, y, strict=True)
    return np.array([float(score_of("cross-entropy", o, t)) for o, t in pairs])


def part(stack: Stack, net: int) -> Stack:
    """One network of a stack as a stack of one."""
    buffers = {name: value[net : net + 1] for name, value in stack.buffers.items()}
    return Stack(stack.skeleton, stack.weights[net : net + 1], buffers, stack.places)


def frames_of(spec: InductionSpec) -> Iterator[Frame | Result]:
    """A frame at every moment and the last one again in between; the run last."""
    training = training_of(spec)
    assert isinstance(training.batches, Lessons)
    looking, frame = Looking(spec, training, training.batches), None
    tokens = looking.x[looking.shown, 0].numpy().copy()
    for pause in run(training, evenly_spaced(spec.n_steps, spec.n_moments)):
        if pause.scheduled:
            looking.look()
            frame = InductionFrame(
                spec, looking.course(), looking.inside[-1], tokens, fraction=pause.fraction
            )
        if frame is not None:
            frame = replace(frame, fraction=0.97 * pause.fraction)
            yield frame
    without = np.zeros((len(ABLATIONS), spec.n_seeds, 2))
    course = looking.course()
    for seed in range(spec.n_seeds):
        for k, heads in enumerate(_silenced(course.heads[-1, 0, seed, 1])):
            done = (Ablate(at="blocks.1.heads", units=heads),) if heads is not None else ()
            without[k, seed] = looking.changed(seed, done)
        if frame is not None:
            yield frame
    yield InductionRun(
        spec=spec,
        course=course,
        inside=tuple(looking.inside),
        tokens=tokens,
        without=without,
        elsewhere=_elsewhere(spec, training),
    )


def _silenced(match: np.ndarray) -> tuple[tuple[int, ...] | None, ...]:
    """Heads of layer 2 that are silenced, in the order of `ABLATIONS`; none named means all."""
    order = np.argsort(-match, kind="stable")
    return None, (int(order[0]),), (int(order[-1]),), ()


def _elsewhere(spec: InductionSpec, training: Training) -> np.ndarray:
    """float64[(new items, labels dealt anew), arm, seed]: share right where nothing was learnt."""
    pairs = Pairs(spec.n_labels, _N_UNSEEN)
    anew = Pairs(spec.n_labels, spec.n_items)
    found = []
    for kind, first in ((pairs, spec.n_items), (anew, 0)):
        rng = np.random.Generator(np.random.Philox(key=spec.seed % 2**63, counter=[0, 0, 7, first]))
        tokens, labels = kind.sequences(rng, N_EXAM, first=first)
        logits = training.outputs(torch.from_numpy(tokens))
        y = torch.from_numpy(labels).expand(training.n_nets, -1)
        found.append(scores(logits, y).reshape(len(spec.arms), spec.n_seeds))
    return np.stack(found)
