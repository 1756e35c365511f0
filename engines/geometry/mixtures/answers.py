"""Known answers of merging: copies in another order, and a mixture read twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.contract import KnownAnswer

if TYPE_CHECKING:
    import numpy as np


def mixture_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms, and torch."""
    written = "by construction: the mean of equal experts is each of them"
    return (
        KnownAnswer("largest change of a logit when copies in other orders are merged", written,
                    0.0, 1e-9, lambda: copies_merged(aligned=True)),
        KnownAnswer("logits in numpy less torch's, largest", "torch", 0.0, 1e-4, read_twice),
    )  # fmt: skip


def copies_merged(*, aligned: bool) -> float:
    """Eight copies of one expert, their units stirred, merged into one."""
    import numpy as np

    from engines.geometry.mixtures.merging import merged, read, stirred
    from engines.geometry.mixtures.mixture import EXPERT
    from engines.geometry.mixtures.spec import N_ACTIVE, N_EXPERTS

    experts, x = _drawn()
    for name in EXPERT:
        experts[name][:] = experts[name][0]
    experts = stirred(experts, np.random.default_rng(1))
    one = merged(experts, np.zeros(N_EXPERTS, int), np.arange(1.0, 9.0), aligned=aligned)
    before, after = (read(each, x, N_ACTIVE)[0] for each in (experts, one))
    return float(np.abs(after - before).max())


def read_twice() -> float:
    """A mixture as drawn, on digits of numbers at random."""
    import numpy as np
    import torch

    from engines.geometry.mixtures.merging import read
    from engines.geometry.mixtures.mixture import Mixture
    from engines.geometry.mixtures.spec import N_ACTIVE

    experts, x = _drawn()
    model = Mixture(24)
    with torch.no_grad():
        for name, value in model.named_parameters():
            value.copy_(torch.from_numpy(experts[name]))
        said = model.said(torch.from_numpy(x).float()).numpy()
    return float(np.abs(read(experts, x, N_ACTIVE)[0] - said).max())


def _drawn() -> tuple[dict[str, np.ndarray], np.ndarray]:
    import numpy as np
    import torch

    from engines.geometry.mixtures.mixture import Mixture

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Mixture(24)
    experts = {name: value.detach().double().numpy() for name, value in model.named_parameters()}
    return experts, np.random.default_rng(0).random((50, 64))
