"""How fast the laboratories of geometry are, as ratios against named peers in one run.

    python benchmarks/geometry_lab.py [--full]

CPU seconds of this process with one thread, both sides in turn in one run. A peer that is not
installed is left out with a sentence. ``--full`` takes larger sizes and the median of more repeats.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import torch
from table import Figure, as_json, cpu_seconds
from threadpoolctl import threadpool_limits
from torch import nn
from torch.func import functional_call, grad, jvp

from engines.geometry.dictionaries.learning import model_of, reader_of, started
from engines.geometry.dictionaries.sparse import Code, Sparse, learnt
from engines.geometry.dictionaries.sparse import started as dictionaries
from engines.geometry.dictionaries.spec import DictionarySpec
from engines.geometry.measures.similarity import hsic
from engines.lab.attribution.integrated import integrated_gradients
from engines.lab.curvature.hessian import hessian_product
from engines.lab.data.pictures import digits
from engines.lab.statistics.information import information, kernel_information
from engines.lab.training import Rule, Stack, Training, arrays, stack_from_seeds
from engines.lab.transformers.paths import levels, onward


def in_turn(
    theirs: Callable[[], object], ours: Callable[[], object], repeats: int, *, warm: bool = True
) -> float:
    """Median of the ratio of CPU seconds, each side after the other."""
    if warm:
        theirs()
        ours()
    ratios = []
    for _ in range(repeats):
        slow, fast = cpu_seconds(theirs, 1, warm=False), cpu_seconds(ours, 1, warm=False)
        ratios.append(slow / fast)
    return sorted(ratios)[len(ratios) // 2]


def perceptron() -> nn.Module:
    parts: list[nn.Module] = []
    for n_in, n_out in pairwise((64, 32, 10)):
        parts += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def stacked_training(n_nets: int, n_steps: int, repeats: int) -> list[Figure]:
    """Networks of the lab together against a module, its loss and `torch.optim`, one by one."""
    task = digits(0)
    batches = arrays(task.x, task.y, size=64, seed=0)

    def one_by_one() -> None:
        for seed in range(n_nets):
            torch.manual_seed(seed)
            module = perceptron()
            optimiser = torch.optim.Adam(module.parameters(), 3e-3)
            for step in range(n_steps):
                x, y = batches.batch(step)
                optimiser.zero_grad()
                nn.functional.cross_entropy(module(x), y).backward()
                optimiser.step()

    def together() -> None:
        stack = stack_from_seeds(perceptron, range(n_nets))
        Training(stack, batches, rule=Rule(), exact=False).advance(n_steps)

    ratio = in_turn(one_by_one, together, repeats)
    return [Figure(f"{n_nets} perceptrons: torch one by one over stacked", "x CPU", ratio,
                   at_least=4.0)]  # fmt: skip


class PlainSparse(nn.Module):
    """A sparse autoencoder as a module by itself, the largest k by scatter."""

    def __init__(self, code: Sparse) -> None:
        super().__init__()
        self.k = code.code.n_active
        self.read, self.bias = nn.Parameter(code.read.clone()), nn.Parameter(code.bias.clone())
        self.write, self.mean = nn.Parameter(code.write.clone()), nn.Parameter(code.mean.clone())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """What it makes of [example, number]."""
        found = (x @ self.read.T + self.bias).relu()
        values, places = found.topk(self.k, dim=-1)
        kept = torch.zeros_like(found).scatter(-1, places, values)
        return kept @ nn.functional.normalize(self.write, dim=1) + self.mean


def dictionary_steps(n_nets: int, n: int, code: Code, n_steps: int, repeats: int) -> list[Figure]:
    """Dictionaries stacked against as many modules with autograd and Adam; the same weights."""
    draw = torch.Generator().manual_seed(0)
    x = torch.randn(n_nets, 4_096, n, generator=draw)
    start = dictionaries(n, code, range(n_nets))
    kept: list[Stack] = []
    made: list[PlainSparse] = []

    def together() -> None:
        kept[:] = [start.copy()]
        for _ in learnt(kept[0], x, x, n_steps, 0):
            pass

    def one_by_one() -> None:
        made.clear()
        for net in range(n_nets):
            module = start.module(net)
            assert isinstance(module, Sparse)
            plain = PlainSparse(module)
            made.append(plain)
            adam = torch.optim.Adam(plain.parameters(), 0.003)
            for step in range(n_steps):
                key = np.random.Philox(key=0, counter=[0, 0, 0, step])
                rows = x[net][torch.from_numpy(np.random.Generator(key).integers(0, 4_096, 256))]
                adam.zero_grad()
                (plain(rows) - rows).square().sum(-1).mean().backward()
                adam.step()

    ratio = in_turn(one_by_one, together, repeats, warm=False)
    far = max(float((kept[0].parameters["write"][k] - net.write.detach()).abs().max())
              for k, net in enumerate(made))  # fmt: skip
    moved = float((kept[0].parameters["write"] - start.parameters["write"]).abs().max())
    size = f"{n_nets} x {n} to {code.n_latents}, top {code.n_active}"
    return [
        Figure(f"dictionaries {size}: torch one by one over stacked", "x CPU", ratio,
               at_least=1.0),
        Figure(f"dictionaries {size}: largest difference of a weight", "", far, at_most=2e-3),
        Figure(f"dictionaries {size}: how far a weight went", "", moved, at_least=1e-2),
    ]  # fmt: skip


def curvature(n_nets: int, repeats: int) -> list[Figure]:
    """Products with the Hessian, stacked, against torch.func's jvp of grad, one by one."""
    task = digits(0)
    x, y = torch.from_numpy(task.x[:256]), torch.from_numpy(task.y[:256])
    stack = stack_from_seeds(perceptron, range(n_nets))
    vectors = torch.randn(stack.weights.shape, generator=torch.Generator().manual_seed(1))
    # What lies between parameters is no weight.
    vectors = stack_of_views(stack, vectors)
    product = hessian_product(stack, x, y, "cross-entropy")

    def alone() -> list[dict[str, torch.Tensor]]:
        found = []
        for net in range(n_nets):
            along = {name: value[net] for name, value in stack.views(vectors).items()}

            def cost(parameters: dict[str, torch.Tensor]) -> torch.Tensor:
                said = functional_call(stack.skeleton, parameters, (x,))
                return nn.functional.cross_entropy(said, y)

            found.append(jvp(grad(cost), (stack.one(net),), (along,))[1])
        return found

    far = max(float((value - stack.views(product(vectors))[name][net]).abs().max())
              for net, one in enumerate(alone()) for name, value in one.items())  # fmt: skip
    ratio = in_turn(alone, lambda: product(vectors), repeats)
    return [
        Figure(f"Hessian times vector, {n_nets} networks: torch.func over ours", "x CPU", ratio,
               at_least=1.0),
        Figure("Hessian times vector: largest difference", "", far, at_most=1e-5),
    ]  # fmt: skip


