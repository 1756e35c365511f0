"""Networks learn to find a label; then what stands in one of two runs is put into the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engines.contract import Frame, Result
from engines.geometry.transformers.patching import (
    BY_HAND,
    HELD,
    LEVELS,
    PLACES,
    PatchingFrame,
    PatchingRun,
    PatchingSpec,
)
from engines.lab.data.pairs import Pairs
from engines.lab.training import (
    Rule,
    Stack,
    Training,
    evenly_spaced,
    one_thread,
    run,
    stack_from_seeds,
    stack_of,
)
from engines.lab.transformers.by_hand import induction_by_hand
from engines.lab.transformers.causal import Build, CausalTransformer
from engines.lab.transformers.holding import hold
from engines.lab.transformers.paths import lens, levels, onward, put

_PAIRS = Pairs()
_WIDTH, _BATCH, _RATE, _N_LOOKS = 32, 40, 0.002, 21


@dataclass(eq=False)
class Sequences:
    """Batches of pairs, each network its own: [net, sequence, place]."""

    n_nets: int
    seed: int
    own: bool = True

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Sequences and right labels of a step."""
        draws = [np.random.Philox(key=[self.seed, k], counter=[0, 0, 8, step + 1])
                 for k in range(self.n_nets)]  # fmt: skip
        drawn = [_PAIRS.sequences(np.random.Generator(draw), _BATCH) for draw in draws]
        tokens, labels = (np.stack(part) for part in zip(*drawn, strict=True))
        return torch.from_numpy(tokens), torch.from_numpy(labels)


def asked(n: int, seed: int) -> tuple[Tensor, Tensor]:
    """Sequences int64[sequence, place] that ask for the first item, and with labels changed.

    The right label of the first is the one behind the first item, of the second the other one.
    """
    draw = np.random.Philox(key=seed % 2**63, counter=[0, 0, 9, 0])
    tokens, _ = _PAIRS.sequences(np.random.Generator(draw), n)
    tokens[:, -1] = tokens[:, 0]
    changed = tokens.copy()
    changed[:, [1, 3]] = tokens[:, [3, 1]]
    return torch.from_numpy(tokens), torch.from_numpy(changed)


def stack_of_spec(spec: PatchingSpec) -> Stack:
    """The networks at their start."""
    if spec.learns == BY_HAND:
        return stack_of([induction_by_hand(_PAIRS.n_labels, _PAIRS.n_items, _PAIRS.n_places)])
    build = Build(
        d_model=_WIDTH, wide=spec.wide, n_fixed=_PAIRS.n_items, n_said=_PAIRS.n_labels, last=True,
        start=_WIDTH**-0.5, held=("previous",) if spec.learns == HELD else (),
    )  # fmt: skip
    seeds = [spec.seed % 2**32 + k for k in range(spec.n_seeds)]
    stack = stack_from_seeds(
        lambda: CausalTransformer(_PAIRS.n_labels, _PAIRS.n_places, build), seeds
    )
    if spec.learns == HELD:
        hold(stack, range(spec.n_seeds), 0, [0], "previous")
    return stack


def frames_of(spec: PatchingSpec) -> Iterator[Frame | Result]:
    """The learning, then one network after the other looked through; the run last."""
    stack = stack_of_spec(spec)
    plain, changed = asked(spec.n_sequences, spec.seed)
    frame = PatchingFrame(np.zeros(0, np.int64), np.zeros(0), fraction=0.0)
    if spec.learns != BY_HAND and spec.n_steps:
        rule = Rule(optimiser="Adam", learning_rate=_RATE)
        training = Training(stack, Sequences(spec.n_seeds, spec.seed % 2**63), rule=rule,
                            exact=False)  # fmt: skip
        steps, seen = [], []
        for pause in run(training, evenly_spaced(spec.n_steps, min(_N_LOOKS, spec.n_steps + 1))):
            if pause.scheduled:
                steps.append(pause.step)
                seen.append(float(np.nanmean(training.measure(plain, plain[:, 1])["loss"])))
            yield PatchingFrame(np.array(steps), np.array(seen), fraction=0.7 * pause.fraction)
        frame = PatchingFrame(np.array(steps), np.array(seen), fraction=0.7)
    looked = []
    for net in range(stack.n_nets):
        through = Through(stack, net, plain, changed)
        for _ in through.look():
            yield frame
        looked.append(through)
    yield PatchingRun(
        spec,
        lens=np.stack([one.lens for one in looked]),
        moved=np.stack([one.moved for one in looked]),
        heads=np.stack([one.heads for one in looked]),
        chance=np.array([one.chance for one in looked]),
        right=np.array([one.right for one in looked]),
    )


