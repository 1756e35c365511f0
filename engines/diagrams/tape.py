"""Runs a diagram forward and its backward diagram behind it, to hold it against autograd."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from engines.diagrams.backprop import backward, gradient_names, inlined, parameter_name
from engines.diagrams.evaluate import Evaluator
from engines.diagrams.model import Diagram
from engines.diagrams.module import DiagramModule, module_from_diagram
from engines.diagrams.sizes import numbers
from engines.diagrams.verify import Check, example_inputs, relative_error


@dataclass(frozen=True)
class Gradients:
    """Gradients by the backward diagram beside those of autograd, by name."""

    ours: dict[str, Tensor]
    autograd: dict[str, Tensor]

    def checks(self, bound: float = 1e-12) -> tuple[Check, ...]:
        """One comparison per gradient, relative to the largest gradient of all."""
        scale = max(
            (float(t.abs().max()) for t in self.autograd.values() if t.numel()), default=1.0
        )
        return tuple(
            Check(name, 0.0, 0.0, _difference(self.ours[name], theirs, scale), bound)
            for name, theirs in self.autograd.items()
        )


def _difference(a: Tensor, b: Tensor, scale: float) -> float:
    if a.shape != b.shape:
        return float("inf")
    return float((a - b).abs().max()) / max(scale, 1e-300) if a.numel() else relative_error(a, b)


def gradients(diagram: Diagram, sizes: dict[str, int] | None = None, seed: int = 0) -> Gradients:
    """Both kinds of gradients on random inputs and cotangents, in float64."""
    flat = Diagram(inlined(diagram.graph), diagram.sizes, diagram.derived, {}, (), diagram.windows)
    torch.manual_seed(seed)
    module = module_from_diagram(flat, sizes).double()
    inputs = [
        t.requires_grad_() if t.is_floating_point() else t
        for t in example_inputs(flat.graph.inputs, numbers(flat, sizes), torch.float64, seed)
    ]
    values = _forward(module, inputs)
    outs = [values[name] for name in dict.fromkeys(flat.graph.outputs)]
    generator = torch.Generator().manual_seed(seed + 1)
    cots = [torch.randn(o.shape, generator=generator, dtype=torch.float64) for o in outs]
    real = [(v.name, t) for v, t in zip(flat.graph.inputs, inputs, strict=True) if not v.dtype]
    params = _parameters(module)
    leaves = [t for _, t in real] + [p for p in params.values() if p.requires_grad]
    names = [n for n, _ in real] + [n for n, p in params.items() if p.requires_grad]
    theirs = torch.autograd.grad(outs, leaves, cots, allow_unused=True, materialize_grads=True)
    back = backward(flat)
    given: dict[str, Any] = {**values, **params}
    cot = dict(zip((v.name for v in back.graph.inputs), cots, strict=False))
    runner = module_from_diagram(back, sizes)
    with torch.no_grad():
        arrays = [
            cot[v.name] if v.name in cot else given[v.name].detach() for v in back.graph.inputs
        ]
        found = runner(*arrays)
    found = found if isinstance(found, tuple) else (found,)
    ours = dict(zip(gradient_names(flat), found, strict=True))
    wanted = dict(zip(names, theirs, strict=True))
    return Gradients(ours, {name: wanted[name] for name in ours})


def _forward(module: DiagramModule, inputs: list[Tensor]) -> dict[str, Tensor]:
    values = dict(zip((v.name for v in module.graph.inputs), inputs, strict=True))
    run = Evaluator(module._held, values, module._bound(tuple(inputs)))
    for node, tree, _ in module.steps:
        values[node.out.name] = run(tree)
    return values


def _parameters(module: DiagramModule) -> dict[str, Tensor]:
    return {
        parameter_name(node, suffix): getattr(module, name)
        for node, _, own in module.steps
        for suffix, name in own.names.items()
    }