def stack_of_views(stack: Stack, vectors: torch.Tensor) -> torch.Tensor:
    made = torch.zeros_like(vectors)
    for name, view in stack.views(made).items():
        view.copy_(stack.views(vectors)[name])
    return made


def knowing(n: int, repeats: int) -> list[Figure]:
    """Information of a binned layer, kernels and HSIC against loops as they are written down."""
    rng = np.random.default_rng(0)
    values, labels = rng.random((n, 4)), rng.integers(0, 4, n)
    code = (values * 8).astype(np.int64) @ (8 ** np.arange(4))

    def entropy(some: list[int]) -> float:
        counts: dict[int, int] = {}
        for one in some:
            counts[one] = counts.get(one, 0) + 1
        return -sum(c / len(some) * np.log2(c / len(some)) for c in counts.values())

    def by_loop() -> float:
        listed = [int(one) for one in code]
        left = sum((labels == k).mean() * entropy([one for one, at in zip(listed, labels,
                   strict=True) if at == k]) for k in range(4))  # fmt: skip
        return entropy(listed) - left

    few = values[:400]

    def kernels_by_loop() -> float:
        means = [np.mean([np.exp(-np.square(a - b).sum() / 0.02) for b in few]) for a in few]
        return float(-np.mean(np.log2(means)))

    x, y = rng.normal(size=(150, 20)), rng.normal(size=(150, 20))
    far = max(abs(by_loop() - information(code, labels)[1]),
              abs(kernels_by_loop() - kernel_information(few, labels[:400], 0.1)[0]),
              abs(hsic_by_loop(x, y) - hsic(x, y)))  # fmt: skip
    rows = (
        ("information of a binned layer", by_loop, lambda: information(code, labels)),
        ("information by kernels", kernels_by_loop,
         lambda: kernel_information(few, labels[:400], 0.1)),
        ("unbiased HSIC", lambda: hsic_by_loop(x, y), lambda: hsic(x, y)),
    )  # fmt: skip
    return [
        *(Figure(f"{name}: a plain loop over ours", "x CPU", in_turn(theirs, ours, repeats),
                 at_least=3.0) for name, theirs, ours in rows),
        Figure("information and HSIC: largest difference", "", far, at_most=1e-5),
    ]  # fmt: skip


