"""Known answers of learners: slopes by autograd, steps by torch's own optimiser."""

from __future__ import annotations

from typing import Any

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Slopes, a rate that cannot change, swaps."""
    return (
        KnownAnswer("slopes of learners less autograd's, largest miss",
                    "torch.nn.functional.cross_entropy, elu and torch.autograd", 0.0, 1e-12,
                    slope_miss),
        KnownAnswer("weights of a learner after 30 batches less those by torch.optim.SGD, largest "
                    "miss", "torch.optim.SGD", 0.0, 1e-4, sgd_miss),
        KnownAnswer("share right by need less that of the same rate that stays, if what is taken "
                    "has no effect", "by construction: 0", 0.0, 0.0, no_effect),
        KnownAnswer("labels that are not a permutation of the ten, or not two changed at a swap",
                    "counted", 0.0, 0.0, odd_swaps),
    )  # fmt: skip


def _small() -> tuple[Any, Any, Any]:
    import torch

    draw = torch.Generator().manual_seed(0)

    def normal(*shape: int) -> Any:
        return torch.randn(*shape, generator=draw, dtype=torch.float64)

    layers = [(normal(3, 6, 5), normal(3, 6)), (normal(3, 4, 6), normal(3, 4))]
    return layers, normal(3, 7, 5), torch.randint(0, 4, (3, 7), generator=draw)


def slope_miss() -> float:
    """Of three learners."""
    import torch
    from torch.nn import functional as fn

    from engines.sorting.needs.learners import seen, slopes

    layers, x, label = _small()
    leaves = [value.clone().requires_grad_() for pair in layers for value in pair]
    hidden = fn.elu(x @ leaves[0].mT + leaves[1][:, None])
    logits = hidden @ leaves[2].mT + leaves[3][:, None]
    losses = fn.cross_entropy(logits.mT, label, reduction="none").mean(-1).sum()
    theirs = torch.autograd.grad(losses, leaves)
    ours = [value for pair in slopes(layers, seen(layers, x), label) for value in pair]
    return max(float((a - b).abs().max()) for a, b in zip(ours, theirs, strict=True))


def _after(n_batches: int, **fields: float) -> tuple[Any, Any, Any]:
    """Learners after some batches, their first layers, and what each batch answered."""
    from engines.sorting.needs.asked import NeedsSpec
    from engines.sorting.needs.running import Learners

    made = Learners(NeedsSpec(n_batches=max(n_batches, 40), n_nets=3), **fields)
    first = [tuple(value.clone() for value in pair) for pair in made.layers]
    return made, first, [made.learn(batch) for batch in range(n_batches)]


def sgd_miss() -> float:
    """Of the last network with the largest rate but one that stays, most swaps."""
    import torch
    from torch import nn

    from engines.sorting.needs.asked import RATES
    from engines.sorting.needs.running import Learners

    made, first, _ = _after(30)
    # With the largest of all, outputs are so large that rounding decides.
    at = -1 - made.n_each
    again = Learners(made.spec)
    net = [nn.Linear(*pair[0][at].shape[::-1]) for pair in first]
    with torch.no_grad():
        for layer, (weight, bias) in zip(net, first, strict=True):
            layer.weight.copy_(weight[at])
            layer.bias.copy_(bias[at])
    optimiser = torch.optim.SGD([v for layer in net for v in layer.parameters()], RATES[-2])
    for batch in range(30):
        x, label = (v[-1] for v in again.drawn(batch))
        for k, layer in enumerate(net):
            x = layer(x if k == 0 else nn.functional.elu(x))
        optimiser.zero_grad()
        nn.functional.cross_entropy(x, label).backward()
        optimiser.step()
    return max(
        float((pair[0][at] - layer.weight.detach()).abs().max())
        for pair, layer in zip(made.layers, net, strict=True)
    )


def no_effect() -> float:
    """Share right by batch, of whoever starts at a rate that also stays."""
    import torch

    from engines.sorting.needs.asked import ARMS, CHANGING, RATES

    _, _, seen = _after(40, step=0.0)
    found = torch.stack(seen).unflatten(1, (len(ARMS), -1))
    by_kind = found.unflatten(1, (len(CHANGING) + 1, len(RATES)))
    return float((by_kind[:, :-1] - by_kind[:, -1:]).abs().max())


def odd_swaps() -> float:
    """Among 200 batches."""
    import numpy as np

    from engines.sorting.needs.asked import INTERVALS, NeedsSpec
    from engines.sorting.needs.world import swaps

    label = np.stack(list(swaps(NeedsSpec(n_batches=201, n_nets=3))))
    odd = int((np.sort(label, -1) != np.arange(10)).any(-1).sum())
    changed = (np.diff(label, axis=0) != 0).sum(-1)
    for k, interval in enumerate(INTERVALS):
        due = np.arange(1, 201) % interval == 0 if interval else np.zeros(200, bool)
        odd += int((changed[:, k] != np.where(due, 2, 0)[:, None]).sum())
    return float(odd)
