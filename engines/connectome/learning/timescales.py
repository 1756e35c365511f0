"""Networks of leaky units that learn whether the last N bits hold an odd number of ones.

After Khajehabdollahi et al. 2024: the time constant of every unit is learnt, N grows when it is
solved, and a network has one readout for the N of now, or keeps one for every N that it solved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as fn

from engines.lab.training import one_thread

LENGTH, BATCH, RATE = 24, 16, 5e-3
N_FIRST, N_LAST, N_DIRECT = 2, 12, 8
SOLVED = 0.98
"""Share right, in a running mean over about ten steps, at which N grows."""
_KEPT, _SLOPE, _CLIP, _START = 0.8, 0.1, 1.0, 0.5
NUMBERS = np.arange(N_FIRST, N_LAST + 1)
ARMS = ("one readout", "one for every N", "no curriculum")
ONE, EVERY, DIRECT = range(len(ARMS))


def parities(bits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether the last `NUMBERS` bits are odd, bool[run, step, number]; where there are so many.

    ``bits`` int64[run, step]; the second is bool[step, number].
    """
    n_steps = bits.shape[1]
    total = np.pad(np.cumsum(bits, axis=1), ((0, 0), (1, 0)))
    at = np.arange(1, n_steps + 1)[:, None]
    before = np.maximum(at - NUMBERS, 0)
    odd = (total[:, at] - total[:, before]) % 2 == 1
    return odd, at >= NUMBERS


@dataclass(frozen=True, eq=False)
class Moment:
    """After a step: the N of now int64[arm, net], and time constants float64[arm, net, unit]."""

    step: int
    number: np.ndarray
    tau: np.ndarray
    nets: Leaky


class Leaky:
    """Networks of all arms, stacked [arm x net]; those of one seed begin alike in all arms.

    A unit keeps 1 - 1 / tau of what it was and takes up 1 / tau of a rectified (slope 0.1 below 0)
    sum of all units, the bit and a bias.
    """

    def __init__(self, n_units: int, n_nets: int, seed: int) -> None:
        """Weights of variance 1 / units; time constants of 2 steps or so."""
        rng = np.random.Generator(np.random.Philox(key=[seed, 2**45]))
        scale = n_units**-0.5
        drawn = (
            scale * rng.standard_normal((n_nets, n_units, n_units)),
            rng.standard_normal((n_nets, 1, n_units)),
            np.zeros((n_nets, 1, n_units)),
            np.full((n_nets, 1, n_units), _START),
            scale * rng.standard_normal((n_nets, n_units, len(NUMBERS))),
            np.zeros((n_nets, 1, len(NUMBERS))),
        )
        self.shape = len(ARMS), n_nets, n_units
        self.parts = [
            torch.tensor(np.tile(part, (len(ARMS), 1, 1)), dtype=torch.float32, requires_grad=True)
            for part in drawn
        ]

    def tau(self) -> Tensor:
        """[net, 1, unit]: time constants in steps, above 1."""
        return 1.0 + fn.softplus(self.parts[3])

    def says(self, bits: Tensor, left: Tensor | None = None) -> Tensor:
        """Logits [net, run, step, number] of odd, from bits [run, step]; ``left`` [net, 1, unit].

        Units that are not left stay 0, so nobody hears them.
        """
        weight, entry, bias, _, out, level = self.parts
        rate = 1.0 / self.tau()
        state = torch.zeros(len(weight), len(bits), self.shape[2])
        states = []
        for k in range(bits.shape[1]):
            heard = torch.baddbmm(bias, state, weight)
            heard = heard + (2.0 * bits[:, k, None] - 1.0) * entry
            state = (1.0 - rate) * state + rate * fn.leaky_relu(heard, _SLOPE)
            if left is not None:
                state = state * left
            states.append(state)
        every = torch.stack(states, dim=2)
        made = torch.baddbmm(level, every.flatten(1, 2), out)
        return made.view(*every.shape[:3], -1)

    @torch.no_grad()
    def exam(self, seed: int, left: np.ndarray | None = None, n_runs: int = 200) -> np.ndarray:
        """float64[arm, net, number]: share right on bits that nobody learnt from."""
        bits = np.random.Generator(np.random.Philox(key=[seed, 2**46])).integers(
            0, 2, (n_runs, LENGTH)
        )
        odd, there = parities(bits)
        there_only = None if left is None else torch.from_numpy(left.reshape(-1, 1, left.shape[-1]))
        with one_thread():
            says = self.says(torch.from_numpy(bits).float(), there_only).numpy() > 0
        right = ((says == odd) & there).sum(axis=(1, 2)) / (n_runs * there.sum(axis=0))
        return right.reshape(*self.shape[:2], -1)


