"""Known answers of attention weights."""

from __future__ import annotations

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Softmax to a power, softplus at far scores, a copier that is set by hand."""
    return (
        KnownAnswer("softmax to the power 3 less torch's softmax of 3 times the scores",
                    "closed form: powers of exponentials", 0.0, 1e-12, power_miss),
        KnownAnswer("softplus weights of scores 0, 0 and log(e^2 - 1), sharpened by 2",
                    "closed form: log 2, log 2 and 2; squares over their sum, the last",
                    4.0 / (4.0 + 2.0 * 0.4804530139182014), 1e-12, softplus_weight),
        KnownAnswer("share right at 512 symbols of a head whose three matrices are 100 times one",
                    "by hand: it looks for what it holds", 1.0, 0.01, by_hand),
    )  # fmt: skip


def power_miss() -> float:
    """Re-weighting a softmax is a scale of its scores, which learning has anyway."""
    import torch

    from engines.diagrams.attending.asked import Weights
    from engines.diagrams.attending.networks import weights

    scores = torch.randn(7, 40, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    ours = weights(scores, Weights("softmax", False, True), 3)
    return float((ours - torch.softmax(3.0 * scores, -1)).abs().max())


def softplus_weight() -> float:
    """Softplus of 0 is log 2, of log(e^2 - 1) it is 2."""
    import math

    import torch

    from engines.diagrams.attending.asked import Weights
    from engines.diagrams.attending.networks import weights

    scores = torch.tensor([0.0, 0.0, math.log(math.e**2 - 1.0)], dtype=torch.float64)
    return float(weights(scores, Weights("softplus", False, True), 2)[-1])


def by_hand() -> float:
    """Queries, keys and values that are the symbols themselves."""
    import torch

    from engines.diagrams.attending.asked import ARMS, SOFTMAX
    from engines.diagrams.attending.networks import Copier, copies
    from engines.lab.data.task import rng_of

    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        head = Copier(ARMS[SOFTMAX], 2)
        for value in head.parameters():
            value.copy_(100.0 * torch.eye(len(value)))
        x, y = map(torch.from_numpy, copies(rng_of(0), 100, 512))
        return float((head(x).argmax(-1) == y.flatten()).double().mean())
