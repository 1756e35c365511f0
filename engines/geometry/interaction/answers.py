"""Known answers of the interaction basis: planted maps, and layers turned."""

from __future__ import annotations

import torch
from torch import Tensor

from engines.contract import KnownAnswer
from engines.geometry.interaction.adders import Adder, wirings
from engines.geometry.interaction.bases import Basis, aligned, principal

_UNITS, _RANK = 12, 3


def interaction_answers() -> tuple[KnownAnswer, ...]:
    """What is known without learning."""
    planted, same = "planted", "definition"
    return (
        KnownAnswer("features of a linear map of rank 3 from 12 units", planted, 3.0, 0.0,
                    lambda: float(planted_basis()[0].n)),
        KnownAnswer("what they span less what the map reads, largest sine", planted, 0.0, 1e-6,
                    spanned),
        KnownAnswer("interaction basis after a turn of the hidden layer, largest difference of "
                    "features up to sign", same, 0.0, 1e-6, lambda: after_a_turn(0)),
        KnownAnswer("PCA after a turn, the same", same, 0.0, 1e-6, lambda: after_a_turn(2)),
    )  # fmt: skip


def _drawn(*shape: int, seed: int) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=draw, dtype=torch.float64)


def planted_basis() -> tuple[Basis, Tensor, Tensor]:
    """Basis of 400 mixed normal vectors under a map of rank 3, the map, and the vectors."""
    read = _drawn(5, _RANK, seed=0) @ _drawn(_RANK, _UNITS, seed=1)
    values = _drawn(400, _UNITS, seed=2) @ _drawn(_UNITS, _UNITS, seed=3)
    return aligned(principal(values, whitened=True), read.T @ read, scaled=True), read, values


def spanned() -> float:
    """Features are functions of what is read alone, so ``into`` spans the rows of the map."""
    basis, read, _ = planted_basis()
    one, other = (torch.linalg.qr(side)[0] for side in (basis.into, read.T[:, :_RANK]))
    return float(torch.linalg.matrix_norm(one - other @ (other.T @ one), 2))


def after_a_turn(which: int) -> float:
    """A network whose hidden layer and readout are turned against each other, without ReLU's kink.

    All of its neurons are on, so that a turn of the hidden layer is the same network.
    """
    on, none = torch.full((_UNITS,), 200.0).double(), torch.zeros(7).double()
    one = Adder(_drawn(8, 7, seed=4), _drawn(_UNITS, 8, seed=5), on, _drawn(7, _UNITS, seed=6),
                none)  # fmt: skip
    turn = torch.linalg.qr(_drawn(_UNITS, _UNITS, seed=7))[0]
    # The bias keeps every turned neuron on as well; it moves means alone.
    other = Adder(one.embed, turn @ one.weight, one.bias, one.read @ turn.T, one.shift)
    x = _drawn(60, 7, seed=8)
    said = []
    for adder in (one, other):
        wired = wirings(adder, x, 0)[which]
        said.append(wired.target.features(adder.hidden(adder.embedded(x))).abs())
    if said[0].shape != said[1].shape:
        return float("inf")
    return float((said[0] - said[1]).abs().max() / said[0].max())
