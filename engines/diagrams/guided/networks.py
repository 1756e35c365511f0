"""A perceptron of three layers whose widths come with its input, and all networks nested in it.

Valipour et al. 2023, SortedNet, arXiv 2309.00255.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from engines.diagrams.costing.bill import bill
from engines.diagrams.guided.asked import CHOICES, N_HIDDEN, N_LAYERS, TEXT, WIDTHS
from engines.diagrams.language.check import circuit_from_text
from engines.lab.data.task import rng_of
from engines.lab.training import OrderedBatches


class Nested(nn.Module):
    """[picture, width of each hidden layer] to logits."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        sizes = [n_in, *[N_HIDDEN] * N_LAYERS]
        self.hidden = nn.ModuleList([nn.Linear(a, b) for a, b in pairwise(sizes)])
        self.last = nn.Linear(N_HIDDEN, n_out)

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        widths, z = x[..., -N_LAYERS:], x[..., :-N_LAYERS]
        unit = torch.arange(N_HIDDEN, device=x.device)
        for k, layer in enumerate(self.hidden):
            z = torch.relu(layer(z)) * (unit < widths[..., k, None])
        return self.last(z)


@dataclass(eq=False)
class DrawnWidths:
    """Examples with three widths, drawn anew for every network at every step."""

    inner: OrderedBatches
    own: bool = True

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets [net, example, ...]."""
        x, y = self.inner.batch(step)
        rng = rng_of(self.inner.seed, 1_090_000_000 + step)
        drawn = np.array(WIDTHS)[rng.integers(0, len(WIDTHS), (len(x), N_LAYERS))]
        widths = torch.from_numpy(drawn).to(x)[:, None].expand(-1, x.shape[1], -1)
        return torch.cat([x, widths], -1), y


@torch.no_grad()
def every_error(held: dict[str, Tensor], x: Tensor, y: Tensor) -> np.ndarray:
    """float64[choice]: share wrong of all networks nested in one.

    Args:
        held: its parameters.
        x: pictures [example, pixel].
        y: their classes.
    """
    n, masks = len(x), _masks(x)
    z = torch.relu(x @ held["hidden.0.weight"].T + held["hidden.0.bias"])
    for k in range(1, N_LAYERS):
        z = (z[..., None, :, :] * masks[:, None]).flatten(end_dim=-3)
        z = torch.relu(z @ held[f"hidden.{k}.weight"].T + held[f"hidden.{k}.bias"])
    wrong = []
    for one in z.reshape(-1, n, N_HIDDEN):
        said = (one * masks[:, None]) @ held["last.weight"].T + held["last.bias"]
        wrong.append((said.argmax(-1) != y).double().mean(-1))
    return torch.cat(wrong).cpu().numpy()


def _masks(like: Tensor) -> Tensor:
    """float[width, unit]: 1 for the first so many units."""
    unit = torch.arange(N_HIDDEN, device=like.device)
    return (unit < torch.tensor(WIDTHS, device=like.device)[:, None]).to(like)


@cache
def every_cost(n_in: int, n_out: int) -> np.ndarray:
    """int64[choice]: floating-point operations of an example, from the diagram's costs."""
    flops = bill(circuit_from_text(TEXT)).total.flops
    found = []
    for choice in CHOICES:
        sizes = dict(zip("hkm", (WIDTHS[k] for k in choice), strict=True))
        found.append(int(flops.value({"b": 1, "p": n_in, "c": n_out, **sizes})))
    return np.array(found)
