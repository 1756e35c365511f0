"""Known answers of searches for kernel sizes."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Answers against torch's own convolution, weights that are shared, losses apart."""
    return (
        KnownAnswer("answers by shifts, largest difference",
                    "torch.nn.functional.conv1d around the circle, a group for every channel", 0.0,
                    1e-12, convolution_miss),
        KnownAnswer("taps stored by entangled kernels, over the largest network's",
                    "closed form: small kernels are the middle of the largest", 1.0, 0.0, stored),
        KnownAnswer("weighed sum of kernels applied once, less the weighed sum of answers",
                    "closed form: a correlation is linear in its kernel", 0.0, 1e-12, sum_miss),
        KnownAnswer("slope of the loss of one half by what learns from the other, largest",
                    "closed form: 0", 0.0, 0.0, leak),
    )  # fmt: skip


def _drawn(*shape: int) -> Any:
    import torch

    draw = torch.Generator().manual_seed(0)
    return torch.randn(*shape, generator=draw, dtype=torch.float64)


def convolution_miss() -> float:
    """Kernels of all seven taps."""
    import torch

    from engines.diagrams.tangling.asked import LENGTH, N_CHANNELS, WIDEST
    from engines.diagrams.tangling.networks import answers_of

    x, kernels = _drawn(5, N_CHANNELS, LENGTH), _drawn(N_CHANNELS, WIDEST)
    mix = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    around = torch.nn.functional.pad(x, (WIDEST // 2,) * 2, mode="circular")
    sums = torch.nn.functional.conv1d(around, kernels[:, None], groups=N_CHANNELS)
    theirs = (torch.tanh(sums) * mix[:, None]).sum(1)
    return float((answers_of(x, kernels, mix) - theirs).abs().max())


def stored() -> float:
    """A ratio."""
    from engines.diagrams.tangling.asked import N_CHANNELS, WIDEST
    from engines.diagrams.tangling.networks import Searching

    return Searching(tangled=True).taps.numel() / (N_CHANNELS * WIDEST)


def sum_miss() -> float:
    """Size by size, by numpy's correlation."""
    import torch

    from engines.diagrams.tangling.asked import N_CHANNELS, SIZES, WIDEST
    from engines.diagrams.tangling.networks import Searching

    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        made = Searching(tangled=True).double()
        made.lean.normal_()
        share = made.lean.softmax(-1).numpy()
        ours, taps = made.kernels(made.taps, made.lean).numpy(), made.taps.numpy()
    signal, off = _drawn(40).numpy(), 0.0
    for c in range(N_CHANNELS):
        whole = np.zeros(40 - WIDEST + 1)
        for k, size in enumerate(SIZES):
            cut = (WIDEST - size) // 2
            small = np.pad(taps[c, cut : WIDEST - cut], cut)
            whole += share[c, k] * np.correlate(signal, small, "valid")
        off = max(off, float(np.abs(np.correlate(signal, ours[c], "valid") - whole).max()))
    return off


def leak() -> float:
    """Answers of the half for sizes are changed; slopes of weights must not, and the other way."""
    import torch

    from engines.diagrams.tangling.asked import LENGTH, N_CHANNELS
    from engines.diagrams.tangling.networks import Searching

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = Searching(tangled=True).double()
    x, found = _drawn(4, 2, N_CHANNELS + 1, LENGTH), []
    for half in (None, 1, 0):
        given = x.clone()
        if half is not None:
            given[:, half, -1] += 1.0
        learns = [made.taps, made.mix, made.lean]
        found.append(torch.autograd.grad(made(given), learns))
    before, other_sizes, other_weights = found
    weights = [(a - b).abs().max() for a, b in zip(before[:2], other_sizes[:2], strict=True)]
    return float(torch.stack([*weights, (before[2] - other_weights[2]).abs().max()]).max())
