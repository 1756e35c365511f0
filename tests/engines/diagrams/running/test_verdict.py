"""What "equal" says: three verdicts, several draws, gradients of one side, scales of their own."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engines.diagrams import Diagram


class Run(nn.Module):
    """A function as a module, with a map of its own."""

    def __init__(self, run) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.l = nn.Linear(5, 5)
        self.run = run

    def forward(self, *inputs: Tensor):
        return self.run(self, *inputs)


def verified(shown, held_against, *inputs: Tensor):
    """The diagram of one model held against another with the same weights."""
    given = inputs or (torch.randn(3, 5),)
    return Diagram.from_torch(Run(shown), given).verify(Run(held_against))


DIFFERENT = {  # D20: each pair is equal on ordinary numbers
    "relu and relu6": (lambda m, x: m.l(x).relu(), lambda m, x: F.relu6(m.l(x))),
    "relu and hardtanh": (
        lambda m, x: m.l(x).relu(), lambda m, x: F.hardtanh(m.l(x), 0.0, 100.0),
    ),
    "a jump above six": (lambda m, x: x * 1, lambda m, x: torch.where(x > 6, 99.0, x)),
    "a bound at fifty": (lambda m, x: x * 1, lambda m, x: x.clamp(-50, 50)),
    "a jump below minus six": (lambda m, x: x * 1, lambda m, x: torch.where(x < -6, 99.0, x)),
    "at zero only": (lambda m, x: x * 1, lambda m, x: torch.where(x == 0, 1.0, x)),
    "a second output above nine": (
        lambda m, x: (x * 2, x * 1), lambda m, x: (x * 2, torch.where(x > 9, x + 1, x)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENT)
def test_programs_that_differ_at_special_values_differ(name):
    assert verified(*DIFFERENT[name]).verdict == "differs"


def test_one_array_given_twice_is_two_inputs():  # D21
    x = torch.randn(3, 5)
    assert verified(lambda m, a, b: 2 * a + b, lambda m, a, b: a + 2 * b, x, x).verdict == "differs"
    assert verified(lambda m, a, b: 2 * a + b, lambda m, a, b: 2 * a + b, x, x).holds


def test_opaque_operations_have_a_verdict_of_their_own():  # D24
    found = verified(lambda m, x: x.sort(-1).values, lambda m, x: x.sort(-1).values)
    assert found.verdict == "equal, 1 operation opaque"
    assert found.holds


def test_equal_says_on_how_many_inputs():
    assert verified(lambda m, x: m.l(x), lambda m, x: m.l(x)).verdict == "equal on 7 inputs"
    tokens = Diagram.from_torch(nn.Embedding(7, 4), (torch.zeros(2, 3).long(),))
    assert tokens.verify(nn.Embedding(7, 4)).verdict == "equal on 2 inputs"


def test_a_gradient_of_one_side_only_is_a_difference():  # D25
    found = verified(lambda m, x: m.l(x), lambda m, x: m.l(x.detach()))
    assert [c.what for c in found.checks if not c.holds] == ["gradient of input 1"]
    found = verified(lambda m, x: m.l(x) + x, lambda m, x: m.l(x).detach() + x)
    assert "gradients of 2 parameters" in [c.what for c in found.checks if not c.holds]


def test_small_gradients_are_measured_by_themselves():  # D25
    """A factor 1e-6 before one of two maps: its gradients may not be a percent off."""

    class Two(nn.Module):
        def __init__(self, factor: float) -> None:
            super().__init__()
            torch.manual_seed(0)
            self.small, self.large = nn.Linear(5, 5), nn.Linear(5, 5)
            self.factor = factor

        def forward(self, x):
            return (
                self.large(x)
                + (self.factor - 1e-6) * self.small(x).detach()
                + (1e-6 * self.small(x)) * (self.factor / 1e-6)
                + (1e-6 - self.factor) * self.small(x).detach()
            )

    found = Diagram.from_torch(Two(1e-6), (torch.randn(3, 5),)).verify(Two(1.01e-6))
    bad = [c for c in found.checks if c.what.startswith("gradients of")]
    assert bad
    assert bad[0].error > 1e-5


def test_a_model_that_does_not_run_is_a_sentence():
    from engines.diagrams import DiagramError

    diagram = Diagram.from_torch(Run(lambda m, x: m.l(x)), (torch.randn(3, 5),))
    with pytest.raises(DiagramError, match="the model itself does not run"):
        diagram.verify(Run(lambda m, x: x.view(7)))


class Scaled(torch.autograd.Function):
    """Nothing forward; backward the gradient is off by a share."""

    @staticmethod
    def forward(ctx, x, off):
        ctx.off = off
        return x.clone()

    @staticmethod
    def backward(ctx, slope):
        return slope * (1 + ctx.off), None


def attended(m, x, off=0.0):
    """A softmax over keys: their common bias changes nothing, so its gradient is zero."""
    keys = F.linear(x, m.l.weight * 1, m.l.bias)
    return torch.softmax(x @ keys.mT, dim=-1) @ F.linear(x, Scaled.apply(m.l.weight, off))


@pytest.mark.parametrize("off", [3e-5, 1e-4, -1e-3])
def test_single_precision_forgives_no_gradient_that_is_more_than_rounding(off):
    torch.manual_seed(0)
    x = (torch.randn(2, 8, 5),)
    plain = Diagram.from_torch(Run(attended), x)
    wrong = Run(lambda m, given: attended(m, given, off))  # the bound of single precision is 1e-5
    assert plain.verify(wrong, dtype=torch.float32, inputs=x).verdict == "differs"


def steep(m, x, off=0.0):
    """Its gradient moves by much when its weights move by a rounding."""
    return torch.sin(300 * F.linear(x, Scaled.apply(m.l.weight, off)))


def test_single_precision_forgives_no_steep_gradient_either():
    torch.manual_seed(0)
    x = (torch.randn(2, 8, 5),)
    plain = Diagram.from_torch(Run(steep), x)
    assert plain.verify(Run(steep), dtype=torch.float32, inputs=x).holds
    wrong = Run(lambda m, given: steep(m, given, 3e-5))
    assert plain.verify(wrong, dtype=torch.float32, inputs=x).verdict == "differs"


def test_single_precision_forgives_no_gradient_of_a_hundredth_either():
    """Wrong by some 1e-4 of itself, which is less than four roundings of the largest."""

    def small(m, given, off=0.0):
        return F.linear(given, m.l.weight) + 0.01 * Shifted.apply(m.l.bias, off)

    torch.manual_seed(0)
    x = (torch.randn(2, 8, 5),)
    plain = Diagram.from_torch(Run(small), x)
    assert plain.verify(Run(small), dtype=torch.float32, inputs=x).holds
    wrong = Run(lambda m, given: small(m, given, 3e-6))
    assert plain.verify(wrong, dtype=torch.float32, inputs=x).verdict == "differs"


def test_single_precision_forgives_a_gradient_that_is_zero_but_for_rounding():
    for seed in range(8):
        torch.manual_seed(seed)
        x = (torch.randn(2, 8, 5),)
        plain = Diagram.from_torch(Run(attended), x)
        assert plain.verify(Run(attended)).holds
        assert plain.verify(Run(attended), dtype=torch.float32).holds


class Shifted(torch.autograd.Function):
    """Nothing forward; backward the gradient is off by so much."""

    @staticmethod
    def forward(ctx, x, off):
        ctx.off = off
        return x.clone()

    @staticmethod
    def backward(ctx, slope):
        return slope + ctx.off, None


def uneven(m, a, b, off=0.0):
    """Gradients of about 3 and, beside it, of 6e-7."""
    return 3.0 * a.sum() + 6e-7 * Shifted.apply(b, off).sum()


def shown_uneven(m, a, b):
    return 3.0 * a.sum() + 6e-7 * b.sum()


@pytest.mark.parametrize(
    ("off", "holds"),
    [
        (2.2e-16, True),  # IEEE 754: half of 2**-51, the distance of doubles beside 3
        (-4.4e-16, True),
        (3e-6, False),  # a millionth of the largest
        (3e-12, False),
        (3e-14, False),
        (6e-9, False),  # a hundredth of its own
    ],
)
def test_a_small_gradient_of_an_input_may_be_off_by_roundings_of_the_largest(off, holds):
    inputs = (torch.randn(3, 5), torch.randn(3, 5))
    diagram = Diagram.from_torch(Run(shown_uneven), inputs)
    wrong = Run(lambda m, a, b: uneven(m, a, b, off))
    found = diagram.verify(wrong)
    assert found.holds is holds, str(found)
    if not holds:
        assert [c.what for c in found.checks if not c.holds] == ["gradient of input 2"]


def test_an_infinite_gradient_hides_no_wrong_one_beside_it():
    """The slope of a root at 0 is infinite."""
    inputs = (torch.zeros(3, 5), torch.randn(3, 5))
    diagram = Diagram.from_torch(Run(lambda m, a, b: a.sqrt().sum() + 2.0 * b.sum()), inputs)
    wrong = Run(lambda m, a, b: a.sqrt().sum() + 2.0 * Shifted.apply(b, 1e-3).sum())
    found = diagram.verify(wrong, inputs=tuple(t.double() for t in inputs))
    assert [c.what for c in found.checks if not c.holds] == ["gradient of input 2"]