def hsic_by_loop(x: np.ndarray, y: np.ndarray) -> float:
    """Unbiased HSIC, Song et al. 2012 equation 5, sum by sum."""
    n = len(x)
    k, m = x @ x.T, y @ y.T
    first = second = third = 0.0
    for i in range(n):
        for j in range(n):
            if i != j:
                first += k[i, j] * m[j, i]
                second += k[i, j]
                third += m[i, j]
    rows_k, rows_m = (a.sum(1) - np.diag(a) for a in (k, m))
    cross = sum(rows_k[i] * rows_m[i] for i in range(n))
    return (first + second * third / ((n - 1) * (n - 2)) - 2 * cross / (n - 2)) / (n * (n - 3))


def steering(repeats: int) -> list[Figure]:
    """Chances for every place of a slider: numpy against the torch module."""
    stack = started(DictionarySpec())
    model, reader = model_of(stack, 0), reader_of(stack, 0)
    token = np.arange(12)
    added = np.linspace(-8, 8, 33)[:, None] * np.random.default_rng(0).normal(size=32) / 8
    tokens = torch.from_numpy(token)[None].expand(33, -1)
    held = levels(model, tokens)[1]
    ours_held = reader.levels(token)[1]

    def theirs() -> torch.Tensor:
        moved = held.clone()
        moved[:, -1] += torch.from_numpy(added.astype(np.float32))
        return onward(model, 1, moved, tokens).softmax(-1)

    def ours() -> np.ndarray:
        return reader.steered(1, ours_held, added)

    far = float(np.abs(theirs().numpy() - ours()).max())
    seconds = cpu_seconds(ours, 5)
    ratio = in_turn(lambda: [theirs() for _ in range(20)], lambda: [ours() for _ in range(20)],
                    repeats)  # fmt: skip
    return [
        Figure("33 strengths of a latent", "ms", 1e3 * seconds, at_most=20.0),
        Figure("33 strengths of a latent: torch over numpy", "x CPU", ratio),
        Figure("33 strengths: largest difference of a chance", "", far, at_most=1e-5),
    ]


