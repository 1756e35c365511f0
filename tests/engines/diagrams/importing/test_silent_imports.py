"""An import is never silently another program: every fault that was found, by its number, and its kind.

The right values are those of torch itself: the model is run beside its diagram.
"""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from engines.diagrams import Diagram, DiagramError


class Model(nn.Module):
    """Two maps, a buffer, and a forward that is handed in."""

    def __init__(self, run) -> None:
        super().__init__()
        self.l, self.k = nn.Linear(5, 5), nn.Linear(5, 5)
        self.register_buffer("n", torch.ones(()))
        self.run = run

    def forward(self, *inputs):
        return self.run(self, *inputs)


def imported(run, *inputs):
    """The model in float64, and its diagram on 3 x 5 numbers (x), as the faults were found."""
    torch.manual_seed(0)
    model = Model(run).double().eval()
    return model, Diagram.from_torch(model, inputs or (torch.randn(3, 5).double(),))


def kinds(diagram) -> list[str]:
    return [str(n.attrs.get("fn") or n.kind) for _, _, n in diagram.graph.walk()]


def quiet(m, x):
    with torch.no_grad():
        y = m.l(x)
    return m.k(x) + y


def without_autocast(m, x):
    with torch.autocast("cpu", enabled=False):
        return m.l(x)


def into_a_slice(m, x):
    y = x * 2
    y[:, 0] = 7
    y.add_(1)
    return y


def through_views(m, x):
    y = m.l(x)
    y[1].mul_(3)
    turned = y.t()
    turned[2] = x[:, 0]
    y.view(-1)[3:6] += 1
    return y, turned


def through_parts(m, x):
    y = x * 2
    z = y[:, 1:4]
    y.mul_(2)
    z.add_(1)
    return y, z


def in_place_on_input(m, x):
    x.mul_(2)
    return x + 1


def counter_only(m, x):
    m.n += 1
    return x * 2


def to_constants(m, x):
    keys = torch.eye(5, dtype=x.dtype)
    return F.scaled_dot_product_attention(x, keys, m.l.weight)


EQUAL = {
    "D1: a write into a slice": (into_a_slice, "concat"),
    "D2: detach": (lambda m, x: m.l(x).detach() + x, "stop"),
    "D4: a cast": (lambda m, x: m.l(x).to(torch.bfloat16).to(x.dtype), "cast"),
    "D5: a softmax in single precision": (
        lambda m, x: m.l(x).float().softmax(-1).to(x.dtype), "cast",
    ),
    "D5: by its own dtype": (
        lambda m, x: m.l(x).softmax(-1, dtype=torch.float32).to(x.dtype), "cast",
    ),
    "D5: a sum in single precision": (lambda m, x: x.sum(-1, dtype=torch.float32), "cast"),
    "D7: a map that is never used": (lambda m, x: m.l(x), "linear"),
    "D8: a region without gradients": (quiet, "stop"),
    "D8: a region without autocast": (without_autocast, "linear"),
    "D1: writes through views": (through_views, "concat"),
    "D1: a view sees later writes": (through_parts, "concat"),
    "D10: a write into the input": (in_place_on_input, "add"),
    "D6: a counter nobody reads": (counter_only, "mul"),
    "D1: a write into zeros": (lambda m, x: torch.zeros_like(x) * 2 + m.l(x), "add"),
    "two orders of one tensor": (lambda m, x: ((y := x * 2), y.t()), "permute"),
    "a parameter turned": (lambda m, x: x @ m.l.weight.t() + x @ m.k.weight, "einsum"),
    "a map by a weight that is turned": (lambda m, x: F.linear(x, m.l.weight.t()), "einsum"),
    "attention to constants": (to_constants, "softmax"),
    "a factor of a product that is read twice": (lambda m, x: (q := x @ x.t()) * 0.5 + q, "mul"),
}  # fmt: skip


@pytest.mark.parametrize("name", EQUAL)
def test_what_was_imported_wrongly_is_an_operation_and_equal(name):
    run, kind = EQUAL[name]
    model, diagram = imported(run)
    found = diagram.verify(model)
    assert found.verdict == "equal on 7 inputs", str(found)
    assert kind in kinds(diagram)


@pytest.mark.parametrize("name", [n for n in EQUAL if "zeros" not in n])
def test_it_is_drawn_costed_differentiated_and_written_too(name):
    _, diagram = imported(EQUAL[name][0])
    assert diagram.file("svg")
    assert diagram.costs().total.params is not None
    assert diagram.backward().graph.outputs
    assert Diagram.from_text(diagram.text()).graph == diagram.graph


def test_a_straight_through_rounding_has_gradient_one():  # D3
    x = torch.randn(3, 5).double()
    _, diagram = imported(lambda m, x: x + (x.round() - x).detach())
    given = x.clone().requires_grad_()
    diagram.to_torch().double()(given).sum().backward()
    assert torch.equal(given.grad, torch.ones_like(x))


def test_a_cast_goes_back_through_the_same_rounding():
    """Torch's autograd rounds a gradient to the precision its number had."""
    from engines.diagrams.running.gradients import gradients

    _, diagram = imported(lambda m, x: m.l(x).to(torch.bfloat16).to(x.dtype))
    assert all(check.holds for check in gradients(diagram).checks())


REFUSED = {
    "D6: a buffer that changes": (lambda m, x: x * m.n.add_(1), "state", "tensor n"),
    "D9: a division by zero": (lambda m, x: x / 0 * 0, "division", "divides by zero"),
    "random numbers": (lambda m, x: x + torch.rand_like(x), "random", "rand_like"),
    "dropout that stays on": (lambda m, x: F.dropout(x, training=True), "random", "dropout"),
    "a branch on a value": (lambda m, x: x if x.sum() > 0 else -x, "data-dependent", "values"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_diagram_shows_is_refused_with_its_place(name):
    run, code, words = REFUSED[name]
    with pytest.raises(DiagramError) as caught:
        imported(run)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert words in str(problem)
    assert "test_silent_imports.py:" in str(problem)
    assert problem.hint


def autocast(m, x):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return m.l(x)


def past_the_gradient(m, x):
    y = x * 2
    with torch.no_grad():
        y[0] = 0
    return y


@pytest.mark.parametrize(("run", "code"), [(autocast, "autocast"), (past_the_gradient, "write")])
def test_regions_that_compute_otherwise_are_refused_with_their_place(run, code):
    with pytest.raises(DiagramError, match="test_silent_imports") as caught:
        imported(run)
    assert caught.value.problems[0].code == code


def test_unused_parameters_are_named():  # D7
    model, diagram = imported(lambda m, x: m.l(x))
    assert diagram.report.unused == ("k.weight", "k.bias")
    assert "never used: k.weight, k.bias" in str(diagram.verify(model))


def in_training(m, x):
    return m.l(x) * (2 if m.training else 1)


def by_size(m, x):
    n = x.shape[0]
    return x.sum(0) if n > 4 else x.mean(0)


def by_loop(m, x):
    y = x
    for _ in range(len(x)):
        y = y + x
    return y


@pytest.mark.parametrize(
    ("run", "words"),
    [(in_training, "trains"), (by_size, "branch on a size"), (by_loop, "loop over a size")],
)
def test_branches_that_were_fixed_are_noted_with_their_place(run, words):  # D22, D23
    _, diagram = imported(run)
    (note,) = diagram.report.notes
    assert words in note
    assert "test_silent_imports.py:" in note


def test_a_write_into_an_input_is_noted():  # D10
    _, diagram = imported(in_place_on_input)
    assert "writes into its input" in diagram.report.notes[0]
