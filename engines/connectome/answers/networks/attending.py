"""Attention token by token, where nothing holds it, and couplings that another solver finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engines.connectome.attending import cells
from engines.contract import KnownAnswer

if TYPE_CHECKING:
    from engines.connectome.attending.network import Attention


def small(n_heads: int = 2) -> tuple[Attention, np.ndarray]:
    """A network as drawn, in double precision, and tokens float64[bin, token] of 60 bins."""
    import torch

    from engines.connectome.attending.network import Attention

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        net = Attention(cells.N_CELLS, n_heads).double()
        with torch.no_grad():
            net.level.normal_()
    made = cells.planted(5, 60, 3.0, 0.3)
    return net, cells.tokens(made.spikes).astype(float)


def off_from_tokens() -> float:
    """Largest difference of log odds from torch's own attention over a list of spikes, bin by bin.

    Each spike is a token of its own there, beside one that holds the level and carries nothing.
    """
    import torch

    net, tokens = small()
    scores, values = (part.detach().numpy() for part in net.maps())
    level = net.level.detach().numpy()
    says = net(torch.from_numpy(tokens)).detach().numpy()
    off = []
    for said, row in zip(says, tokens, strict=True):
        there = np.flatnonzero(row)
        listed = np.concatenate([scores[:, there], level[:, None]], axis=1)
        share = torch.from_numpy(listed).softmax(dim=1).numpy()[:, :-1]
        by_hand = (share * values[:, there]).sum(axis=(0, 1)) + net.bias.detach().numpy()
        off.append(np.abs(said - by_hand).max())
    return float(np.max(off))


def off_from_regression(level: float = 25.0) -> float:
    """Largest difference of log odds from a GLM of single spikes, where nothing holds attention.

    With a level far above all scores attention no longer competes: what a spike adds is its odds
    times its value over exp(level), whoever else fired.
    """
    import torch

    net, tokens = small(1)
    with torch.no_grad():
        net.level.fill_(level)
        scores, value = net.maps()
        net.read.mul_(np.exp(level))
        says = net(torch.from_numpy(tokens)).numpy()
    weight = (scores.exp() * value)[0].numpy()
    return float(np.abs(says - (tokens @ weight + net.bias.detach().numpy())).max())


def off_from_scipy() -> float:
    """Largest difference of couplings from scipy's BFGS on the same likelihood, first cell."""
    from scipy.optimize import minimize

    spikes = cells.planted(6, 800, 3.0, 0.3).spikes
    given = np.pad(cells.history(spikes), ((0, 0), (1, 0)), constant_values=1.0)
    ours = cells.regression(spikes)[0]

    def cost(weight: np.ndarray) -> float:
        drive = given @ weight
        loss = np.logaddexp(0.0, drive) - spikes[:, 0] * drive
        return float(loss.sum() + 0.5 * 0.01 * (weight[1:] ** 2).sum())

    theirs = minimize(cost, np.zeros(given.shape[1]), method="BFGS", options={"gtol": 1e-6}).x
    return float(np.abs(ours - theirs).max())


def rate_off() -> float:
    """Rate of a cell that nobody couples to, less its bias's."""
    drawn = np.random.Generator(np.random.Philox(7)).random((20_000, 2))
    made = cells.followed(drawn, np.array([[0.0, 0.0], [3.0, 0.0]]))
    return float(made.spikes[:, 0].mean() - 0.15)


def attending_answers() -> tuple[KnownAnswer, ...]:
    """Of attention, of the regression and of planted cells."""
    return (
        KnownAnswer("log odds less attention over a list of spikes, bin by bin",
                    "torch's softmax over single spikes and a token that carries nothing", 0.0,
                    1e-12, off_from_tokens),
        KnownAnswer("log odds less a regression, where attention does not compete",
                    "closed form: a level far above all scores makes attention a GLM", 0.0, 1e-6,
                    off_from_regression),
        KnownAnswer("couplings of a GLM less scipy's BFGS, largest difference",
                    "scipy.optimize.minimize on the same likelihood", 0.0, 1e-3, off_from_scipy),
        KnownAnswer("rate of a cell that hears nobody, less 0.15",
                    "closed form; four binomial errors of 20,000 bins", 0.0, 0.0101, rate_off),
    )  # fmt: skip
