"""Networks that learn digits within masks, all masks and seeds at once, watched on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from engines.connectome.learning.masks import rewired
from engines.lab.data.pictures import digits
from engines.lab.training import ArrayBatches, Constraints, Rule, Stack, Training, stack_of

N_LEARNT, BATCH = 400, 40
STEPS_PER_EPOCH = N_LEARNT // BATCH
N_IN, N_OUT = 64, 10
REWIRE_EPOCHS = 5
"""Between two rewirings."""


@dataclass(frozen=True, eq=False)
class Kind:
    """Networks of one kind: their inner masks bool[seed, layer, post, pre], and how they rewire."""

    name: str
    width: int
    masks: np.ndarray
    rewires: str = ""
    """Nothing, "by chance" or "Hebb"."""

    @property
    def n_weights(self) -> int:
        """Of one network, biases apart."""
        return self.width * (N_IN + N_OUT) + int(self.masks[0].sum())


def layers(width: int, n_inner: int) -> nn.Sequential:
    """ReLU layers of one width with as many inner maps, and logits."""
    parts: list[nn.Module] = [nn.Linear(N_IN, width), nn.ReLU()]
    for _ in range(n_inner):
        parts += [nn.Linear(width, width), nn.ReLU()]
    return nn.Sequential(*parts, nn.Linear(width, N_OUT))


@dataclass(eq=False)
class Masked:
    """Kinds of one width that learn side by side, each seed on a split of the digits of its own.

    With ``by_fan_in`` a unit's first weights are as large as torch would draw them had it no other
    inputs than its mask leaves (Evci et al. 2022); without, they are what is left of the whole.
    """

    kinds: tuple[Kind, ...]
    seed: int
    by_fan_in: bool = True
    training: Training = field(init=False)
    masks: np.ndarray = field(init=False)
    """bool[kind, seed, layer, post, pre] of now."""
    x: Tensor = field(init=False)
    """float32[seed, image, pixel] of the exam, and labels ``y``."""
    y: Tensor = field(init=False)

    def __post_init__(self) -> None:
        """Draw networks: the same weights for the same seed, whatever the mask."""
        self.masks = np.stack([kind.masks for kind in self.kinds])
        n_seeds, n_inner = self.masks.shape[1:3]
        nets = []
        with torch.random.fork_rng(devices=[]):
            for k in range(n_seeds):
                torch.manual_seed((self.seed * 1_000 + k) % 2**63)
                nets.append(layers(self.kinds[0].width, n_inner))
        stack = stack_of(nets * len(self.kinds))
        if self.by_fan_in:
            self._enlarge(stack)
        x, y, self.x, self.y = _split(self.seed, n_seeds)
        n = len(self.kinds)
        batches = ArrayBatches(
            x.repeat(n, 1, 1), y.repeat(n, 1), BATCH, seed=self.seed % 2**64, own=True
        )
        rule = Rule(optimiser="AdamW", learning_rate=0.001, weight_decay=0.01)
        self.training = Training(
            stack, batches, rule=rule, constraints=self._constraints(), exact=False
        )

    def _enlarge(self, stack: Stack) -> None:
        flat = self.masks.reshape(-1, *self.masks.shape[2:])
        heard = np.maximum(flat.sum(axis=3, keepdims=True), 1)
        factors = torch.from_numpy(np.sqrt(flat.shape[3] / heard).astype(np.float32))
        for k in range(flat.shape[1]):
            stack.parameters[f"{2 * (k + 1)}.weight"].mul_(factors[:, k])

    def _constraints(self) -> Constraints:
        flat = self.masks.reshape(-1, *self.masks.shape[2:])
        return Constraints(
            masks={
                f"{2 * (k + 1)}.weight": torch.from_numpy(np.ascontiguousarray(flat[:, k]))
                for k in range(flat.shape[1])
            }
        )

    def learn(self, n_epochs: int) -> Iterator[float]:
        """After every step: the share of its epoch that is done; masks are rewired on the way."""
        for epoch in range(1, n_epochs + 1):
            for step in range(1, STEPS_PER_EPOCH + 1):
                self.training.advance(self.training.step + 1)
                if step == STEPS_PER_EPOCH and epoch % REWIRE_EPOCHS == 0 and epoch < n_epochs:
                    self._rewire(epoch)
                yield step / STEPS_PER_EPOCH

    def _rewire(self, epoch: int) -> None:
        moved = False
        for j, kind in enumerate(self.kinds):
            for k in range(self.masks.shape[1] if kind.rewires else 0):
                key = np.random.Philox(key=[self.seed, 2**44 + 1_000 * epoch + k])
                net = j * self.masks.shape[1] + k
                self.masks[j, k] = self._once(kind.rewires, net, self.masks[j, k], key)
                moved = True
        if moved:
            self.training.constrain(self._constraints())

    def _once(self, how: str, net: int, masks: np.ndarray, key: np.random.Philox) -> np.ndarray:
        weights = self.training.stack.parameters
        wishes = self._together(net) if how == "Hebb" else _chance(key, masks.shape)
        return np.array(
            [
                rewired(mask, weights[f"{2 * (k + 1)}.weight"][net].numpy(), wishes[k])
                for k, mask in enumerate(masks)
            ]
        )

    @torch.no_grad()
    def _together(self, net: int) -> list[np.ndarray]:
        """float[post, pre] of each inner map: correlation of its two ends over what is learnt."""
        module = self.training.stack.module(net)
        assert isinstance(module, nn.Sequential)
        assert isinstance(self.training.batches, ArrayBatches)
        said, found = self.training.batches.x[net], []
        for k, part in enumerate(module):
            said = part(said)
            if k % 2:
                found.append(_standard(said.numpy()))
        pairs = zip(found[1:], found[:-1], strict=True)
        return [np.abs(post.T @ pre) / len(pre) for post, pre in pairs]

    def accuracy(self, n_images: int | None = None) -> np.ndarray:
        """float64[kind, seed] on the exam, or on its first images."""
        x, y = self.x[:, :n_images], self.y[:, :n_images]
        return exam(self.training.stack, x, y, len(self.kinds))


def _chance(key: np.random.Philox, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.Generator(key).random(shape)


def _split(seed: int, n_seeds: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Images and labels to learn from, and those of the exam: each [seed, image, ...]."""
    parts: list[list[np.ndarray]] = [[], [], [], []]
    for k in range(n_seeds):
        task = digits(seed * 1_000 + k)
        x, y = np.concatenate([task.x, task.x_test]), np.concatenate([task.y, task.y_test])
        rows = (x[:N_LEARNT], y[:N_LEARNT], x[N_LEARNT:], y[N_LEARNT:])
        for part, row in zip(parts, rows, strict=True):
            part.append(row)
    x, y, x_test, y_test = (torch.from_numpy(np.stack(part)) for part in parts)
    return x, y, x_test, y_test


