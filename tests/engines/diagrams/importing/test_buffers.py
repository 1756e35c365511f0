"""A buffer is no parameter, wherever a parameter might stand: torch's own list says which is which."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engines.diagrams import Diagram
from engines.diagrams.graph.poly import Poly
from engines.diagrams.running.gradients import gradients

EDGES = torch.tensor([[0, 1, 2, 3, 4], [1, 2, 3, 4, 5]])


class Isomorphism(nn.Module):
    """The structure of `GINConv` of torch_geometric 2.8 (Xu et al. 2019): eps is held as a buffer
    unless it learns; neighbours are summed, the node itself counts 1 + eps times, a map follows."""

    def __init__(self, learns: bool) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.nn = nn.Linear(8, 5)
        if learns:
            self.eps = nn.Parameter(torch.full((1,), 0.3))
        else:
            self.register_buffer("eps", torch.full((1,), 0.3))

    def forward(self, x: Tensor, edges: Tensor) -> Tensor:
        """[node, 8] to [node, 5]."""
        neighbours = torch.zeros_like(x).index_add(0, edges[1], x[edges[0]])
        return self.nn(neighbours + (1 + self.eps) * x)


@pytest.mark.parametrize(("learns", "n"), [(False, 45), (True, 46)])
def test_eps_of_a_graph_convolution_counts_only_where_it_learns(learns, n):
    """D47: 8 * 5 + 5 numbers of the map, and eps where it learns."""
    model = Isomorphism(learns)
    found = Diagram.from_torch(model, (torch.randn(6, 8), EDGES)).verify(model)
    (counted,) = [c for c in found.checks if c.what == "parameters"]
    assert (counted.ours, counted.theirs) == (n, n)
    assert found.verdict.startswith("equal"), str(found)


class Held(nn.Module):
    """A buffer where a layer has a parameter."""

    def __init__(self, run, **buffers: Tensor) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.l = nn.Linear(5, 5)
        self.run = run
        for name, tensor in buffers.items():
            self.register_buffer(name, tensor, persistent=name != "passing")

    def forward(self, x: Tensor) -> Tensor:
        """What was handed in."""
        return self.run(self, x)


ROW, SQUARE = torch.linspace(-1, 1, 5), torch.linspace(-1, 1, 25).reshape(5, 5)
TAPS = torch.linspace(-1, 1, 6).reshape(2, 1, 3)


class Beside(Held):
    """Parameters of the same kind beside the buffers."""

    def __init__(self, run, learned: dict[str, Tensor], **buffers: Tensor) -> None:
        super().__init__(run, **buffers)
        for name, array in learned.items():
            self.register_parameter(name, nn.Parameter(array.clone()))


WHERE = {
    "the weight of a map": Held(lambda m, x: F.linear(m.l(x), m.w), w=SQUARE),
    "the weight and bias of a map": Held(lambda m, x: F.linear(m.l(x), m.w, m.b), w=SQUARE, b=ROW),
    "the weight beside a bias": Beside(lambda m, x: F.linear(x, m.w, m.b), {"b": ROW}, w=SQUARE),
    "the bias of a map": Held(lambda m, x: F.linear(x, m.l.weight, m.b), b=ROW),
    "a factor": Held(lambda m, x: m.l(x) * m.g, g=ROW),
    "one number": Held(lambda m, x: m.l(x) * (1 + m.g), g=torch.tensor(0.3)),
    "sums of numbers": Held(lambda m, x: m.l(x) * ((1 + m.g) * m.g).sqrt(), g=torch.tensor(0.3)),
    "an addend": Held(lambda m, x: m.l(x) + m.passing, passing=ROW),
    "a norm": Held(lambda m, x: F.layer_norm(m.l(x), (5,), m.g, m.b), g=ROW + 2, b=ROW),
    "a norm beside a bias": Beside(
        lambda m, x: F.layer_norm(m.l(x), (5,), m.g, m.b), {"b": ROW}, g=ROW + 2
    ),
    "a norm per group": Beside(
        lambda m, x: F.group_norm(m.l(x).reshape(3, 5, 1), 1, m.g, m.b), {"b": ROW}, g=ROW + 2
    ),
    "a root mean square norm": Held(lambda m, x: F.rms_norm(m.l(x), (5,), m.g), g=ROW + 2),
    "a matrix product": Held(lambda m, x: m.l(x) @ m.w, w=SQUARE),
    "a contraction": Held(lambda m, x: torch.einsum("ij,jk->ik", m.l(x), m.w), w=SQUARE),
    "a weight used twice": Held(lambda m, x: F.linear(F.linear(m.l(x), m.w), m.w), w=SQUARE),
    "a convolution": Held(lambda m, x: F.conv1d(m.l(x)[:, None], m.w), w=TAPS),
    "a convolution beside a bias": Beside(
        lambda m, x: F.conv1d(m.l(x)[:, None], m.w, m.b), {"b": ROW[:2]}, w=TAPS
    ),
    "batch statistics": nn.Sequential(nn.Linear(5, 5), nn.BatchNorm1d(5)),
}  # fmt: skip


@pytest.mark.parametrize("name", WHERE)
def test_a_buffer_is_no_parameter(name):
    """Not in counts, not in the module, not in the text, and it has no gradient."""
    model = WHERE[name].eval()
    diagram = Diagram.from_torch(model, (torch.randn(3, 5),))
    found = diagram.verify(model)
    n = sum(p.numel() for p in model.parameters())
    n -= sum(dict(model.named_parameters())[unused].numel() for unused in found.unused)
    assert found.verdict.startswith("equal"), str(found)
    assert [c.ours for c in found.checks if c.what == "parameters"] == [n]
    assert sum(p.numel() for p in diagram.to_torch().parameters()) == n
    assert Diagram.from_text(diagram.text()).graph == diagram.graph
    assert all(check.holds for check in gradients(diagram).checks())


@pytest.mark.parametrize("learns", [True, False])
def test_a_table_that_is_a_buffer_is_no_parameter(learns):
    made = Beside if learns else Held
    arrays = {"learned": {"w": SQUARE}} if learns else {"w": SQUARE}
    model = made(lambda m, at: F.embedding(at, m.w), **arrays)
    diagram = Diagram.from_torch(model, (torch.tensor([[0, 1, 4]]),))
    found = diagram.verify(model)
    assert found.verdict.startswith("equal"), str(found)
    assert sum(p.numel() for p in diagram.to_torch().parameters()) == (25 if learns else 0)


def test_written_source_holds_buffers_as_buffers():
    """Source that needs only torch, run by Python itself."""
    diagram = Diagram.from_torch(WHERE["the weight and bias of a map"], (torch.randn(3, 5),))
    room: dict[str, Any] = {}
    exec(compile(diagram.source(), "written", "exec"), room)
    written = room["MODEL"]()
    assert sum(p.numel() for p in written.parameters()) == 30
    assert sum(b.numel() for b in written.buffers()) == 30


def test_what_only_a_buffer_reads_is_not_kept():
    """Torch keeps the argument of a map for the gradient of its weight: of a buffer there is none."""
    fixed = Diagram.from_text("def M(x: b m) -> b f\n  out: b f = Linear[fixed=1](x)\n")
    learned = Diagram.from_text("def M(x: b m) -> b f\n  out: b f = Linear(x)\n")
    assert (fixed.costs().total.params, fixed.costs().total.saved) == (0, 0)
    assert learned.costs().total.saved == Poly.product(("b", "m"))
