"""Runs a diagram forward and its backward diagram behind it, to hold it against autograd."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from engines.diagrams.backward.backprop import backward, gradient_names, inlined, parameter_name
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.running.draws import example_inputs
from engines.diagrams.running.evaluate import Evaluator
from engines.diagrams.running.module import DiagramModule, module_from_circuit
from engines.diagrams.running.verdict import Check, relative_error


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


def gradients(
    diagram: Circuit,
    sizes: dict[str, int] | None = None,
    seed: int = 0,
    functions: Mapping[str, Any] | None = None,
) -> Gradients:
    """Both kinds of gradients on random inputs and cotangents, in float64."""
    flat = Circuit(inlined(diagram.graph), diagram.sizes, diagram.derived, {}, (), diagram.windows)
    torch.manual_seed(seed)
    module = module_from_circuit(flat, sizes, functions).double()
    inputs = [
        t.requires_grad_() if t.is_floating_point() else t
        for t in example_inputs(flat.graph.inputs, numbers(flat, sizes), torch.float64, seed)
    ]
    values = _forward(module, inputs)
    outs = [values[name] for name in dict.fromkeys(flat.graph.outputs)]
    generator = torch.Generator().manual_seed(seed + 1)
    cots = [torch.randn(o.shape, generator=generator, dtype=torch.float64) for o in outs]
    held = _held(module)
    theirs = _autograd(outs, cots, flat, inputs, held)
    back = backward(diagram)
    given = {**values, **{name: _stacked(tensors) for name, tensors in held.items()}}
    cot = dict(zip((v.name for v in back.graph.inputs), cots, strict=False))
    runner = module_from_circuit(back, sizes, functions)
    with torch.no_grad():
        arrays = [
            cot[v.name] if v.name in cot else given[v.name].detach() for v in back.graph.inputs
        ]
        found = runner(*arrays)
    found = found if isinstance(found, tuple) else (found,)
    ours = dict(zip(gradient_names(diagram), found, strict=True))
    return Gradients(ours, {name: theirs[name] for name in ours})


def _stacked(held: Any) -> Tensor:
    return torch.stack([_stacked(h) for h in held]) if isinstance(held, list) else held


def _autograd(
    outs: list[Tensor],
    cots: list[Tensor],
    flat: Circuit,
    inputs: list[Tensor],
    held: dict[str, Any],
) -> dict[str, Tensor]:
    """The gradients of inputs and parameters by name; those of repeats side by side."""
    pairs = zip(flat.graph.inputs, inputs, strict=True)
    named: dict[str, Any] = {v.name: t for v, t in pairs if not v.dtype} | held
    leaves = [t for entry in named.values() for t in _leaves(entry) if t.requires_grad]
    found = torch.autograd.grad(outs, leaves, cots, allow_unused=True, materialize_grads=True)
    grads = {id(leaf): grad for leaf, grad in zip(leaves, found, strict=True)}

    def graded(entry: Any) -> Any:
        if isinstance(entry, list):
            return [graded(part) for part in entry]
        return grads.get(id(entry), torch.zeros(()))

    return {name: _stacked(graded(entry)) for name, entry in named.items()}


def _leaves(held: Any) -> list[Tensor]:
    return [t for h in held for t in _leaves(h)] if isinstance(held, list) else [held]


def _forward(module: DiagramModule, inputs: Sequence[Tensor]) -> dict[str, Tensor]:
    """Every value of every level by name; those of blocks that run often have their turns first."""
    values = dict(zip((v.name for v in module.graph.inputs), inputs, strict=True))
    kept: dict[str, Tensor] = {}
    run = Evaluator(module._held, values, module._bound(tuple(inputs)))
    for node, tree, own in module.steps:
        if node.body is None:
            values[node.out.name] = run(tree)
            continue
        turns: list[dict[str, Tensor]] = []

        def turn(child: DiagramModule, args: Sequence[Tensor], turns: Any = turns) -> Any:
            turns.append(_forward(child, args))
            return tuple(turns[-1][name] for name in child.graph.outputs)

        made = module._block(node, own, [values[name] for name in node.args], turn)
        outside = set(node.args[node.attrs["carried"] :])
        if node.attrs.get("back"):
            turns.reverse()
        kept |= {n: torch.stack([t[n] for t in turns]) for n in turns[0] if n not in outside}
        values.update(zip((v.name for v in node.outs), made, strict=True))
    return {**kept, **values}


def _held(module: DiagramModule) -> dict[str, Any]:
    """Parameters and buffers by their names in backward diagrams."""
    found: dict[str, Any] = {}
    for node, _, own in module.steps:
        if node.body is None:
            found |= {parameter_name(node, s): getattr(module, n) for s, n in own.names.items()}
            continue
        child = getattr(module, own.block)
        if isinstance(child, DiagramModule):
            found |= _held(child)
            continue
        every = [_held(copy) for copy in child]
        found |= {name: [one[name] for one in every] for name in every[0]}
    return found
