"""Known answers of what is kept in few bits."""

from __future__ import annotations

from typing import Any

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Codes, cuts by trying all, slopes by torch, bytes by hand."""
    return (
        KnownAnswer("codes of 1, 2, 4 and 8 bits unpacked less those packed, largest", "definition",
                    0.0, 0.0, code_miss),
        KnownAnswer("squared error of the best cuts less the least of all cuts, 12 places, largest",
                    "trying all of them", 0.0, 1e-12, cut_miss),
        KnownAnswer("slopes of ReLU networks from one bit a unit less torch's, where inputs are "
                    "coded without loss, largest", "torch.autograd", 0.0, 2e-6, slope_miss),
        KnownAnswer("bytes for an example: 64 inputs, three layers of 64 ReLU, 32 bits",
                    "by hand: 4 x 64 x 4", 1024.0, 0.0, lambda: bytes_of("ReLU", "32 bits")),
        KnownAnswer("the same in 4 bits and one for the slope", "by hand: 4 x (32 + 8) + 3 x 8",
                    184.0, 0.0, lambda: bytes_of("ReLU", "few bits and classes of slopes")),
        KnownAnswer("the same with GELU in 32 bits", "by hand: 7 x 64 x 4", 1792.0, 0.0,
                    lambda: bytes_of("GELU", "32 bits")),
        KnownAnswer("the same in 4 bits and 4 for the slope, the first time that a process asks",
                    "by hand: 4 x (32 + 8) + 3 x 32", 256.0, 0.0, first_bytes),
    )  # fmt: skip


def _made(n_nets: int = 2) -> Any:
    from engines.diagrams.saving.asked import SavingSpec
    from engines.diagrams.saving.running import Comparison

    return Comparison(SavingSpec(n_steps=10, n_nets=n_nets))


def code_miss() -> float:
    """Rows of 13, which fill no whole number of bytes."""
    import torch

    from engines.diagrams.saving.packing import packed, unpacked

    draw, off = torch.Generator().manual_seed(0), 0.0
    for bits in (1, 2, 4, 8):
        codes = torch.randint(0, 2**bits, (5, 13), generator=draw).to(torch.uint8)
        off = max(off, float((unpacked(packed(codes, bits), bits, 13) != codes).sum()))
    return off


def cut_miss() -> float:
    """Of five rows cut into two, three and four."""
    from itertools import combinations

    import numpy as np

    from engines.diagrams.saving.classes import best_cuts

    rng, off = np.random.default_rng(0), 0.0
    for n in (2, 3, 4) * 5:
        values, weights = rng.standard_normal(12), rng.random(12) + 0.1
        errors = []
        for cuts in combinations(range(1, 12), n - 1):
            pieces = np.split(np.arange(12), cuts)
            errors.append(sum((weights[p] * (values[p] - np.average(values[p], weights=weights[p]))
                               ** 2).sum() for p in pieces))  # fmt: skip
        off = max(off, abs(best_cuts(values, weights, n)[1] - min(errors)))
    return float(off)


def slope_miss() -> float:
    """Layer inputs of two numbers each are coded by any scale without loss: two units a layer."""
    import torch

    from engines.diagrams.saving.asked import CLASSES, FULL
    from engines.diagrams.saving.running import Networks, first_weights

    group = Networks(CLASSES, "ReLU", 4, first_weights((2, 2, 2, 3), range(40)), 0.1)
    for one in group.weights:
        one.requires_grad_()
    draw = torch.Generator().manual_seed(1)
    x = torch.randn(40, 9, 2, generator=draw)
    y = torch.randint(0, 3, (40, 9), generator=draw)
    return float((group.gradient(x, y, CLASSES) - group.gradient(x, y, FULL)).abs().max())


def first_bytes() -> float:
    """GELU with classes, of which none are known yet."""
    from engines.diagrams.saving.classes import classes

    classes.cache_clear()
    return bytes_of("GELU", "few bits and classes of slopes")


def bytes_of(name: str, arm: str) -> float:
    """For an example of digits."""
    made = _made()
    groups = [(group.name, group.arm) for group in made.groups]
    return float(made.kept[groups.index((name, arm))])
