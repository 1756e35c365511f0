"""Known answers of pooling: torch's own where it has one, every set by itself where not."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Values, slopes, and the pools that orders contain."""
    return (
        KnownAnswer("slope of a filter less the set that wins, largest miss",
                    "torch.autograd against every set by itself in numpy", 0.0, 0.0, slope_miss),
        KnownAnswer("sum of a mean filter's slopes less 1, largest miss",
                    "closed form: a mean's weights", 0.0, 1e-12, sum_miss),
        KnownAnswer("means over sets without any order less max pooling, largest miss",
                    "torch.nn.functional.max_pool2d", 0.0, 0.0, largest_miss),
        KnownAnswer("sums over sets without any order less the sum of ReLUs, largest miss",
                    "closed form: every number above 0 is taken", 0.0, 1e-12, relu_miss),
        KnownAnswer("convolution from patches less torch's, largest miss",
                    "torch.nn.functional.conv2d", 0.0, 1e-5, convolution_miss),
    )  # fmt: skip


def _numbers() -> Any:
    import torch

    return torch.randn(200, 4, 16, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def _slopes(sets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers [input, 4, kind], and slopes of every filter by them."""
    import torch

    from engines.sorting.pooling.networks import best_of

    x = _numbers().requires_grad_()
    (slope,) = torch.autograd.grad(best_of(x, torch.from_numpy(sets)).sum(), x)
    return x.detach().numpy(), slope.numpy()


def slope_miss() -> float:
    """Of all kinds."""
    from engines.sorting.pooling.filters import order_sets

    sets = order_sets()
    x, slope = _slopes(sets)
    off = 0.0
    for at, kind in np.ndindex(len(x), len(sets)):
        wins = max(sets[kind], key=lambda one: sum(one * x[at, :, kind]))
        off = max(off, float(np.abs(slope[at, :, kind] - wins).max()))
    return off


def sum_miss() -> float:
    """Of all kinds."""
    from engines.sorting.pooling.filters import means_of, order_sets

    return float(np.abs(_slopes(means_of(order_sets()))[1].sum(1) - 1.0).max())


def _unordered() -> int:
    """The kind in which no point lies below another: all sixteen sets."""
    from engines.sorting.pooling.filters import order_sets

    return int((order_sets().sum(-1) > 0).sum(-1).argmax())


def largest_miss() -> float:
    """On pictures of 2 x 2."""
    import torch
    from torch.nn import functional as fn

    from engines.sorting.pooling.filters import means_of, order_sets
    from engines.sorting.pooling.networks import best_of

    x = _numbers()
    theirs = fn.max_pool2d(x.mT.reshape(200, 16, 2, 2), 2).flatten(1)
    ours = best_of(x, torch.from_numpy(means_of(order_sets())))
    k = _unordered()
    return float((ours - theirs)[:, k].abs().max())


def relu_miss() -> float:
    """Of the same kind."""
    import torch

    from engines.sorting.pooling.filters import order_sets
    from engines.sorting.pooling.networks import best_of

    x = _numbers()
    k = _unordered()
    ours = best_of(x, torch.from_numpy(order_sets()))[:, k]
    return float((ours - x[..., k].relu().sum(-1)).abs().max())


def convolution_miss() -> float:
    """Largest of every window, against max pooling of the convolution."""
    import torch
    from torch.nn import functional as fn

    from engines.sorting.pooling.asked import LARGEST
    from engines.sorting.pooling.networks import Pooling, patches

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made, pictures = Pooling(LARGEST, 10), torch.randn(5, 1, 8, 8)
    with torch.no_grad():
        ours = made.pooled(made.kernel(torch.from_numpy(patches(pictures.flatten(1).numpy()))))
        seen = fn.conv2d(pictures, made.kernel.weight.view(-1, 1, 3, 3), made.kernel.bias,
                         padding=1)  # fmt: skip
        theirs = fn.max_pool2d(seen, 2).relu().flatten(2).mT
        return float((ours - theirs).abs().max())
