"""Known answers of networks that pass on changes."""

from __future__ import annotations

from typing import Any

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Without a threshold nothing is lost; with one, no more than it; a still picture is free."""
    return (
        KnownAnswer("places from changes less those of the plain perceptron, no threshold",
                    "torch.nn.Linear and ReLU, picture by picture; changes sum to what they are of",
                    0.0, 1e-12, plain_miss),
        KnownAnswer("how far what is held can be from what is there, less the threshold 0.3",
                    "closed form: a change that is not passed on is at most the threshold", 0.0,
                    0.0, beyond),
        KnownAnswer("share of products made for a still video of 10 pictures",
                    "by hand: all that are not 0, in the first picture alone", 0.0, 1e-12,
                    still_miss),
    )  # fmt: skip


def _made(start: float) -> tuple[Any, Any]:
    import torch

    from engines.diagrams.changes.asked import N_MOMENTS, N_PIXELS
    from engines.diagrams.changes.networks import Changing

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = Changing(0.0, start, learns=False).double().eval()
        return made, torch.randn(5, N_MOMENTS, N_PIXELS, dtype=torch.float64)


def _plain(made: Any, x: Any) -> Any:
    import torch

    return made.layers[2](torch.relu(made.layers[1](torch.relu(made.layers[0](x)))))


def plain_miss() -> float:
    """Every picture by itself."""
    import torch

    made, x = _made(0.0)
    with torch.no_grad():
        return float((made.seen(x)[0] - _plain(made, x)).abs().max())


def beyond(threshold: float = 0.3) -> float:
    """Largest distance of what is held from what is there, over it; 0 if none is."""
    import torch

    from engines.diagrams.changes.networks import gated

    draw = torch.Generator().manual_seed(0)
    held, off = torch.zeros(200, dtype=torch.float64), 0.0
    for _ in range(50):
        now = torch.randn(200, generator=draw, dtype=torch.float64)
        held = held + gated(now - held, torch.tensor(threshold, dtype=torch.float64))[0]
        off = max(off, float((now - held).abs().max()) - threshold)
    return max(0.0, off)


def still_miss() -> float:
    """Share of products for ten equal pictures less a tenth of that for one."""
    import torch

    made, x = _made(0.0)
    with torch.no_grad():
        ten, one = (made.seen(x[:, :1].expand(-1, n, -1))[1] for n in (10, 1))
    return float((ten - one / 10).abs())
