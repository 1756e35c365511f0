"""Known answers of searches through nested networks."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Areas by counting cells, errors and costs of networks that are cut out."""
    return (
        KnownAnswer("area under 200 sets of points, largest difference",
                    "by counting: cells between all coordinates that some point leaves behind", 0.0,
                    1e-12, area_miss),
        KnownAnswer("outputs of nested networks less those of the same cut out, largest",
                    "torch.nn.Linear and ReLU with slices of the weights", 0.0, 1e-12, cut_miss),
        KnownAnswer("share wrong of all 343 at once less one by one, largest",
                    "the network itself, asked with every choice of widths", 0.0, 0.0, table_miss),
        KnownAnswer("FLOP of 64-4-8-64-10 from the diagram",
                    "by hand: two for every product of a weight",
                    2 * (64 * 4 + 4 * 8 + 8 * 64 + 64 * 10), 0.0, cost),
        KnownAnswer("searches that look at a network twice or leave one out",
                    "by definition: none", 0.0, 0.0, repeated),
    )  # fmt: skip


def area_miss() -> float:
    """One to twelve points, some of them equal in a coordinate."""
    from engines.diagrams.guided.area import area

    rng, off = np.random.default_rng(0), 0.0
    for _ in range(200):
        points = rng.integers(0, 9, (rng.integers(1, 13), 2)) / 8.0
        edges = [np.unique(np.r_[0.0, points[:, k], 1.0]) for k in (0, 1)]
        total = 0.0
        for (a, b), (c, d) in itertools.product(*(itertools.pairwise(e.tolist()) for e in edges)):
            behind = ((points[:, 0] <= a) & (points[:, 1] <= c)).any()
            total += (b - a) * (d - c) * behind
        off = max(off, abs(area(points) - total))
    return off


def _made() -> tuple[Any, Any]:
    import torch

    from engines.diagrams.guided.networks import Nested

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Nested(16, 5).double(), torch.randn(40, 16, dtype=torch.float64)


def _asked(made: Any, x: Any, widths: tuple[int, ...]) -> Any:
    import torch

    told = torch.tensor(widths, dtype=x.dtype).expand(len(x), -1)
    with torch.no_grad():
        return made(torch.cat([x, told], -1))


def cut_miss() -> float:
    """A few choices."""
    import torch

    from engines.diagrams.guided.running import cut_out

    made, x = _made()
    off = 0.0
    for widths in ((4, 4, 4), (8, 64, 12), (64, 64, 64), (32, 4, 24)):
        with torch.no_grad():
            cut = cut_out(made, list(widths)).double()(x)
        off = max(off, float((_asked(made, x, widths) - cut).abs().max()))
    return off


def table_miss() -> float:
    """Of one network with weights as drawn."""
    import torch

    from engines.diagrams.guided.asked import CHOICES, WIDTHS
    from engines.diagrams.guided.networks import every_error

    made, x = _made()
    y = torch.arange(len(x)) % 5
    ours = every_error(dict(made.named_parameters()), x, y)
    theirs = [
        float((_asked(made, x, tuple(WIDTHS[k] for k in choice)).argmax(-1) != y).double().mean())
        for choice in CHOICES
    ]
    return float(np.abs(ours - np.array(theirs)).max())


def cost() -> float:
    """Of the narrowest first, the second and the widest third layer."""
    from engines.diagrams.guided.asked import CHOICES
    from engines.diagrams.guided.networks import every_cost

    return float(every_cost(64, 10)[CHOICES.index((0, 1, 6))])


def repeated() -> float:
    """All ways, five networks of errors as drawn."""
    from engines.diagrams.guided.asked import CHOICES, WAYS
    from engines.diagrams.guided.search import order_of

    rng, n, found = np.random.default_rng(0), len(CHOICES), 0
    for net, way in itertools.product(range(5), WAYS):
        order = order_of(way, rng.random(n), rng.random(n), 0, net)
        found += not np.array_equal(np.sort(order), np.arange(n))
    return float(found)
