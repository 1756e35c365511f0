"""Known answers: boxes of linear networks in closed form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engines.contract import KnownAnswer

if TYPE_CHECKING:
    from engines.diagrams.reaching.boxes import Boxed

_LINE = "def Line(x: b p) -> b c\n  y: b c = Linear+[W](x)"
_TWO = "def Two(x: b p) -> b c\n  size h = 7\n  u: b h = Linear+[V](x)\n  y: b c = Linear+[W](u)"


def answers() -> tuple[KnownAnswer, ...]:
    """The largest box that keeps a linear classifier's answer, and the smallest that loses it."""
    source = "closed form: lead over the sum of |difference of weights|"
    return (
        KnownAnswer("largest box of one linear layer, largest relative miss", source,
                    0.0, 1e-3, lambda: radius_miss(_LINE)),
        KnownAnswer("largest box of two linear layers by lines, largest relative miss", source,
                    0.0, 1e-3, lambda: radius_miss(_TWO)),
        KnownAnswer("smallest box in which slopes find another answer of a linear layer, largest "
                    "relative miss", source, 0.0, 1e-3, lambda: lost_miss(_LINE)),
    )  # fmt: skip


def _boxed(text: str) -> tuple[Boxed, np.ndarray, np.ndarray]:
    """What is bounded, examples float64[6, 5] and their answers int64[6]."""
    import torch

    from engines.diagrams.language.check import circuit_from_text
    from engines.diagrams.reaching.boxes import Boxed
    from engines.diagrams.running.module import module_from_circuit

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        module = module_from_circuit(circuit_from_text(text), {"b": 1, "p": 5, "c": 4}).double()
    x = np.random.default_rng(0).standard_normal((6, 5))
    with torch.no_grad():
        said = module(torch.from_numpy(x)).argmax(dim=1).numpy()
    return Boxed(module, (x,), has_examples=True, answers=said), x, said


def closed_radius(text: str) -> np.ndarray:
    """float64[example]: where the lead over some other class can first be 0."""
    import torch

    boxed, x, said = _boxed(text)
    with torch.no_grad():
        bias = boxed.module(torch.zeros(1, 5, dtype=torch.float64)).numpy()[0]
        matrix = boxed.module(torch.eye(5, dtype=torch.float64)).numpy() - bias
    y, found = x @ matrix + bias, []
    for k, c in enumerate(said):
        others = [j for j in range(4) if j != c]
        leads = [(y[k, c] - y[k, j]) / np.abs(matrix[:, c] - matrix[:, j]).sum() for j in others]
        found.append(min(leads))
    return np.array(found)


def radius_miss(text: str) -> float:
    """Largest difference over six examples, relative."""
    boxed, _x, _said = _boxed(text)
    found = boxed.largest(8, 0.05, back=True)
    wanted = closed_radius(text)
    return float(np.abs(found / wanted - 1.0).max())


def lost_miss(text: str) -> float:
    """Largest difference over six examples, relative."""
    boxed, _x, _said = _boxed(text)
    return float(np.abs(boxed.smallest_lost(8, 0.05) / closed_radius(text) - 1.0).max())
