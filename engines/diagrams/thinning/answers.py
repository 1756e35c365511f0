"""Known answers of losing units."""

from __future__ import annotations

from typing import Any

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Exact counts, torch's slopes, and a network cut to what is left."""
    return (
        KnownAnswer("units left less units asked for, largest over all arms", "definition", 0.0,
                    0.0, count_miss),
        KnownAnswer("slopes of a block less torch's own, network by network", "torch.autograd",
                    0.0, 1e-6, slope_miss),
        KnownAnswer("what is left of a unit after a period of forgetting", "by hand: a straight "
                    "line to 0", 0.0, 0.0, left),
    )  # fmt: skip


def count_miss() -> float:
    """After a short run."""
    import numpy as np

    from engines.diagrams.thinning.asked import KEPT, ThinningSpec
    from engines.diagrams.thinning.running import Comparison, _steps

    made = Comparison(ThinningSpec(n_before=10, n_during=10, n_after=10, n_nets=2))
    for _ in _steps(made):
        pass
    return float(np.abs(made.n_left() - np.array(KEPT)[:, None]).max())


def slope_miss() -> float:
    """The second block's second network."""
    import torch
    from torch.nn.functional import cross_entropy

    from engines.diagrams.thinning.asked import ThinningSpec
    from engines.diagrams.thinning.running import Comparison

    made = Comparison(ThinningSpec(n_nets=2))
    ours = made.slopes(1, made.rows(1))[1]
    module: Any = made.training.stack.module(3)
    x, y = made.some
    cross_entropy(module(x), y).backward()
    first = module[0]
    theirs = torch.cat([first.weight.grad, first.bias.grad[:, None]], -1)
    return float((ours - theirs).abs().max())


def left() -> float:
    """Of seven steps."""
    from engines.diagrams.thinning.saliency import forgetting

    rest = 1.0
    for k in range(7, 0, -1):
        rest *= forgetting(k)
    return rest
