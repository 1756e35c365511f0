"""Known answers of squares: one network on both ways, a bound, and other people's sums."""

from __future__ import annotations

from typing import Any

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """The identity, the bound on classes, total variation, deals and means by others."""
    return (
        KnownAnswer("degree less 1 with one network on both ways, largest miss",
                    "a square of identities commutes", 0.0, 1e-12, identity_miss),
        KnownAnswer("squares of 3,000 whose classes differ on more pictures than both ways err "
                    "on, or on fewer than one errs more",
                    "by counting: with two classes exactly one errs where they differ", 0.0, 0.0,
                    bounds_broken),
        KnownAnswer("degree less that by the largest difference over all events, largest miss",
                    "total variation by its definition, event by event", 0.0, 1e-12, event_miss),
        KnownAnswer("mean degree of dealt answers less that over every deal of six, largest miss",
                    "all 720 permutations", 0.0, 1e-12, deal_miss),
        KnownAnswer("means of four pixels less torch's, largest miss",
                    "torch.nn.functional.avg_pool2d", 0.0, 1e-6, pooling_miss),
    )  # fmt: skip


def _chances(rng: Any, *shape: int) -> Any:
    from engines.diagrams.commuting.degrees import softmax

    return softmax(2.0 * rng.standard_normal(shape))


def identity_miss() -> float:
    """Three networks of two layers, with noise of 0."""
    import numpy as np
    import torch

    from engines.diagrams.commuting.degrees import degree, parity
    from engines.diagrams.commuting.running import noisy, perceptron, said
    from engines.lab.training import stack_from_seeds

    rng = np.random.default_rng(0)
    stack = stack_from_seeds(lambda: perceptron(64, (16,), 10), range(3))
    x = torch.from_numpy(rng.random((50, 64), np.float32))
    ways = [parity(said(one, x)) for one in (stack, noisy(stack, 0.0, rng))]
    return float(np.abs(degree(*ways) - 1.0).max())


def bounds_broken() -> float:
    """Forty pictures each, from both always right to both as drawn."""
    import numpy as np

    from engines.diagrams.commuting.degrees import broken, differing

    rng = np.random.default_rng(0)
    one, other = _chances(rng, 3_000, 40, 2), _chances(rng, 3_000, 40, 2)
    truth = np.where(rng.random((3_000, 40)) < rng.random((3_000, 1)), one.argmax(-1),
                     rng.integers(0, 2, (3_000, 40)))  # fmt: skip
    wrong = [(way.argmax(-1) != truth).mean(-1) for way in (one, other)]
    return float(broken(differing(one, other), *wrong))


def event_miss() -> float:
    """Of four classes, so that there are sixteen events."""
    import itertools

    import numpy as np

    from engines.diagrams.commuting.degrees import degree

    rng = np.random.default_rng(0)
    one, other = _chances(rng, 30, 4), _chances(rng, 30, 4)
    events = np.array(list(itertools.product((0.0, 1.0), repeat=4)))
    apart = np.abs((one - other) @ events.T).max(-1)
    return float(np.abs(degree(one, other) - (1.0 - apart)).max())


def deal_miss() -> float:
    """Of five squares."""
    import itertools

    import numpy as np

    from engines.diagrams.commuting.degrees import dealt, degree

    rng = np.random.default_rng(0)
    one, other = _chances(rng, 5, 6, 2), _chances(rng, 5, 6, 2)
    every = [degree(one, other[:, list(deal)]).mean(-1)
             for deal in itertools.permutations(range(6))]  # fmt: skip
    return float(np.abs(dealt(one, other) - np.mean(every, 0)).max())


def pooling_miss() -> float:
    """Of seven pictures."""
    import numpy as np
    import torch
    from torch.nn import functional as fn

    from engines.diagrams.commuting.degrees import coarse

    x = np.random.default_rng(0).random((7, 64))
    theirs = fn.avg_pool2d(torch.from_numpy(x).view(7, 1, 8, 8), 2).flatten(1).numpy()
    return float(np.abs(coarse(x) - theirs).max())