def _standard(said: np.ndarray) -> np.ndarray:
    """Each unit with mean 0 and deviation 1; a silent one is all 0."""
    off, spread = said - said.mean(axis=0), said.std(axis=0)
    return off / np.where(spread > 0, spread, 1.0) * (spread > 0)


@torch.no_grad()
def exam(stack: Stack, x: Tensor, y: Tensor, n_kinds: int) -> np.ndarray:
    """float64[kind, seed]: share of the exam that is right."""
    n_seeds, found = len(x), []
    for net in range(stack.n_nets):
        k = net % n_seeds
        said = stack.module(net)(x[k])
        found.append(float((said.argmax(-1) == y[k]).double().mean()))
    return np.array(found).reshape(n_kinds, n_seeds)


@torch.no_grad()
def lesioned(made: Masked, kind: int, lesions: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """float64[lesion, seed]: share right with neurons and edges cut; nothing is trained again.

    A neuron is the unit of its number in both hidden layers.

    Args:
        made: trained networks with one inner map.
        kind: whose networks.
        lesions: each bool[neuron] and int64[edge, (pre, post)].
    """
    n_seeds = len(made.x)
    found = np.empty((len(lesions), n_seeds))
    for k in range(n_seeds):
        module = made.training.stack.module(kind * n_seeds + k)
        first, inner, last = (p for p in module.children() if isinstance(p, nn.Linear))
        kept = inner.weight.clone()
        before = torch.relu(first(made.x[k]))
        for j, (gone, edges) in enumerate(lesions):
            left = torch.from_numpy(~gone).float()
            weight = kept.clone()
            weight[edges[:, 1], edges[:, 0]] = 0.0
            after = torch.relu((before * left) @ weight.T + inner.bias) * left
            right = last(after).argmax(-1) == made.y[k]
            found[j, k] = float(right.double().mean())
    return found
