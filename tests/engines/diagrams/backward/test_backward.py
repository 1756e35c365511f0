"""Backward diagrams against autograd, torch's FLOP counter and saved-tensor hooks."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from engines.diagrams import LIBRARY, Diagram, DiagramError
from engines.diagrams.answers import imported_diagram
from engines.diagrams.costing.bill import bill
from engines.diagrams.graph.operations import POINTWISE
from engines.diagrams.graph.sizes import free_axes, numbers
from engines.diagrams.language.json_form import circuit_from_json, json_from_circuit
from engines.diagrams.library.proofs import FUNCTIONS
from engines.diagrams.running.draws import example_inputs
from engines.diagrams.running.gradients import gradients
from engines.diagrams.running.verify import flops_of
from engines.diagrams.specs.importing import EXAMPLES

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning",
                                        "ignore::UserWarning")  # fmt: skip


@pytest.mark.parametrize("name", LIBRARY)
def test_derived_gradients_of_every_entry_equal_autograd(name):
    entry = LIBRARY[name]
    found = gradients(Diagram.from_text(entry.text), dict(entry.sizes), functions=FUNCTIONS)
    assert found.ours
    assert all(check.holds for check in found.checks()), found.checks()


@pytest.mark.parametrize("name", EXAMPLES)
def test_derived_gradients_of_every_imported_model_equal_autograd(name):
    found = gradients(imported_diagram(name)[1])
    assert len(found.ours) > 1
    assert all(check.holds for check in found.checks()), found.checks()


LINES = [
    *(f"z: b x = {fn}(P)" for fn in POINTWISE if fn not in ("step", "finite", "stop", "clamp")),
    "s: b x = stop(P); z: b x = add(s, P)",
    "z: b x = leaky_relu[slope=0.3](X)",
    "z: b x = elu[alpha=0.3](X)",
    "z: b = max[x](X)",
    "r: b w = rename[x -> w](P); c: b y = concat[x w -> y](P, r); z: b = max[y](c)",
    "z: () = min[b x](X)",
    "z: () = prod[b x](X)",
    "z: b x = maximum(X, Y)",
    "z: b x = minimum[by=0.5](X)",
    "z: b x = div(X, Y)",
    "z: b x = sub(Y, P)",
    "z: b = mean[x](P)",
    "size y = 3; z: b y = slice[x -> y, start=1, step=2](X)",
    "size y = 19; z: b y = put[x -> y, start=1, step=2](X)",
    "size k = 3; w: b y k = window[x -> y k, kernel=3, stride=2, pad=1](X); "
    "z: b x = fold[y k -> x, kernel=3, stride=2, pad=1](w)",
    "size x = 8; f: b k z = fft[x -> k z, modes=5](X); z1: b k z = square(f); "
    "z: b x = ifft[k z -> x](z1)",
    "size x = 9; f: b k z = fft[x -> k z, modes=4](X); z: b k z = gelu(f)",
    "size x = 8; size k = 5; size z = 2; f: b k z = unifft[x -> k z](X); z1: b k z = gelu(f); "
    "z: b x = unfft[k z -> x](z1)",
    "size x = 8; size r = x/4; size k = 3; w: b y k = window[x -> y k, kernel=3, dilation=r](X); "
    "z: b y k = gelu(w)",
    "size x = 8; size r = x/4; size d = 4; v: x b = permute(X); w: b x = permute(v); "
    "z: d x = Conv+[x, b -> d, kernel=3, dilation=r](w)",
    "size x = 8; size r = x/4; size d = 4; "
    "z: d y = Conv[x -> y, b -> d, kernel=2, pad=2, dilation=r](X)",
    "z: b y = maxpool[x -> y, kernel=3, stride=2, pad=1](X)",
    "z: b y = maxpool[x -> y, kernel=2, dilation=3](X)",
    "z: b x = avgpool[x, kernel=3](X)",
    "size x = 6; size d = 4; v: x b = permute(X); "
    "z: d y = ConvT+[b -> y, x -> d, kernel=4, stride=3, pad=1, groups=2, dilation=2](v)",
    "size x = 6; size d = 4; v: x b = permute(X); "
    "z: d y = Conv[b -> y, x -> d, kernel=3, stride=2, pad=1, groups=2](v)",
    "z: b x = topk[x, k=3](X); w: b x = softmax[x](z)",
    "z: b x = GroupNorm[x, groups=2](X)",
    "z: b x = BatchNorm[x, running=1](X)",
    "z: b x = log_softmax[b x](X)",
    "z: b t = gather(X, I)",
    "v: b t = gather(X, I); z: x b = scatter(v, I)",
    "v: b x = log(P); z: b x = clamp[low=-0.5, high=0.25](v)",
    "z: b = norm[x](X)",
    "z: b x = hardsigmoid(P)",
    "z: b x = InstanceNorm[b x](X)",
    "size k = 2; i: b k in x = largest[x -> k](X); z: b k = gather(X, i)",
    "size k = 3; i: k x in b = smallest[b -> k](X); z: x k = gather(X, i)",
    "size k = 2; i: b k in x = largest[x -> k](X); v: b k = gather(X, i); z: b x = scatter[b](v, i)",
    "size k = 2; size d = 2; i: k b in x = largest[x -> k](X); v: b k = gather(X, i); "
    "w: d k b = expand[d](v); z: x d b = scatter[b](w, i)",
    "size k = 1; j: b k in x = largest[x -> k](X); i: b in x = index[k, at=0](j); z: b = gather(X, i)",
    "z: b = einsum(X, Y, X) * b^(-1/2)",
]


@pytest.mark.parametrize("lines", LINES)
def test_every_rule_equals_autograd(lines):
    *before, last = lines.split("; ")
    axes = last.partition(":")[2].partition("=")[0].strip()
    body = "".join(f"  {line}\n" for line in ("P: b x = softplus(X)", *before, last))
    text = f"def Rule(X: b x, Y: x, I: t in x) -> {axes}\n{body}"
    checks = gradients(Diagram.from_text(text)).checks()
    assert all(check.holds for check in checks), checks


def test_a_row_that_is_not_learned_receives_nothing():
    """`padding_idx` of torch's own embedding, under autograd."""
    text = "def Rule(I: t in x) -> t m\n  size x = 3\n  z: t m = Embed[E, unlearned=1](I)\n"
    found = gradients(Diagram.from_text(text))
    assert found.ours
    assert all(check.holds for check in found.checks()), found.checks()


