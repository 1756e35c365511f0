"""What stacked training costs beside one network after the other, and what it keeps to the bit.

    python benchmarks/lab.py [--full]

CPU seconds of this process with one thread, both sides in one run. The peer is plain torch: a
module, its loss, ``backward`` and `torch.optim`, one seed after the other. ``--full`` takes the
median of more repeats and the wider networks.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from itertools import pairwise

import torch
from table import Figure, as_json, cpu_seconds
from threadpoolctl import threadpool_limits
from torch import nn

from engines.lab.interventions.activations import outputs
from engines.lab.interventions.spec import without
from engines.lab.interventions.text import parsed
from engines.lab.interventions.weights import with_weights
from engines.lab.training import ArrayBatches, Rule, Training, stack_from_seeds

N_SEEDS, N_STEPS, SIZE = 16, 60, 128
Build = Callable[[], nn.Module]


def perceptron(*sizes: int, function: Callable[[], nn.Module] = nn.ReLU) -> nn.Module:
    parts: list[nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        parts += [nn.Linear(n_in, n_out), function()]
    return nn.Sequential(*parts[:-1])


class Attending(nn.Module):
    """One head over eight places: a module that is no perceptron."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(8, 16, bias=False) for _ in range(3))
        self.out = nn.Linear(16, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits of pictures of eight rows."""
        x = x.unflatten(-1, (8, 8))
        scores = self.q(x) @ self.k(x).transpose(-1, -2) / 4.0
        return self.out((scores.softmax(-1) @ self.v(x)).mean(-2))


def digits() -> ArrayBatches:
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return ArrayBatches(torch.as_tensor(x / 16.0).float(), torch.as_tensor(y), SIZE, seed=0)


def alone(build: Build, batches: ArrayBatches, n_steps: int) -> list[nn.Module]:
    """Plain torch, one seed after the other."""
    made = []
    for seed in range(N_SEEDS):
        torch.manual_seed(seed)
        module = build()
        optimiser = torch.optim.Adam(module.parameters(), 3e-3)
        for step in range(n_steps):
            x, y = batches.batch(step)
            cost = nn.functional.cross_entropy(module(x), y)
            optimiser.zero_grad()
            cost.backward()
            optimiser.step()
        made.append(module)
    return made


def stacked(build: Build, batches: ArrayBatches, n_steps: int) -> Training:
    training = Training(stack_from_seeds(build, range(N_SEEDS)), batches, rule=Rule())
    training.advance(n_steps)
    return training


def n_different(training: Training, modules: list[nn.Module]) -> int:
    """Networks any of whose numbers is not the peer's to the bit."""
    return sum(
        not all(
            torch.equal(value, training.stack.parameters[name][net])
            for name, value in module.named_parameters()
        )
        for net, module in enumerate(modules)
    )


def against_plain_torch(name: str, build: Build, repeats: int, at_least: float) -> list[Figure]:
    """Both sides in turn, so that what else the machine does slows them alike."""
    batches = digits()
    alone(build, batches, 3)
    stacked(build, batches, 3)
    modules, training, ratios = [], stacked(build, batches, 1), []
    for _ in range(repeats):
        started = time.process_time()
        modules = alone(build, batches, N_STEPS)
        between = time.process_time()
        training = stacked(build, batches, N_STEPS)
        ratios.append((between - started) / (time.process_time() - between))
    ratio = sorted(ratios)[len(ratios) // 2]
    way = f"{name}, {N_SEEDS} seeds, {training.way}"
    return [
        Figure(f"{way}: plain torch over stacked", "x CPU", ratio, at_least=at_least),
        Figure(f"{way}: networks that differ by a bit", "", n_different(training, modules),
               at_most=0),
    ]  # fmt: skip


def resumed() -> list[Figure]:
    """100 steps and 100 more from a snapshot against 200."""
    batches = digits()

    def build() -> nn.Module:
        return perceptron(64, 64, 64, 10)

    whole, half = stacked(build, batches, 200), stacked(build, batches, 100)
    again = Training(stack_from_seeds(build, range(N_SEEDS)), batches, rule=Rule())
    data = half.snapshot()
    again.restore(data)
    again.advance(200)
    step = cpu_seconds(lambda: whole.advance(whole.step + 50), 3) / 50
    kept = cpu_seconds(whole.snapshot, 5)
    return [
        Figure("resumed run differs from the whole one", "runs",
               float(again.snapshot() != half_to(half, 200)), at_most=0),
        Figure("a snapshot over a step", "x CPU", kept / step),
    ]  # fmt: skip


def half_to(training: Training, step: int) -> bytes:
    training.advance(step)
    return training.snapshot()


def intervened() -> list[Figure]:
    """What ten interventions cost beside a plain run of 16 networks on 1,797 examples."""
    training = stacked(lambda: perceptron(64, 64, 64, 10), digits(), 20)
    batches = training.batches
    assert isinstance(batches, ArrayBatches)
    x = batches.x
    ablated = parsed("; ".join(f"ablate 1:{unit}" for unit in range(10)))
    pruned = parsed("prune share=0.5 scope=global")
    plain = cpu_seconds(lambda: outputs(training.stack, x, ()), 5)
    ten = cpu_seconds(lambda: outputs(training.stack, x, ablated), 5)
    cut = cpu_seconds(lambda: with_weights(training.stack, pruned), 5)
    left = outputs(training.stack, x, without(ablated, 9))
    never = outputs(training.stack, x, ablated[:9])
    return [
        Figure("ten ablations over a plain run", "x CPU", ten / plain, at_most=4.0),
        Figure("global pruning over a plain run", "x CPU", cut / plain),
        Figure("numbers that differ after one is undone", "", float((left != never).sum()),
               at_most=0),
    ]  # fmt: skip


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--full", action="store_true")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    limits = threadpool_limits(1)
    repeats = 7 if chosen.full else 3
    jobs: list[Callable[[], list[Figure]]] = [
        lambda: against_plain_torch(
            "64-64-64-10", lambda: perceptron(64, 64, 64, 10), repeats, 2.0
        ),
        lambda: against_plain_torch("64-32-10", lambda: perceptron(64, 32, 10), repeats, 2.0),
        lambda: against_plain_torch(
            "64-64-64-10, GELU", lambda: perceptron(64, 64, 64, 10, function=nn.GELU), repeats, 2.0
        ),
        lambda: against_plain_torch("attention", Attending, repeats, 1.0),
        lambda: against_plain_torch(
            "layer norm",
            lambda: nn.Sequential(
                nn.Linear(64, 32), nn.LayerNorm(32), nn.ReLU(), nn.Linear(32, 10)
            ),
            repeats,
            1.0,
        ),
        resumed,
        intervened,
    ]
    if chosen.full:
        jobs.append(
            lambda: against_plain_torch("64-512-10", lambda: perceptron(64, 512, 10), 3, 1.0)
        )
    figures = []
    for job in jobs:
        for figure in job():
            figures.append(figure)
            print(figure, flush=True)
    print(as_json(figures))
    limits.restore_original_limits()
    return 0


if __name__ == "__main__":
    sys.exit(main())
