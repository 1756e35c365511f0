"""Diagrams against torch: the library, imports, gradients, costs."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engines.diagrams import LIBRARY, Diagram, DiagramError
from engines.diagrams.answers import imported
from engines.diagrams.costing.bill import bill
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.importing.expressions import inputs_from_text, module_from_text
from engines.diagrams.library.proofs import FUNCTIONS, proof
from engines.diagrams.running.draws import example_inputs
from engines.diagrams.running.verify import flops_of
from engines.diagrams.specs.importing import EXAMPLES

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning",
                                        "ignore::UserWarning")  # fmt: skip


@pytest.mark.parametrize("name", LIBRARY)
def test_every_entry_equals_torch_forward_and_in_all_gradients(name):
    assert all(check.holds for check in proof(name)), proof(name)


@pytest.mark.parametrize("name", ["attention", "gpt", "unet", "lstm"])
def test_in_float32_too(name):
    assert all(check.holds for check in proof(name, torch.float32))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_model_is_imported_run_back_and_counted(name):
    assert imported(name)["error"] <= 1e-12
    assert imported(name)["counts"] == 0
    assert imported(name)["odd"] == 0


def test_axes_of_equal_length_are_kept_apart():
    torch.manual_seed(0)
    model = nn.TransformerEncoderLayer(4, 2, 4, batch_first=True)
    diagram = Diagram.from_torch(model, (torch.randn(4, 4, 4),), names={"src": "b t m"})
    assert diagram.verify(model).holds
    assert diagram.graph.inputs[0].axes == ("b", "t", "m")
    (softmax,) = [n for _, _, n in diagram.graph.walk() if n.kind == "softmax"]
    assert len(set(softmax.out.axes)) == 4
    assert diagram.report.names["m"] == "hinted"


def test_repeats_are_folded_and_never_unrolled():
    model = module_from_text("GPT(12, 128, 4)", "meta")
    diagram = Diagram.from_torch(model, inputs_from_text("2 64 in 256", "meta"))
    (block,) = [n for n in diagram.graph.nodes if n.kind == "block"]
    assert block.attrs["repeat"] == 12
    assert sum(1 for _ in diagram.graph.walk()) < 30


def test_an_lstm_is_a_recurrence():
    model = nn.LSTM(8, 16, batch_first=True)
    diagram = Diagram.from_torch(model, (torch.randn(2, 5, 8),))
    (scan,) = [n for n in diagram.graph.nodes if n.kind == "block"]
    assert scan.attrs["over"] == "t"


def test_tied_weights_are_one_parameter():
    model = module_from_text("GPT(1, 32, 4, 50, 16)")
    diagram = Diagram.from_torch(model, inputs_from_text("1 16 in 50"))
    module = diagram.to_torch()
    n_ours = sum(p.numel() for p in module.parameters())
    assert n_ours == sum(p.numel() for p in model.parameters())
    assert diagram.costs().total.params.value(numbers(diagram)) == n_ours


class Opaque(nn.Module):
    def forward(self, x):
        return torch.cumprod(torch.relu(x), 1) * 2


def test_what_is_not_known_is_called_through_and_reported():
    diagram = Diagram.from_torch(Opaque(), (torch.randn(3, 5),))
    assert len(diagram.report.opaque) == 1
    assert "cumprod" in diagram.report.opaque[0]
    x = torch.randn(3, 5)
    assert torch.equal(diagram.to_torch()(x), Opaque()(x))
    assert diagram.verify(Opaque()).opaque == 1


class Branching(nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x


class Leaves(nn.Module):
    def forward(self, x):
        return torch.from_numpy(x.numpy() * 2)


@pytest.mark.parametrize(
    ("module", "args", "code", "word"),
    [
        (Branching(), (torch.randn(3),), "data-dependent", "test_torch.py"),
        (Leaves(), (torch.randn(3),), "numpy", "torch"),
        (nn.Linear(784, 5), (torch.randn(3, 4),), "shape", "shapes"),
        (nn.Linear(4, 5), (torch.randn(3, 4), torch.randn(3, 4)), "arguments", "tuple"),
    ],
)
def test_refusals_of_torch_become_sentences(module, args, code, word):
    with pytest.raises(DiagramError) as caught:
        Diagram.from_torch(module, args)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert word in str(problem)


def test_nan_weights_are_never_called_equal():
    model = nn.Linear(3, 3)
    with torch.no_grad():
        model.weight[0, 0] = float("nan")
    diagram = Diagram.from_torch(model, (torch.randn(2, 3),))
    assert not diagram.verify(model).holds


def test_a_wrong_weight_is_found():
    model = nn.Sequential(nn.Linear(3, 3), nn.Tanh())
    diagram = Diagram.from_torch(model, (torch.randn(2, 3),))
    wrong = diagram.to_torch().double()
    with torch.no_grad():
        next(wrong.parameters())[0, 0] += 1e-6
    x = torch.randn(2, 3, dtype=torch.float64)
    assert not torch.allclose(wrong(x), model.double()(x), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "nn.Linear(3, 4).__class__", "open('x')", "nn.Linear", "nn.Module()",
     "nn.Linear(10**9, 4)", "nn.Lnear(3, 4)", "nn.Linear(3, 4", "nn.Linear('a', 'b')", ""],
)  # fmt: skip
def test_only_constructors_are_read(text):
    with pytest.raises(DiagramError):
        module_from_text(text)


@pytest.mark.parametrize("text", ["", "a b", "2 0", "2, ", "99999999", "9999 9999 9999"])
def test_shapes_that_are_none(text):
    with pytest.raises(DiagramError):
        inputs_from_text(text)


def test_backward_of_attention_has_four_contractions_beside_projections():
    back = Diagram.from_text(LIBRARY["attention"].text).backward()
    both = [n for n in back.graph.nodes if n.kind == "einsum"
            and not any(a.startswith("W_") for a in n.args)
            and not n.out.name.startswith("dW")]  # fmt: skip
    assert len(both) == 4  # dA, dV, dQ, dK: Dao et al. 2022 recompute a fifth
    forward = bill(Diagram.from_text(LIBRARY["attention"].text)).total.flops
    assert bill(back).total.flops == 2 * forward


def test_going_back_twice_through_linear_parts_is_going_forward():
    text = "def F(X: x m) -> x k\n  y: x k = Linear[A](X)\n"
    once = Diagram.from_text(text).backward()
    (grad,) = [n for n in once.graph.nodes if n.out.name == "dX"]
    inner = "def B(G: x k, W: k m) -> x m\n  d: x m = einsum(G, W)\n"
    twice = Diagram.from_text(inner).backward()
    back = next(n for n in twice.graph.nodes if n.out.axes == ("x", "k"))
    assert grad.kind == back.kind == "einsum"
    assert back.args == ("dd", "W")


@pytest.mark.parametrize("name", LIBRARY)
def test_flops_equal_torchs_counter_exactly_forward(name):
    entry = LIBRARY[name]
    diagram = Diagram.from_text(entry.text)
    sizes = numbers(diagram, entry.sizes)
    inputs = example_inputs(diagram.graph.inputs, sizes, torch.float32)
    module = diagram.to_torch(dict(entry.sizes), FUNCTIONS)
    assert flops_of(lambda: module(*inputs)) == bill(diagram).total.flops.value(sizes)
    n = sum(p.numel() for p in module.parameters())
    assert bill(diagram).total.params.value(sizes) == n