def test_only_what_is_not_known_refuses_by_name():
    class Opaque(nn.Module):
        def forward(self, x):
            return torch.cumprod(torch.relu(x), 1)

    diagram = Diagram.from_torch(Opaque(), (torch.randn(3, 5),))
    with pytest.raises(DiagramError, match="cumprod"):
        diagram.backward()


def test_what_repeats_goes_back_as_one_block_from_the_last_turn_to_the_first():
    back = Diagram.from_text(LIBRARY["pre-norm"].text).backward()
    (block,) = [node for node in back.graph.nodes if node.body is not None]
    assert block.attrs["over"] == "N"
    assert block.attrs["back"]
    tape = {value.name: value.axes for value in back.graph.inputs}
    assert tape["Layer_X"] == ("N", "x", "m")
    assert tape["W_Layer_d"] == ("N", "m", "f")


@pytest.mark.parametrize("name", LIBRARY)
def test_backward_diagrams_are_texts_too(name):
    back = Diagram.from_text(LIBRARY[name].text).backward()
    assert Diagram.from_text(back.text()).graph == back.graph
    assert circuit_from_json(json_from_circuit(back)).graph == back.graph
    assert back.file("svg").startswith(b"<svg")


# Costs ------------------------------------------------------------------------------------


def _distinct(diagram: Diagram, given: dict[str, int]) -> dict[str, int]:
    """A size of its own for every free axis, so that no two arrays are alike by accident."""
    free = [a for a in free_axes(diagram) if a not in given and a not in diagram.sizes]
    return {**{axis: 6 + 2 * k for k, axis in enumerate(free)}, **given}


def _forward(name: str):
    entry = LIBRARY[name]
    diagram = Diagram.from_text(entry.text)
    sizes = _distinct(diagram, dict(entry.sizes))
    torch.manual_seed(0)
    module = diagram.to_torch(sizes, FUNCTIONS).double()
    made = example_inputs(diagram.graph.inputs, numbers(diagram, sizes), torch.float64)
    inputs = [t.requires_grad_() if t.is_floating_point() else t for t in made]
    return diagram, sizes, module, inputs


@pytest.mark.parametrize("name", LIBRARY)
def test_flops_equal_torchs_counter_exactly_backward(name):
    diagram, sizes, module, inputs = _forward(name)
    back = diagram.backward()

    def both() -> None:
        out = module(*inputs)
        sum(o.sum() for o in (out if isinstance(out, tuple) else (out,))).backward()

    counted = flops_of(both) - bill(diagram).total.flops.value(numbers(diagram, sizes))
    assert counted - _overcount(diagram, sizes) == bill(back).total.flops.value(
        numbers(back, sizes)
    )


def _overcount(diagram: Diagram, sizes: dict[str, int]) -> float:
    """Torch's counter multiplies the weight gradient of a grouped convolution by its groups."""
    named, extra = numbers(diagram, sizes), 0
    for _, _, node in diagram.graph.walk():
        if node.kind == "conv" and node.attrs["groups"] > 1:
            groups, kernel = node.attrs["groups"], node.attrs["kernel"] ** len(node.attrs["ins"])
            out = math.prod(named[a] for a in node.out.axes)
            extra += (groups - 1) * 2 * out * kernel * named[node.attrs["channel"]] // groups
    return extra


UNKNOWN = {"tensors", "broadcast", "broadcast-index", "inner", "inner-index"}
"""Entries about functions that are given when they run: what those keep is their own."""


@pytest.mark.parametrize("name", [name for name in LIBRARY if name not in UNKNOWN])
def test_saved_activations_equal_what_autograd_holds(name, monkeypatch):
    # A product with the unit has the numbers of its factor; with this one they are told apart.
    monkeypatch.setattr(torch, "eye", lambda n, m, **like: torch.rand(n, m, **like))
    diagram, sizes, module, inputs = _forward(name)
    kept: dict[object, torch.Tensor] = {}

    def pack(t):
        kept[_identity(t)] = t
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        module(*inputs)
    weights = {_identity(p) for p in module.parameters()}
    measured = sum(t.numel() for key, t in kept.items() if key not in weights)
    assert measured == bill(diagram).total.saved.value(numbers(diagram, sizes))


def _identity(t: torch.Tensor) -> object:
    """The numbers themselves: a permuted copy that a contraction makes is counted once."""
    if not t.is_floating_point():
        return t.data_ptr()
    return torch.sort(t.detach().flatten())[0].numpy().tobytes()