def against_saelens(n: int, code: Code, n_steps: int, repeats: int) -> list[Figure]:
    """A training step of a dictionary against SAELens', of one dictionary and of eight."""
    from sae_lens import (  # type: ignore[import-not-found]
        TopKTrainingSAE,
        TopKTrainingSAEConfig,
    )
    from sae_lens.saes.sae import TrainStepInput  # type: ignore[import-not-found]

    x = torch.randn(8, 4_096, n, generator=torch.Generator().manual_seed(0))

    def theirs(n_nets: int) -> None:
        for net in range(n_nets):
            sae = TopKTrainingSAE(TopKTrainingSAEConfig(d_in=n, d_sae=code.n_latents,
                                                        k=code.n_active))  # fmt: skip
            adam = torch.optim.Adam(sae.parameters(), 0.003)
            for step in range(n_steps):
                rows = x[net][(256 * step) % 3_840 :][:256]
                adam.zero_grad()
                said = sae.training_forward_pass(TrainStepInput(
                    sae_in=rows, coefficients={}, dead_neuron_mask=None, n_training_steps=step,
                    is_logging_step=False))  # fmt: skip
                said.loss.backward()
                adam.step()

    def ours(n_nets: int) -> None:
        some = x[:n_nets]
        for _ in learnt(dictionaries(n, code, range(n_nets)), some, some, n_steps, 0):
            pass

    return [
        Figure(f"{n_nets} x {n} to {code.n_latents}: SAELens over ours", "x CPU",
               in_turn(lambda k=n_nets: theirs(k), lambda k=n_nets: ours(k), repeats),
               at_least=1.0)
        for n_nets in (1, 8)
    ]  # fmt: skip


def attributions(repeats: int) -> list[Figure]:
    """Integrated gradients of one network and of eight against captum's, 50 places on a line."""
    from captum.attr import IntegratedGradients  # type: ignore[import-not-found]

    def build() -> nn.Module:
        return nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(),
                             nn.Linear(64, 10))  # fmt: skip

    task = digits(0)
    x, y = torch.from_numpy(task.x[:256]), torch.from_numpy(task.y[:256])
    found, far = [], 0.0
    for n_nets in (1, 8):
        stack = stack_from_seeds(build, range(n_nets))
        theirs = [IntegratedGradients(stack.module(net)) for net in range(n_nets)]

        def alone(asked: list = theirs) -> list[torch.Tensor]:
            return [one.attribute(x, target=y, n_steps=50) for one in asked]

        def together(stack: Stack = stack) -> torch.Tensor:
            return integrated_gradients(stack, x, y)

        # In float64: at float32 rounding decides on which side of a kink a place lies.
        exact = stack_from_seeds(lambda: build().double(), range(n_nets))
        for net, ours in enumerate(integrated_gradients(exact, x.double(), y)):
            said = IntegratedGradients(exact.module(net)).attribute(x.double(), target=y)
            far = max(far, float((said - ours).abs().max()))
        found.append(Figure(f"integrated gradients, {n_nets} networks: captum over ours", "x CPU",
                            in_turn(alone, together, repeats), at_least=1.0))  # fmt: skip
    return [*found, Figure("integrated gradients: largest difference", "", far, at_most=1e-5)]


def rows(*, full: bool) -> Iterator[list[Figure]]:
    """Every row, one after the other."""
    repeats = 5 if full else 3
    yield stacked_training(16, 200 if full else 60, repeats)
    yield dictionary_steps(8, 32, Code(64, 4), 100 if full else 30, repeats)
    if full:
        yield dictionary_steps(2, 384, Code(4_096, 32), 5, 1)
    yield curvature(16, repeats)
    yield knowing(4_000, repeats)
    yield steering(repeats)
    if importlib.util.find_spec("sae_lens"):
        yield against_saelens(32, Code(64, 4), 30, repeats)
        if full:
            yield against_saelens(384, Code(4_096, 32), 4, 3)
    else:
        print("SAELens is not installed: its training steps are left out (pip install sae-lens)")
    if importlib.util.find_spec("captum"):
        yield attributions(repeats)
    else:
        print("captum is not installed: integrated gradients are left out (pip install captum)")


def main() -> int:
    """Print the table, and JSON with every figure last."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--full", action="store_true", help="larger sizes, more repeats")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    figures: list[Figure] = []
    started_at = time.monotonic()
    with threadpool_limits(1):
        for found in rows(full=asked.full):
            figures += found
            for one in found:
                print(one, flush=True)
    print(f"{time.monotonic() - started_at:.0f} s")
    print(as_json(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
