"""Calls that are several operations of ours: torch itself says what each gives and what goes back.

`verify` compares outputs, every gradient, parameters and FLOPs on ordinary and special inputs
(zeros, equal numbers, limits, very large and very small ones).
"""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from engines.diagrams import Diagram


class After(nn.Module):
    """A function of what a learned map gives."""

    def __init__(self, run):
        super().__init__()
        self.map, self.run = nn.Linear(6, 6), run

    def forward(self, x):
        return self.run(self.map(x))


def _numbers(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


FUNCTIONS = {
    "clamp": lambda y: y.clamp(-0.5, 1),
    "clamp_min": lambda y: y.clamp_min(1e-6),
    "clamp_max": lambda y: y.clamp(max=2),
    "hardtanh": F.hardtanh,
    "hardsigmoid": F.hardsigmoid,
    "selu": F.selu,
    "glu": F.glu,
    "addcmul": lambda y: torch.addcmul(y, y, y, value=0.5),
    "rsub": lambda y: 1 - y,
    "square": torch.square,
    "norm": lambda y: y / y.norm(p=2, dim=-1, keepdim=True),
    "normalize": F.normalize,
    "norm of all": lambda y: torch.linalg.vector_norm(y, dim=(0, 1)),
    "var": lambda y: y.var(-1),
    "var, biased": lambda y: y.var(-1, unbiased=False, keepdim=True) + y,
    "movedim": lambda y: y.movedim(0, -1) @ y,
    "unfold": lambda y: y.unfold(1, 3, 2),
    "a computed kernel": lambda y: F.conv1d(y[None], y[:, None, :3], groups=4),
    "expand_as": lambda y: y[:1].expand_as(y) * y,
}
MODULES = {
    "prelu": (nn.PReLU, (4, 6)),
    "prelu, each channel": (lambda: nn.PReLU(3), (2, 3, 4)),
    "pixel shuffle": (lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.PixelShuffle(2)), (2, 3, 4, 5)),
    "instance norm": (
        lambda: nn.Sequential(nn.Conv2d(3, 4, 3), nn.InstanceNorm2d(4)),
        (2, 3, 5, 6),
    ),
    "instance norm, learned": (lambda: nn.InstanceNorm1d(3, affine=True), (2, 3, 6)),
    "weight norm": (
        lambda: nn.utils.parametrizations.weight_norm(nn.Conv1d(3, 4, 3, padding=1)),
        (2, 3, 6),
    ),
    "uneven kernel": (lambda: nn.Conv2d(4, 6, (1, 5), padding=(0, 2), groups=2), (2, 4, 5, 6)),
    "uneven stride": (lambda: nn.Conv2d(3, 4, 3, stride=(2, 1)), (2, 3, 7, 6)),
    "one wide": (lambda: nn.Conv2d(4, 6, (1, 3), stride=(2, 1), padding=(1, 0)), (2, 4, 5, 6)),
    "means within the picture": (
        lambda: nn.AvgPool2d(3, 2, padding=1, count_include_pad=False),
        (2, 3, 5, 6),
    ),
    "patches": (lambda: nn.Sequential(nn.Conv2d(3, 4, 3), nn.Unfold(2)), (2, 3, 6, 6)),
}


def held(model, inputs):
    """The import is equal with nothing opaque; its backward diagram can be read."""
    diagram = Diagram.from_torch(model, inputs)
    assert not diagram.report.opaque
    verdict = diagram.verify(model)
    assert verdict.holds, [check for check in verdict.checks if not check.holds]
    back = diagram.backward()
    assert Diagram.from_text(back.text()).text() == back.text()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_equal_and_goes_back(name):
    torch.manual_seed(0)
    held(After(FUNCTIONS[name]), (_numbers(4, 6),))


@pytest.mark.parametrize("name", MODULES)
def test_a_layer_is_equal_and_goes_back(name):
    torch.manual_seed(0)
    build, shape = MODULES[name]
    held(build(), (_numbers(*shape),))


def test_several_axes_of_length_one_end_one_by_one():
    """Rows and columns of one patch, flattened to one token: MONAI's UNETR was cut there."""

    class Patches(nn.Module):
        def __init__(self):
            super().__init__()
            self.cut, self.qkv = nn.Conv2d(1, 6, 4, stride=4), nn.Linear(6, 18)

        def forward(self, x):
            tokens = self.cut(x).flatten(2).transpose(1, 2)
            q, k, v = self.qkv(tokens).reshape(2, 1, 3, 2, 3).permute(2, 0, 3, 1, 4)
            return q * k + v

    torch.manual_seed(0)
    held(Patches(), (_numbers(2, 1, 4, 4),))


