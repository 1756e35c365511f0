"""Networks that read digits, learnt side by side, as plain arrays."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engines.geometry.mechanisms.level_sets import Layers
    from engines.lab.data.task import Task

WIDTHS = (64, 128, 64, 10)


def learnt(
    n_networks: int, n_steps: int, seed: int, *, widths: tuple[int, ...] = WIDTHS,
    rate: float = 1e-3,
) -> Iterator[tuple[float, tuple[tuple[Layers, ...], Task, np.ndarray] | None]]:  # fmt: skip
    """Share of the learning that is done; with the last, networks, task and accuracy [network]."""
    import torch
    from torch import nn

    from engines.lab.data.pictures import digits
    from engines.lab.training.batches import arrays
    from engines.lab.training.rule import Rule
    from engines.lab.training.running import run
    from engines.lab.training.stack import stack_from_seeds
    from engines.lab.training.training import Training, outputs_of

    def build() -> nn.Module:
        parts: list[nn.Module] = []
        for wide, narrow in pairwise(widths):
            parts += [nn.Linear(wide, narrow), nn.ReLU()]
        return nn.Sequential(*parts[:-1])

    task = digits(seed % 2**31)
    stack = stack_from_seeds(build, range(seed, seed + n_networks))
    batches = arrays(task.x, task.y, size=64, seed=seed)
    training = Training(stack, batches, rule=Rule(optimiser="Adam", learning_rate=rate))
    for pause in run(training, (n_steps,)) if n_steps else ():
        yield pause.fraction, None
    said = outputs_of(stack, torch.from_numpy(np.asarray(task.x_test, np.float32))).argmax(-1)
    accuracy = (said.numpy() == np.asarray(task.y_test)).mean(axis=1)
    tensors = {name: value.detach().double().numpy() for name, value in stack.parameters.items()}
    networks = tuple(
        tuple((tensors[f"{2 * j}.weight"][k], tensors[f"{2 * j}.bias"][k])
              for j in range(len(widths) - 1))
        for k in range(n_networks)
    )  # fmt: skip
    yield 1.0, (networks, task, accuracy)
