"""Known answers of alignment maps: what is undone, and a network by hand."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engines.contract import KnownAnswer
from engines.geometry.aligning.interchange import Aligned, Frozen, best_units, reached
from engines.geometry.aligning.maps import Couplings, Rotation

_N = 32


def alignment_answers() -> tuple[KnownAnswer, ...]:
    """Everything that is known without learning."""
    exact, hand = "by construction", "by hand: the first unit is the variable"
    return (
        KnownAnswer("a rotation undone, largest difference", exact, 0.0, 1e-5,
                    lambda: undone(Rotation(_N))),
        KnownAnswer("eight bent blocks undone, largest difference", exact, 0.0, 1e-5,
                    lambda: undone(Couplings(_N, 8))),
        KnownAnswer("angles of a rotation, largest difference", "orthogonal", 0.0, 1e-5, angles),
        KnownAnswer("interchange accuracy of the neuron that is chosen", hand, 1.0, 0.0,
                    lambda: chosen()[1]),
        KnownAnswer("how many neurons are chosen", hand, 1.0, 0.0, lambda: chosen()[0]),
        KnownAnswer("an example that is its own source, largest change of logits",
                    exact, 0.0, 1e-5, own_source),
    )  # fmt: skip


def _drawn(n: int, size: int) -> Tensor:
    return torch.from_numpy(np.random.default_rng(5).normal(size=(n, size)).astype(np.float32))


@torch.no_grad()
def undone(way: Rotation | Couplings) -> float:
    """There and back."""
    h = _drawn(200, _N)
    return float((way.back(way.there(h)) - h).abs().max())


@torch.no_grad()
def angles() -> float:
    """Products of the rows of a rotation."""
    turned = Rotation(_N).matrix()
    return float((turned @ turned.T - torch.eye(_N)).abs().max())


def by_hand() -> Frozen:
    """Symbols of one number, -1 or 1; after two layers unit 0 is the left side, unit 1 the right.

    Two are equal where their sum is 2 or -2; sides are alike where both variables are 1 or both 0.
    """
    f = torch.tensor
    sums = f([[1.0, 1, 0, 0], [-1, -1, 0, 0], [0, 0, 1, 1], [0, 0, -1, -1]])
    equal = f([[1.0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 0]])
    alike = f([[1.0, 1, 0], [-1, -1, 0]])
    answer = f([[0.0, 0.0], [1.0, 1.0]])
    return Frozen([(sums, f([-1.0] * 4)), (equal, f([0.0, 0.0, 1.0])), (alike, f([-1.0, 1.0])),
                   (answer, f([0.5, 0.0]))], 2)  # fmt: skip


def every_pair() -> tuple[Tensor, Tensor]:
    """All 256 pairs of base and source of `by_hand`, and the answers that are due."""
    signs = np.array(np.meshgrid(*[(-1.0, 1.0)] * 8, indexing="ij")).reshape(8, -1).T
    a, b, c, d, e, f, _, _ = signs.T
    due = (e == f) == (c == d)
    assert len(a) == len(b)
    return torch.from_numpy(signs.astype(np.float32)), torch.from_numpy(due.astype(np.int64))


def chosen() -> tuple[int, float]:
    """How many neurons of the network by hand are taken, and what they reach."""
    pair, due = every_pair()
    units = best_units(by_hand(), pair, due, 2)
    return int(units.sum()), reached(by_hand(), units, pair, due)


@torch.no_grad()
def own_source() -> float:
    """Nothing changes when what is taken is what was there."""
    rng = np.random.default_rng(6)
    layers = [(torch.from_numpy(rng.normal(size=(b, a)).astype(np.float32) / a**0.5),
               torch.zeros(b)) for a, b in ((16, _N), (_N, _N), (_N, 2))]  # fmt: skip
    frozen, x = Frozen(layers, 1), _drawn(100, 16)
    said = Aligned(frozen, Couplings(_N, 4), 16)(torch.cat([x, x], 1))
    return float((said - frozen.answer(frozen.held(x))).abs().max())
