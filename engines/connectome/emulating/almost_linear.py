"""Recurrent networks that are linear but for a few units: z' = A z + W f(z) + h.

f is the identity, but the last P units are rectified; A is diagonal; the first units are what is
seen (Brenner et al. 2024, Almost-linear RNNs). Learnt with sparse teacher forcing (Mikhaeil et al.
2022): every few steps the units that are seen are set to what was recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

N_UNITS, EVERY, LENGTH, BATCH = 12, 8, 40, 16
"""Units; steps between two corrections; steps of a stretch; stretches of a batch."""
RATE, LAST_RATE = 0.01, 1e-4
_CLIP = 1.0
_START, _SPREAD, _GUESS = 0.9, 0.05, 0.3
"""A begins with the first; W and the guess of unseen units with these deviations."""
_FAR = 100.0
"""Units that leave this stay there: a run that goes to infinity is told, not continued."""


@dataclass(frozen=True, eq=False)
class Nets:
    """A stack of networks, float32: ``own`` [net, unit] (A), ``weight`` [net, to, from], ``bias``.

    ``guess`` float32[net, unseen, seen] says where units that are not seen begin; ``n_rectified``
    int64[net].
    """

    own: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    guess: np.ndarray
    n_rectified: np.ndarray

    @property
    def n_seen(self) -> int:
        """How many units are what is recorded."""
        return self.guess.shape[2]

    @property
    def rectified(self) -> np.ndarray:
        """bool[net, unit]: the last ones of each."""
        n_units = self.own.shape[1]
        return np.arange(n_units) >= n_units - self.n_rectified[:, None]

    def step(self, state: np.ndarray) -> np.ndarray:
        """float64[net, run, unit], one step later."""
        heard = np.where(self.rectified[:, None], np.maximum(state, 0.0), state)
        heard = np.matmul(heard, self.weight.transpose(0, 2, 1))
        return np.clip(self.own[:, None] * state + heard + self.bias[:, None], -_FAR, _FAR)

    def begun(self, seen: np.ndarray) -> np.ndarray:
        """float64[net, run, unit] that begins with float64[run, seen]."""
        unseen = np.einsum("nus,rs->nru", self.guess.astype(float), seen)
        return np.concatenate([np.broadcast_to(seen, (len(self.own), *seen.shape)), unseen], axis=2)

    def free(self, seen: np.ndarray, n_steps: int) -> np.ndarray:
        """float64[net, run, step, unit]: what the networks do by themselves."""
        state = self.begun(seen)
        made = np.empty((n_steps, *state.shape))
        for k in range(n_steps):
            state = made[k] = self.step(state)
        return made.transpose(1, 2, 0, 3)


@dataclass(frozen=True, eq=False)
class Step:
    """After a step of learning: float64[net] errors (mean squares) and the networks."""

    number: int
    error: np.ndarray
    nets: Nets


def drawn(
    n_rectified: tuple[int, ...], n_seeds: int, seed: int, n_seen: int = 3, n_units: int = N_UNITS
) -> Nets:
    """Networks before learning [number of rectified units x seed]; those of a seed begin alike."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**41]))
    n, many = len(n_rectified), len(n_rectified) * n_seeds
    weight = _SPREAD * rng.standard_normal((n_seeds, n_units, n_units))
    guess = _GUESS * rng.standard_normal((n_seeds, n_units - n_seen, n_seen))
    return Nets(
        np.full((many, n_units), _START, np.float32),
        np.tile(weight, (n, 1, 1)).astype(np.float32),
        np.zeros((many, n_units), np.float32),
        np.tile(guess, (n, 1, 1)).astype(np.float32),
        np.repeat(n_rectified, n_seeds),
    )


def learn(recorded: np.ndarray, nets: Nets, n_steps: int, seed: int) -> Iterator[Step]:
    """All networks learn the same stretches of float64[step, seen], step by step (RAdam)."""
    import torch

    from engines.lab.training import one_thread

    parts = [torch.tensor(p, requires_grad=True)
             for p in (nets.own, nets.weight, nets.bias, nets.guess)]  # fmt: skip
    cut = torch.tensor(nets.rectified)[:, None]
    traces = torch.tensor(recorded, dtype=torch.float32)
    optimiser = torch.optim.RAdam(parts, lr=RATE)
    falls = torch.optim.lr_scheduler.ExponentialLR(optimiser, (LAST_RATE / RATE) ** (1 / n_steps))
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**42]))
    for number in range(1, n_steps + 1):
        first = torch.tensor(rng.integers(0, len(recorded) - LENGTH, BATCH))
        with one_thread():
            stretch = traces[first[:, None] + torch.arange(LENGTH + 1)]
            error = _error(parts, cut, stretch)
            optimiser.zero_grad()
            error.sum().backward()
            for part in parts:
                _clipped(part)
            optimiser.step()
            falls.step()
        own, weight, bias, guess = (part.detach().numpy().copy() for part in parts)
        yield Step(number, error.detach().numpy().astype(np.float64),
                   Nets(own, weight, bias, guess, nets.n_rectified))  # fmt: skip


def _error(parts: list[Tensor], cut: Tensor, stretch: Tensor) -> Tensor:
    """Mean squared error [net] of foretelling stretches [run, step, seen] step by step."""
    import torch

    own, weight, bias, guess = parts
    n, n_seen = len(own), stretch.shape[2]
    seen = stretch[:, 0].expand(n, -1, -1)
    state = torch.cat([seen, torch.bmm(seen, guess.transpose(1, 2))], dim=2)
    across, said = weight.transpose(1, 2), []
    for k in range(stretch.shape[1] - 1):
        if k and k % EVERY == 0:
            state = torch.cat([stretch[:, k].expand(n, -1, -1), state[..., n_seen:]], dim=2)
        heard = torch.where(cut, state.relu(), state)
        state = torch.baddbmm(bias[:, None], heard, across) + own[:, None] * state
        said.append(state[..., :n_seen])
    off = torch.stack(said) - stretch[:, 1:].transpose(0, 1)[:, None]
    return (off**2).mean(dim=(0, 2, 3))


def _clipped(part: Tensor) -> None:
    """Bound the gradient of each network by itself, so that none holds others back."""
    assert part.grad is not None
    size = part.grad.flatten(1).norm(dim=1)
    part.grad.mul_((_CLIP / size.clamp(min=_CLIP)).view(-1, *[1] * (part.dim() - 1)))
