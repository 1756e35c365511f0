"""Maps there and back: a rotation, and one that bends and can still be undone exactly.

Distributed alignment search rotates (Geiger et al. 2024, arXiv 2303.02536); coupling layers are
those of reversible networks (Gomez et al. 2017, arXiv 1707.04585; Dinh et al. 2015).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_HIDDEN = 64


class Rotation(nn.Module):
    """A rotation by Cayley's form: (I + A)^-1 (I - A) of an antisymmetric A."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.free = nn.Parameter(0.1 * torch.randn(n, n))

    def matrix(self) -> Tensor:
        """[number, number]."""
        turned = self.free - self.free.T
        one = torch.eye(len(turned), dtype=turned.dtype)
        return torch.linalg.solve(one + turned, one - turned)

    def there(self, h: Tensor) -> Tensor:
        """From units to numbers, [..., number]."""
        return h @ self.matrix()

    def back(self, z: Tensor) -> Tensor:
        """From numbers to units."""
        return z @ self.matrix().T


class Couplings(nn.Module):
    """Blocks of a <- a + f(b), b <- b + g(a); f and g are networks with one hidden layer."""

    def __init__(self, n: int, n_blocks: int) -> None:
        super().__init__()
        self.n_first = n // 2
        self.parts = nn.ModuleList(
            _shift(*sizes)
            for _ in range(n_blocks)
            for sizes in ((n - self.n_first, self.n_first), (self.n_first, n - self.n_first))
        )

    def there(self, h: Tensor) -> Tensor:
        """From units to numbers, [..., number]."""
        a, b = h[..., : self.n_first], h[..., self.n_first :]
        for k in range(0, len(self.parts), 2):
            a = a + self.parts[k](b)
            b = b + self.parts[k + 1](a)
        return torch.cat([a, b], -1)

    def back(self, z: Tensor) -> Tensor:
        """From numbers to units: the same steps undone, last first."""
        a, b = z[..., : self.n_first], z[..., self.n_first :]
        for k in reversed(range(0, len(self.parts), 2)):
            b = b - self.parts[k + 1](a)
            a = a - self.parts[k](b)
        return torch.cat([a, b], -1)


def _shift(n_in: int, n_out: int) -> nn.Sequential:
    last = nn.Linear(_HIDDEN, n_out)
    with torch.no_grad():
        last.weight.mul_(0.1)  # nearly the identity at first
    return nn.Sequential(nn.Linear(n_in, _HIDDEN), nn.ReLU(), last)