class Through:
    """One network, looked through with pairs of sequences."""

    def __init__(self, stack: Stack, net: int, plain: Tensor, changed: Tensor) -> None:
        model = stack.module(net)
        assert isinstance(model, CausalTransformer)
        self.model, self.plain, self.changed = model.eval(), plain, changed
        self.ours, self.theirs = levels(model, plain), levels(model, changed)
        n_levels, n_places = len(LEVELS), len(PLACES)
        self.moved = np.zeros((n_levels, n_places, n_levels, n_places))
        self.heads = np.zeros((2, model.build.n_heads, n_places))
        self.lens = np.zeros((n_levels, n_places))
        self.chance = (0.0, 0.0)
        self.right = 0.0

    def look(self) -> Iterator[None]:
        """Measure everything; yields between its parts."""
        with one_thread():
            # At the query after the last layer this is the network's own answer.
            spoken = lens(self.model, self.ours)
            self.lens[:] = self._chance(spoken).numpy()
            top, changed = spoken[-1, :, -1], lens(self.model, self.theirs)[-1, :, -1]
            self.right = float((top.argmax(-1) == self.plain[:, 1]).double().mean())
            self.chance = float(self.lens[-1, -1]), float(self._chance(changed))
            self.whole, self.none = self._lead(top), self._lead(changed)
        places = [(level, place) for level in range(len(LEVELS)) for place in range(len(PLACES))]
        for source in places:
            yield
            with one_thread():
                for target in places:
                    spot = put(self.theirs, self.ours, source, target)
                    said = onward(self.model, *spot, self.changed)
                    self.moved[(*source, *target)] = self._share(said)
        for layer, head, place in np.ndindex(self.heads.shape):
            with one_thread():
                self.heads[layer, head, place] = self._share(self._with_head(layer, head, place))
            yield

    @torch.no_grad()
    def _with_head(self, layer: int, head: int, place: int) -> Tensor:
        """Logits where one head says at one place what it says in the other run."""
        block = self.model.layers[layer]
        kept: list[Tensor] = []

        def seen(_module: object, _args: object, out: Tensor) -> None:
            kept.append(out)

        keep = block.heads.register_forward_hook(seen)
        onward(self.model, layer, self.ours[layer], self.plain)
        keep.remove()

        def other(_module: object, _args: object, out: Tensor) -> Tensor:
            made = out.clone()
            made[:, place, :, head] = kept[0][:, place, :, head]
            return made

        change = block.heads.register_forward_hook(other)
        try:
            return onward(self.model, layer, self.theirs[layer], self.changed)
        finally:
            change.remove()

    def _chance(self, logits: Tensor) -> Tensor:
        """Chance of A's label [level, place] of logits [level, sequence, place, token].

        A mean over sequences; of logits [sequence, token] one number.
        """
        shares = logits.softmax(-1).double()
        label = self.plain[:, 1]
        if logits.ndim == 2:
            return shares[torch.arange(len(label)), label].mean()
        index = label[None, :, None, None].expand(*shares.shape[:-1], 1)
        return shares.gather(-1, index)[..., 0].mean(1)

    def _lead(self, logits: Tensor) -> float:
        """How far A's label lies above the other one, mean of sequences."""
        rows = torch.arange(len(logits))
        found = logits[rows, self.plain[:, 1]] - logits[rows, self.plain[:, 3]]
        return float(found.double().mean())

    def _share(self, logits: Tensor) -> float:
        """0 where the lead is that of changed labels, 1 where it is that of the plain sequence."""
        span = self.whole - self.none
        return (self._lead(logits) - self.none) / span if span else 0.0
