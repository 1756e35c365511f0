"""Known answers of normalisations."""

from __future__ import annotations

from typing import Any

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Torch's own where it has one; the published formula, number by number, where it has none."""
    formula = "the formula of arXiv 2004.02967, number by number in numpy"
    return (
        KnownAnswer("batch normalisation less torch's, learning and after it, largest miss",
                    "torch.nn.BatchNorm2d", 0.0, 1e-12, batch_miss),
        KnownAnswer("group normalisation less torch's, largest miss", "torch.nn.GroupNorm", 0.0,
                    1e-12, group_miss),
        KnownAnswer("EvoNorm-S0 less its formula, largest miss", formula, 0.0, 1e-12,
                    lambda: evonorm_miss("EvoNorm-S0")),
        KnownAnswer("EvoNorm-B0 less its formula, largest miss", formula, 0.0, 1e-12,
                    lambda: evonorm_miss("EvoNorm-B0")),
        KnownAnswer("EvoNorm-S0 of a batch less that of its pictures one by one",
                    "by construction: equal", 0.0, 0.0, alone_miss),
    )  # fmt: skip


def _made(kind: Any, size: int) -> tuple[Any, Any]:
    """A normalisation of eight channels with drawn gains, shifts and slopes, and a batch of 6."""
    import torch

    from engines.diagrams.normalising.networks import Normalised

    draw = torch.Generator().manual_seed(0)
    made = Normalised(kind, 8, size).double()
    with torch.no_grad():
        for value in made.parameters():
            value.copy_(torch.randn(value.shape, generator=draw, dtype=torch.float64))
    return made, torch.randn(6, 8, 5, 4, generator=draw, dtype=torch.float64) + 0.3


def batch_miss() -> float:
    """Twice learning, then asked: what is remembered too."""
    import torch

    made, x = _made("BatchNorm, ReLU", 6)
    theirs = torch.nn.BatchNorm2d(8, eps=1e-5, momentum=0.1).double()
    with torch.no_grad():
        theirs.weight.copy_(made.gain.flatten())
        theirs.bias.copy_(made.shift.flatten())
        off = [(made(x) - theirs(x).relu()).abs().max() for _ in range(2)]
        off.append((made.eval()(x) - theirs.eval()(x).relu()).abs().max())
    return float(max(off))


def group_miss() -> float:
    """Two groups of four channels."""
    import torch

    made, x = _made("GroupNorm, ReLU", 6)
    with torch.no_grad():
        theirs = torch.nn.functional.group_norm(x, 2, made.gain.flatten(), made.shift.flatten())
        return float((made(x) - theirs.relu()).abs().max())


def evonorm_miss(kind: str) -> float:
    """Every output number by itself; batch statistics over parts of two pictures."""
    import numpy as np

    made, x = _made(kind, 2)
    ours, x = made(x).detach().numpy(), x.numpy()
    gain, shift, slope = (
        getattr(made, name).detach().numpy().ravel() for name in ("gain", "shift", "slope")
    )
    off = 0.0
    for b, c, *at in np.ndindex(x.shape):
        value, group = x[b, c, at[0], at[1]], slice(c // 4 * 4, c // 4 * 4 + 4)
        if kind == "EvoNorm-S0":
            gate = 1.0 / (1.0 + np.exp(-slope[c] * value))
            said = value * gate / np.sqrt(x[b, group].var() + 1e-5)
        else:
            part = x[b // 2 * 2 : b // 2 * 2 + 2, c]
            own = slope[c] * value + np.sqrt(x[b, c].var() + 1e-5)
            said = value / max(np.sqrt(part.var() + 1e-5), own)
        off = max(off, abs(said * gain[c] + shift[c] - ours[b, c, at[0], at[1]]))
    return float(off)


def alone_miss() -> float:
    """A picture's numbers do not depend on its neighbours."""
    import torch

    made, x = _made("EvoNorm-S0", 2)
    with torch.no_grad():
        return float((made(x) - torch.cat([made(one[None]) for one in x])).abs().max())
