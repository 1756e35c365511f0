"""Random small modules: an import is equal, opaque or refused. Torch itself says what is right.

They view, slice, write in place, cast, stop gradients, reduce, contract and attend.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from engines.diagrams import Diagram, DiagramError

Step = tuple[str, int, int]
"""What is done, to which of the tensors there are, and with which other one."""
WIDE = 4


@dataclass(frozen=True)
class Outcome:
    """How an import ended: *equal*, *opaque*, *refused* or *differs*, and what was said."""

    word: str
    text: str


class RandomModule(nn.Module):
    """Runs its steps on ``x: 3 4``; a step that does not fit the shapes is left out."""

    def __init__(self, steps: list[Step]) -> None:
        super().__init__()
        self.steps = steps
        self.maps = nn.ModuleList([nn.Linear(WIDE, WIDE), nn.Linear(WIDE, WIDE, bias=False)])
        self.norm = nn.LayerNorm(WIDE)
        self.register_buffer("table", torch.linspace(-1, 1, WIDE))

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
        """The last two tensors that were made."""
        made = [x, y, x * 1]
        for name, a, b in self.steps:
            one, other = made[a % len(made)], made[b % len(made)]
            found = STEPS[name](self, one, other)
            if found is not None:
                made.append(found)
        return tuple(t if t.is_floating_point() else t.to(x.dtype) for t in made[-2:])


def _alike(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and a.is_floating_point() and b.is_floating_point()


def _rows(a: Tensor) -> bool:
    return a.ndim == 2 and a.shape[-1] == WIDE and a.dtype == torch.float64


def _when(fits: bool, run: Callable[[], Tensor]) -> Tensor | None:
    return run() if fits else None


def _written(a: Tensor, write: Callable[[Tensor], object]) -> Tensor | None:
    """Write into a tensor there is; nobody else is told."""
    if a.ndim != 2 or a.shape[0] < 2 or a.shape[1] < 2 or not a.is_floating_point():
        return None
    write(a)
    return a * 1


def _quiet(m: RandomModule, a: Tensor, b: Tensor) -> Tensor | None:
    if not _rows(a):
        return None
    with torch.no_grad():
        return m.maps[0](a)


def _unautocast(m: RandomModule, a: Tensor, b: Tensor) -> Tensor | None:
    if not _rows(a):
        return None
    with torch.autocast("cpu", enabled=False):
        return m.maps[1](a) * 2


def _autocast(m: RandomModule, a: Tensor, b: Tensor) -> Tensor | None:
    if not _rows(a):
        return None
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return m.maps[1](a)


def _put(a: Tensor, place: object, value: object) -> None:
    a[place] = value  # type: ignore[index]


STEPS: dict[str, Callable[[RandomModule, Tensor, Tensor], Tensor | None]] = {
    "add": lambda m, a, b: _when(_alike(a, b), lambda: a + b),
    "sub": lambda m, a, b: _when(_alike(a, b), lambda: a - b),
    "mul": lambda m, a, b: _when(_alike(a, b), lambda: a * b),
    "halve": lambda m, a, b: a * 0.5 if a.is_floating_point() else None,
    "shift": lambda m, a, b: a + 1.5 if a.is_floating_point() else None,
    "relu": lambda m, a, b: a.relu() if a.is_floating_point() else None,
    "tanh": lambda m, a, b: a.tanh() if a.is_floating_point() else None,
    "gelu": lambda m, a, b: F.gelu(a) if a.is_floating_point() else None,
    "clamp": lambda m, a, b: a.clamp(-1, 1) if a.is_floating_point() else None,
    "linear": lambda m, a, b: _when(_rows(a), lambda: m.maps[0](a)),
    "linear 2": lambda m, a, b: _when(_rows(a), lambda: m.maps[1](a)),
    "norm": lambda m, a, b: _when(_rows(a), lambda: m.norm(a)),
    "table": lambda m, a, b: _when(_rows(a), lambda: a * m.table),
    "turn": lambda m, a, b: _when(a.ndim == 2, lambda: a.t()),
    "flat": lambda m, a, b: _when(a.ndim == 2, lambda: a.reshape(-1)),
    "square": lambda m, a, b: _when(a.numel() == 12, lambda: a.reshape(3, 4)),
    "other view": lambda m, a, b: _when(a.numel() == 12, lambda: a.reshape(2, 6)),
    "longer": lambda m, a, b: a.unsqueeze(0) if a.ndim < 3 else a.squeeze(0),
    "copy": lambda m, a, b: a.clone(),
    "dense": lambda m, a, b: a.contiguous(),
    "columns": lambda m, a, b: _when(a.ndim == 2 and a.shape[1] > 2, lambda: a[:, 1:3]),
    "row": lambda m, a, b: _when(a.ndim >= 1 and a.shape[0] > 1, lambda: a[1]),
    "steps": lambda m, a, b: _when(a.ndim >= 1 and a.shape[0] > 2, lambda: a[::2]),
    "first half": lambda m, a, b: _when(a.ndim >= 1, lambda: a.chunk(2, 0)[0]),
    "wide": lambda m, a, b: _when(a.ndim == 1, lambda: a.expand(2, -1)),
    "join": lambda m, a, b: _when(_alike(a, b) and a.ndim == 2, lambda: torch.cat([a, b], 0)),
    "pile": lambda m, a, b: _when(_alike(a, b) and a.ndim == 1, lambda: torch.stack([a, b])),
    "mul_": lambda m, a, b: _written(a, lambda t: t.mul_(2)),
    "add_": lambda m, a, b: _written(a, lambda t: t.add_(1)),
    "relu_": lambda m, a, b: _written(a, lambda t: t.relu_()),
    "zero_": lambda m, a, b: _written(a, lambda t: t.zero_()),
    "fill column": lambda m, a, b: _written(a, lambda t: _put(t, (slice(None), 0), 7)),
    "add to row": lambda m, a, b: _written(a, lambda t: t[1].add_(1)),
    "write turned": lambda m, a, b: _written(a, lambda t: t.t()[1].mul_(3)),
    "every second": lambda m, a, b: _written(a, lambda t: t[::2].add_(1)),
    "write flat": lambda m, a, b: _written(a, lambda t: _put(t.view(-1), 1, 0.5)),
    "row from other": lambda m, a, b: _when(
        _alike(a, b) and a.ndim == 2, lambda: _written(a, lambda t: _put(t, 0, b[1])) * 1
    ),
    "copy_": lambda m, a, b: _when(
        _alike(a, b) and a.ndim == 2, lambda: _written(a, lambda t: t.copy_(b)) * 1
    ),
    "write detached": lambda m, a, b: _written(a, lambda t: t.detach().mul_(2)),
    "detach": lambda m, a, b: a.detach(),
    "straight through": lambda m, a, b: _when(
        a.is_floating_point(), lambda: a + (a.round() - a).detach()
    ),
    "quiet": _quiet,
    "unautocast": _unautocast,
    "autocast": _autocast,
    "half precision": lambda m, a, b: a.to(torch.bfloat16).to(torch.float64),
    "single": lambda m, a, b: a.float().double() if a.is_floating_point() else None,
    "mask": lambda m, a, b: (a > 0).to(torch.float64),
    "whole": lambda m, a, b: a.long().double() if a.is_floating_point() else None,
    "sum": lambda m, a, b: _when(a.ndim >= 1 and a.is_floating_point(), lambda: a.sum(0)),
    "mean": lambda m, a, b: _when(a.ndim >= 1 and a.is_floating_point(), lambda: a.mean(-1)),
    "largest": lambda m, a, b: _when(a.ndim >= 1 and a.is_floating_point(), lambda: a.amax(-1)),
    "sum in single": lambda m, a, b: _when(
        a.ndim >= 1 and a.is_floating_point(), lambda: a.sum(-1, dtype=torch.float32).double()
    ),
    "softmax": lambda m, a, b: _when(a.ndim >= 1 and a.is_floating_point(), lambda: a.softmax(-1)),
    "einsum": lambda m, a, b: _when(
        _rows(a) and _rows(b), lambda: torch.einsum("ij,kj->ik", a, b)
    ),
    "matmul": lambda m, a, b: _when(_rows(a) and _rows(b), lambda: a @ b.t() * 0.5),
    "attention": lambda m, a, b: _when(
        _rows(a) and _rows(b), lambda: F.scaled_dot_product_attention(a[None], b[None], b[None])[0]
    ),
    "masked": lambda m, a, b: _when(a.is_floating_point(), lambda: a.masked_fill(a > 1, 0.0)),
    "where": lambda m, a, b: _when(_alike(a, b), lambda: torch.where(a > 0, a, b)),
    "running": lambda m, a, b: _when(a.ndim >= 1 and a.is_floating_point(), lambda: a.cumsum(-1)),
    "sorted": lambda m, a, b: _when(a.ndim >= 1, lambda: a.sort(-1).values),
    "by zero": lambda m, a, b: a / 0 if a.is_floating_point() else None,
    "noise": lambda m, a, b: a + torch.rand_like(a) if a.is_floating_point() else None,
}  # fmt: skip

steps = st.lists(
    st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 30), st.integers(0, 30)),
    min_size=1,
    max_size=7,
)


def outcome(chosen: list[Step]) -> Outcome:
    """Import, run and compare one module; anything but a DiagramError is let through."""
    torch.manual_seed(0)
    model = RandomModule(chosen).double().eval()
    inputs = (torch.randn(3, WIDE).double(), torch.randn(3, WIDE).double())
    try:
        found = Diagram.from_torch(model, inputs)
        verified = found.verify(model)
    except DiagramError as error:
        return Outcome("refused", str(error))
    if not verified.holds:
        return Outcome("differs", str(verified))
    return Outcome("opaque" if verified.opaque else "equal", verified.verdict)


ASKED = "EXPLORER_SLOW_IMPORTS"
QUIET = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


def held(n: int, start: int) -> None:
    """The law on n modules, from one start of the generator."""

    @seed(start)
    @settings(max_examples=n, **QUIET)
    @given(steps)
    def law(chosen):
        found = outcome(chosen)
        assert found.word in ("equal", "opaque", "refused"), found.text

    law()


@pytest.mark.parametrize("start", range(10))
def test_two_hundred_modules_are_equal_opaque_or_refused(start):
    held(20, start)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not os.environ.get(ASKED), reason=f"takes an hour; set {ASKED}=1 to run it")
@pytest.mark.parametrize("start", range(100, 125))
def test_five_thousand_modules_are_equal_opaque_or_refused(start):
    held(200, start)


@pytest.mark.parametrize(
    "chosen",
    [
        # A softmax that is nearly certain: its slope is a difference of equal numbers.
        [("softmax", 1, 0), ("add", 0, 0), ("attention", 0, 18), ("sum", 17, 0)],
    ],
)
def test_what_was_called_different_and_is_not(chosen):
    assert outcome(chosen).word == "equal"