def taught(number: np.ndarray) -> np.ndarray:
    """bool[arm, net, readout]: which readouts learn while N is int64[arm, net]."""
    now = number[..., None] == NUMBERS
    now[EVERY] = number[EVERY][..., None] >= NUMBERS
    return now


def learn(n_units: int, n_nets: int, n_steps: int, seed: int) -> Iterator[Moment]:
    """All networks see the same bits, step by step; N of the first two arms grows when solved.

    The first moment, of step 0, is that before anything was learnt.
    """
    nets = Leaky(n_units, n_nets, seed)
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**47]))
    optimiser = torch.optim.Adam(nets.parts, lr=RATE)
    number = np.full(nets.shape[:2], N_FIRST)
    number[DIRECT] = N_DIRECT
    recent = np.zeros(nets.shape[:2])
    yield Moment(0, number.copy(), _tau(nets), nets)
    for step in range(1, n_steps + 1):
        bits = rng.integers(0, 2, (BATCH, LENGTH))
        odd, there = parities(bits)
        with one_thread():
            right = _step(nets, optimiser, bits, odd, taught(number)[..., None, :] & there)
        recent = _KEPT * recent + (1.0 - _KEPT) * _share(right, there, number)
        grows = (recent > SOLVED) & (number < N_LAST)
        grows[DIRECT] = False
        number = number + grows
        recent[grows] = 0.0
        yield Moment(step, number.copy(), _tau(nets), nets)


def _tau(nets: Leaky) -> np.ndarray:
    """float64[arm, net, unit]."""
    return nets.tau().detach().numpy().astype(np.float64).reshape(nets.shape)


def _step(
    nets: Leaky, optimiser: torch.optim.Optimizer, bits: np.ndarray, odd: np.ndarray,
    counts: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """One step of every network on what counts [arm, net, step, number]; right, of all."""
    logits = nets.says(torch.from_numpy(bits).float())
    wanted = torch.from_numpy(odd).float().expand_as(logits)
    weight = torch.from_numpy(counts.reshape(-1, 1, *counts.shape[2:]).astype(np.float32))
    every = fn.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    loss = (every * weight).sum(dim=(1, 2, 3)) / (len(bits) * weight.sum(dim=(1, 2, 3)))
    optimiser.zero_grad()
    loss.sum().backward()
    for part in nets.parts:
        assert part.grad is not None
        size = part.grad.flatten(1).norm(dim=1)
        part.grad.mul_((_CLIP / size.clamp(min=_CLIP)).view(-1, 1, 1))
    optimiser.step()
    return (logits.detach().numpy() > 0) == odd


def _share(right: np.ndarray, there: np.ndarray, number: np.ndarray) -> np.ndarray:
    """float64[arm, net]: share right at the N of now."""
    by_number = (right & there).sum(axis=(1, 2)) / (right.shape[1] * there.sum(axis=0))
    by_number = by_number.reshape(*number.shape, -1)
    return np.take_along_axis(by_number, (number - N_FIRST)[..., None], axis=2)[..., 0]
