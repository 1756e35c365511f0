"""Known answers of chosen filters."""

from __future__ import annotations

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Torch's convolutions, bills by hand, counts."""
    return (
        KnownAnswer("what networks say with all filters less torch's convolutions, largest",
                    "torch.nn.functional.conv2d", 0.0, 1e-5, convolution_miss),
        KnownAnswer("FLOPs of a picture, 8, 16 and 16 filters", "by hand: 2 (16 x 9 x 8 "
                    "+ 9 x 32 x 16 + 4 x 64 x 16 + 64 x 10)", 20_992.0, 0.0,
                    lambda: _flops("all filters", "half")),
        KnownAnswer("the same with half of the second and third, predicted", "by hand: 2 (16 x 9 "
                    "x 8 + 8 x 16 + 9 x 32 x 8 + 8 x 16 + 4 x 32 x 8 + 32 x 10)", 10_112.0, 0.0,
                    lambda: _flops("predicted for each picture", "half")),
        KnownAnswer("filters computed less those asked for, and of those left out by hand, most of "
                    "any picture", "definition", 0.0, 0.0, count_miss),
        KnownAnswer("slopes of filters by what heads miss, largest", "definition: heads pass "
                    "nothing on", 0.0, 0.0, slope_passed),
    )  # fmt: skip


def _flops(arm: str, level: str) -> float:
    from engines.diagrams.filters.costing import flops

    return float(flops(arm, level, (8, 16, 16)))


def convolution_miss() -> float:
    """Of three networks and five pictures."""
    import torch
    from torch.nn.functional import conv2d

    from engines.diagrams.filters.asked import FiltersSpec
    from engines.diagrams.filters.networks import computed, first_windows
    from engines.diagrams.filters.running import Comparison

    made = Comparison(FiltersSpec(n_nets=3))
    x = torch.randn(5, 8, 8, generator=torch.Generator().manual_seed(0))
    ours = computed(made.own, first_windows(x).expand(3, 5, 4, 4, 9), made.choice).said
    off = 0.0
    for net in range(3):
        out = x[:, None]
        for side, stride, (w, b) in zip((3, 2, 2), (2, 1, 1), made.own.filters, strict=True):
            kernel = w[net].unflatten(0, (side, side, -1)).permute(3, 2, 0, 1)
            out = conv2d(out, kernel, b[net, 0], stride, padding=side // 3).relu()
        said = out.movedim(1, -1).flatten(1) @ made.own.last[0][net] + made.own.last[1][net]
        off = max(off, float((said - ours[net]).detach().abs().max()))
    return off


def count_miss() -> float:
    """Of untrained networks that part ways at once."""
    from engines.diagrams.filters.asked import FiltersSpec
    from engines.diagrams.filters.running import Comparison

    made = Comparison(FiltersSpec(n_nets=2))
    made.part_ways()
    plain, broken = made.exam(())[2], made.exam((3, 5))[2]
    asked = made.choice.kept[-1][:, None]
    n_off = (plain.sum(-1) - asked).abs().max()
    at_most = asked.clamp_max(plain.shape[-1] - 2)
    return float(n_off + (broken.sum(-1) - at_most).abs().max() + broken[..., [2, 4]].sum())


def slope_passed() -> float:
    """Of networks in all arms."""
    import torch

    from engines.diagrams.filters.asked import FiltersSpec
    from engines.diagrams.filters.networks import computed
    from engines.diagrams.filters.running import Comparison

    made = Comparison(FiltersSpec(n_nets=2))
    made.part_ways()
    x, _ = made.batches.batch(0)
    missed = computed(made.own, x.repeat(made.n_blocks, 1, 1, 1, 1), made.choice).missed
    weights = [w for pair in (*made.own.filters, made.own.last) for w in pair]
    found = torch.autograd.grad(missed, weights, allow_unused=True)
    return max(float(one.abs().max()) if one is not None else 0.0 for one in found)