def test_a_square_turned_over_is_added_to_itself_by_name():
    """DeBERTa's positions: scores read by position, turned over, beside scores of other axes."""

    class Relative(nn.Module):
        def __init__(self):
            super().__init__()
            self.q, self.k, self.p = nn.Linear(6, 6), nn.Linear(6, 6), nn.Linear(6, 5)
            at = torch.arange(4)
            self.register_buffer("at", (at[:, None] - at).clamp(-2, 2) + 2)

        def forward(self, x):
            scores = self.q(x) @ self.k(x).mT
            return scores + self.p(x).gather(-1, self.at.expand(2, -1, -1)).mT

    torch.manual_seed(0)
    held(Relative(), (_numbers(2, 4, 6),))


def test_a_model_is_asked_as_in_its_example():
    """Lists, names and settings stay what they were; of a table only some rows are read."""

    class Heads(nn.Module):
        def __init__(self):
            super().__init__()
            self.head, self.rows = nn.Linear(4, 2), nn.Parameter(_numbers(9, 2))

        def forward(self, levels, scale, *, bias):
            return [self.head(x) * scale + bias + self.rows[2:5].sum(0) for x in levels]

    model = Heads()
    inputs = ([_numbers(3, 4), _numbers(2, 4)], 2.0)
    diagram = Diagram.from_torch(model, inputs, kwargs={"bias": _numbers(2)})
    assert diagram.report.unused == ("rows[0:2]", "rows[5:9]")
    assert diagram.verify(model).verdict == "equal on 7 inputs"


def test_a_model_that_keeps_values_of_one_call_for_the_next_is_compared():
    """As LeViT keeps its attention biases: torch refuses to go back through the first call twice."""

    class Keeps(nn.Module):
        def __init__(self):
            super().__init__()
            self.rows, self.kept = nn.Parameter(_numbers(5, 3)), None

        def forward(self, x):
            if self.kept is None:
                self.kept = self.rows.index_select(0, torch.tensor([0, 3, 4, 1]))
            return x * self.kept

    model = Keeps()
    diagram = Diagram.from_torch(model, (_numbers(2, 4, 3),))
    model.kept = None
    assert diagram.verify(model).holds


class Turned(nn.Module):
    """Rotary positions as of `rotary_embedding_torch`: outside autocast, halves interleaved."""

    def __init__(self):
        super().__init__()
        self.q, self.k = nn.Linear(6, 8), nn.Linear(6, 8)
        self.register_buffer("rates", 10.0 ** -torch.arange(0, 1, 0.25))

    @torch.amp.autocast("cpu", enabled=False)
    def turned(self, x):
        angle = (torch.arange(x.shape[-2])[:, None] * self.rates).repeat_interleave(2, -1)
        even, odd = x.unflatten(-1, (-1, 2)).unbind(-1)
        across = torch.stack((-odd, even), -1).flatten(-2)
        return x * angle.cos() + across * angle.sin()

    def forward(self, x):
        return (self.turned(self.q(x)) @ self.turned(self.k(x)).mT).softmax(-1)


def test_rotary_positions_outside_autocast_are_laid_flat():
    """D42 of the fault pages."""
    torch.manual_seed(0)
    held(Turned(), (_numbers(2, 5, 6),))


def test_an_opaque_call_has_its_arguments_in_torchs_own_order():
    """D45: a diagram lays axes out as it likes, `solve` and `cdist` are handed what torch wants."""

    class Solves(nn.Module):
        def __init__(self):
            super().__init__()
            self.map = nn.Linear(4, 4)

        def forward(self, x, y):
            tall = torch.linalg.solve(self.map(x).transpose(1, 2) + 9 * torch.eye(4), y)
            return torch.cdist(tall.transpose(0, 1), y.transpose(0, 1))

    torch.manual_seed(0)
    diagram = Diagram.from_torch(Solves(), (_numbers(3, 4, 4), _numbers(3, 4, 2)))
    assert len(diagram.report.opaque) >= 2
    torch.manual_seed(0)
    verdict = diagram.verify(Solves())
    assert verdict.holds
    assert "opaque" in verdict.verdict
