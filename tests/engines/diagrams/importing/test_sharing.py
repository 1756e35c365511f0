"""Arrays that layers share are one array: in the count, in the text, in the module made of it.

Torch says what is right: ``Module.parameters()`` gives a shared tensor once.
"""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engines.diagrams import Diagram, DiagramError
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.running.gradients import gradients


def two_maps(share: str) -> nn.Module:
    first, second = nn.Linear(4, 4), nn.Linear(4, 4)
    if share in ("weight", "both"):
        second.weight = first.weight
    if share in ("bias", "both"):
        second.bias = first.bias
    return nn.Sequential(first, nn.Tanh(), second)


def twice(layer: nn.Module) -> nn.Module:
    return nn.Sequential(layer, nn.Tanh(), layer)


MODELS = {
    "nothing": lambda: two_maps("nothing"),
    "weight": lambda: two_maps("weight"),
    "bias": lambda: two_maps("bias"),
    "both": lambda: two_maps("both"),
    "a map twice": lambda: twice(nn.Linear(4, 4)),
    "a norm twice": lambda: twice(nn.LayerNorm(4)),
    "a norm without bias": lambda: twice(nn.LayerNorm(4, bias=False)),
    "a convolution twice": lambda: twice(nn.Conv1d(3, 3, 3, padding=1)),
}


@pytest.mark.parametrize("name", MODELS)
def test_shared_arrays_are_one(name):
    torch.manual_seed(0)
    model = MODELS[name]().double()
    inputs = (torch.randn(3, 3, 4, dtype=torch.float64),)
    diagram = Diagram.from_torch(model, inputs)
    n_params = sum(p.numel() for p in model.parameters())
    assert diagram.verify(model).holds
    assert diagram.costs().total.params.value(numbers(diagram)) == n_params
    again = Diagram.from_text(diagram.text())
    assert again.text() == diagram.text()
    made = again.to_torch()
    assert sum(p.numel() for p in made.parameters()) == n_params
    scope: dict[str, object] = {}
    exec(again.source(), scope)
    assert sum(p.numel() for p in scope["MODEL"]().parameters()) == n_params


def test_a_bias_that_is_not_there_cannot_be_shared():
    text = "def f(x: b m) -> b m\n  y: b m = Linear[m -> m](x)\n  z: b m = Linear+[m -> m, tied_bias=y](y)"
    with pytest.raises(DiagramError, match="makes y has a bias"):
        Diagram.from_text(text)


def test_gradients_of_a_shared_bias_are_added():
    text = """def f(x: b m) -> b m
  y: b m = Linear+[m -> m](x)
  t: b m = tanh(y)
  z: b m = Linear+[m -> m, tied_bias=y](t)
"""
    found = gradients(Diagram.from_text(text), {"b": 3, "m": 4})
    assert all(check.holds for check in found.checks())
    assert [name for name in found.ours if "bias" in name] == ["bias_y"]


def test_a_class_called_like_an_operation_is_told_apart():
    conv = type("Conv", (nn.Sequential,), {})
    diagram = Diagram.from_torch(conv(nn.Linear(4, 2)), (torch.randn(3, 4),))
    assert Diagram.from_text(diagram.text()).name == "ConvModel"
