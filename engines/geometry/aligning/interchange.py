"""A variable taken from a source and put into a base, in a network that does not change."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from engines.geometry.aligning.maps import Couplings, Rotation


class Frozen(nn.Module):
    """Layers with ReLU between them, read after the first ``depth``; nothing of it is learnt."""

    def __init__(self, layers: Sequence[tuple[Tensor, Tensor]], depth: int) -> None:
        super().__init__()
        self.n_layers, self.depth = len(layers), depth
        for k, (weight, bias) in enumerate(layers):
            self.register_buffer(f"weight_{k}", weight.detach().clone())
            self.register_buffer(f"bias_{k}", bias.detach().clone())

    def held(self, x: Tensor) -> Tensor:
        """What stands where it is read: [..., unit]."""
        return self._through(x, 0, self.depth)

    def answer(self, h: Tensor) -> Tensor:
        """What the rest makes of it: logits [..., class]."""
        return self._through(h, self.depth, self.n_layers)

    def weight(self, layer: int) -> tuple[Tensor, Tensor]:
        """Weights [out, in] and biases [out] of a layer."""
        return self.get_buffer(f"weight_{layer}"), self.get_buffer(f"bias_{layer}")

    def answer_of_sums(self, sums: Tensor) -> Tensor:
        """Logits of what the layer after the place that is read adds up, [..., out], in place."""
        last = self.depth == self.n_layers - 1
        return sums if last else self._through(sums.relu_(), self.depth + 1, self.n_layers)

    def _through(self, x: Tensor, first: int, stop: int) -> Tensor:
        for k in range(first, stop):
            x = x @ self.get_buffer(f"weight_{k}").T + self.get_buffer(f"bias_{k}")
            if k < self.n_layers - 1:
                x = x.relu()
        return x


class Aligned(nn.Module):
    """A map that learns which numbers are the variable; the network behind it stays as it is."""

    def __init__(self, frozen: Frozen, way: Rotation | Couplings, n_taken: int) -> None:
        super().__init__()
        self.frozen, self.way, self.n_taken = frozen, way, n_taken

    def forward(self, pair: Tensor) -> Tensor:
        """Logits of bases with the first numbers of their sources: [..., class] of [..., 2 x]."""
        both = torch.stack(pair.chunk(2, dim=-1))
        base, source = self.way.there(self.frozen.held(both))
        mixed = torch.cat([source[..., : self.n_taken], base[..., self.n_taken :]], -1)
        return self.frozen.answer(self.way.back(mixed))


@torch.no_grad()
def reached(frozen: Frozen, units: Tensor, pair: Tensor, due: Tensor) -> float:
    """Share of answers that are due when units bool[unit] are taken from the source."""
    base, source = (frozen.held(x) for x in pair.chunk(2, dim=-1))
    said = frozen.answer(torch.where(units, source, base)).argmax(-1)
    return float((said == due).double().mean())


@torch.no_grad()
def best_units(frozen: Frozen, pair: Tensor, due: Tensor, n_most: int) -> Tensor:
    """bool[unit]: units taken one by one, each time the one with which most answers are due.

    Of all sets on the way the best is kept, the smaller one of equals.
    """
    base, source = (frozen.held(x) for x in pair.chunk(2, dim=-1))
    weight, bias = frozen.weight(frozen.depth)
    # A unit that is taken moves the next layer's sums by its own weights alone.
    sums, moved, n = base @ weight.T + bias, (source - base).T, base.shape[-1]
    taken, best, most = torch.zeros(n, dtype=torch.bool), torch.zeros(n, dtype=torch.bool), -1.0
    for _ in range(n_most):
        share = torch.stack([
            (frozen.answer_of_sums(torch.addcmul(sums, one[:, None], column)).argmax(-1) == due)
            .double().mean() for one, column in zip(moved, weight.T, strict=True)
        ])  # fmt: skip
        share[taken] = -1.0
        unit = int(share.argmax())
        taken = taken.clone()
        taken[unit] = True
        sums = torch.addcmul(sums, moved[unit][:, None], weight[:, unit])
        if float(share.max()) > most:
            best, most = taken, float(share.max())
    return best
