"""Networks learn to add, and every basis gives up edges until the sums go wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor, nn

from engines.geometry.interaction.adders import (
    Adder,
    Wired,
    accuracy_with,
    strongest,
    sums,
    wirings,
)
from engines.geometry.interaction.found import KEPT, Found, dominant, fewest, looks
from engines.geometry.interaction.result import InteractionFrame, InteractionRun
from engines.geometry.interaction.spec import BASES, InteractionSpec
from engines.lab.training import (
    Rule,
    Stack,
    Training,
    arrays,
    evenly_spaced,
    one_thread,
    run,
    stack_from_seeds,
)

_RATE = 0.01


def frames_of(spec: InteractionSpec) -> Iterator[InteractionFrame | InteractionRun]:
    """Frames on the way, and the run last."""
    x, y = sums(spec.p)
    first = spec.seed % 2**31
    stack = stack_from_seeds(lambda: network(spec), range(first, first + spec.n_seeds))
    rule = Rule(optimiser="AdamW", learning_rate=_RATE, weight_decay=spec.weight_decay)
    training = Training(stack, arrays(x, y, size=len(x), seed=0), rule=rule, exact=False)
    for pause in run(training, evenly_spaced(spec.n_steps, 2)):
        yield InteractionFrame("networks learn to add", fraction=0.5 * pause.fraction)
    every, wanted = torch.from_numpy(x).double(), torch.from_numpy(y)
    n_edges = looks(spec)
    accuracy = np.empty((len(BASES), len(n_edges), spec.n_seeds))
    whole = np.empty(spec.n_seeds)
    least, pure = np.empty((2, len(BASES), spec.n_seeds))
    n_features, strengths = np.empty((len(BASES), 2, spec.n_seeds), np.int64), []
    for net in range(spec.n_seeds):
        adder = adder_of(stack, net)
        with one_thread():
            whole[net] = right(adder, every, wanted)
            wired = wirings(adder, every, first + net)
        for basis, one in enumerate(wired):
            pure[basis, net] = dominant(spectra(adder, one)).mean()
            n_features[basis, :, net] = one.source.n, one.target.n
            if net == 0:
                strengths.append(one.edges.numpy())
            judge = _judge(adder, one, every, wanted, float(whole[net]))
            for look, n in enumerate(n_edges):
                accuracy[basis, look, net] = judge(int(n))
                done = (net + (basis + (look + 1) / len(n_edges)) / len(BASES)) / spec.n_seeds
                yield InteractionFrame("edges are given up", fraction=0.5 + 0.5 * done)
            least[basis, net] = fewest(n_edges, accuracy[basis, :, net], KEPT * whole[net], judge)
    yield InteractionRun(
        Found(spec, n_edges, accuracy, least, whole, pure, n_features, tuple(strengths))
    )


def _judge(
    adder: Adder, wired: Wired, x: Tensor, y: Tensor, whole: float
) -> Callable[[int], float]:
    """Accuracy with so many of the strongest edges."""

    def judged(n: int) -> float:
        if n >= wired.edges.numel():
            return whole
        with one_thread():
            return accuracy_with(adder, wired, strongest(wired.edges, n), x, y)

    return judged


def network(spec: InteractionSpec) -> nn.Module:
    """Embeddings of both summands are added before the hidden layer."""
    return nn.Sequential(
        nn.Linear(spec.p, spec.n_embedded, bias=False), nn.Linear(spec.n_embedded, spec.width),
        nn.ReLU(), nn.Linear(spec.width, spec.p),
    )  # fmt: skip


def adder_of(stack: Stack, net: int) -> Adder:
    """One network's weights in float64."""
    one = {name: value.detach().double() for name, value in stack.one(net).items()}
    return Adder(one["0.weight"], one["1.weight"], one["1.bias"], one["3.weight"], one["3.bias"])


def right(adder: Adder, x: Tensor, y: Tensor) -> float:
    """Share of sums that are right with everything."""
    said = adder.logits(adder.hidden(adder.embedded(x))).argmax(-1)
    return float((said == y).double().mean())


def spectra(adder: Adder, wired: Wired) -> np.ndarray:
    """float64[feature, frequency 1 ...]: power of embedding features over the numbers 0 to p."""
    by_number = (adder.embed.T @ wired.source.into).numpy()
    return (np.abs(np.fft.rfft(by_number, axis=0)[1:]) ** 2).T
