"""What a comparison says: errors beside their bounds, and one of three verdicts."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Check:
    """One comparison: what, the two numbers or their largest relative difference, the verdict."""

    what: str
    ours: float
    theirs: float
    error: float
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether the difference lies within the tolerance; nan never does."""
        return self.error <= self.tolerance


@dataclass(frozen=True)
class Verification:
    """Every comparison of a model with its diagram, the worst of all inputs it was made on.

    Equal means equal on these inputs, within rounding. It is a sample, not a proof: two programs
    that differ only where no input was drawn are called equal.
    """

    checks: tuple[Check, ...]
    opaque: int
    """Operations that were called through and so prove nothing."""
    n_inputs: int = 1
    """Draws of inputs on which both gave numbers."""
    unused: tuple[str, ...] = ()
    """Parameters of the model on which nothing depends."""

    @property
    def holds(self) -> bool:
        """Whether everything agrees."""
        return all(check.holds for check in self.checks)

    @property
    def verdict(self) -> str:
        """*equal on N inputs*, *equal, k operations opaque*, or *differs*."""
        if not self.holds:
            return "differs"
        if self.opaque:
            return f"equal, {self.opaque} operation{'s' * (self.opaque > 1)} opaque"
        return f"equal on {self.n_inputs} input{'s' * (self.n_inputs != 1)}"

    def __str__(self) -> str:
        lines = [
            f"{c.what}: {'equal' if c.holds else 'DIFFERS'} (error {c.error:.2g}, at most "
            f"{c.tolerance:g})"
            for c in self.checks
        ]
        if self.opaque:
            lines.append(f"{self.opaque} opaque operations were called through")
        if self.unused:
            lines.append(f"never used: {', '.join(self.unused)}")
        return "\n".join([self.verdict, *lines])


def relative_error(
    ours: Tensor, theirs: Tensor, least: float = 0.0, rounding: float = 0.0
) -> float:
    """Largest difference over largest value (or ``least``); nan in either is no equality.

    A difference of ``rounding`` at most is none.
    """
    ours, theirs = ours.detach(), theirs.detach()
    if ours.shape != theirs.shape or ours.is_floating_point() != theirs.is_floating_point():
        return float("inf")
    if not ours.numel():
        return 0.0
    if ours.dtype == torch.bool or not (ours.is_floating_point() or ours.is_complex()):
        return float((ours != theirs).double().mean())
    if bool(torch.isnan(ours).any() or torch.isnan(theirs).any()):
        return float("nan")
    infinite = torch.isinf(theirs)
    if not torch.equal(torch.isinf(ours), infinite) or not torch.equal(
        ours[infinite], theirs[infinite]
    ):
        return float("inf")
    if bool(infinite.all()):
        return 0.0
    difference = float((ours - theirs)[~infinite].abs().max())
    if difference <= rounding:
        return 0.0
    return difference / max(float(theirs[~infinite].abs().max()), least, 1e-300)


def agreeing_error(
    ours: Tensor, theirs: Tensor, least: float = 0.0, rounding: float = 0.0
) -> float:
    """As `relative_error`, where nan in both at the same places is passed over."""
    if ours.shape != theirs.shape or not (ours.is_floating_point() and theirs.is_floating_point()):
        return relative_error(ours, theirs, least, rounding)
    known = ~torch.isnan(theirs)
    if not torch.equal(torch.isnan(ours), ~known):
        return float("inf")
    return relative_error(ours[known], theirs[known], least, rounding)
