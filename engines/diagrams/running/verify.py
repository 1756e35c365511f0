"""Is the diagram the model? Forward, every gradient, FLOPs and parameters, on the same numbers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from engines.diagrams.costing.bill import bill
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.errors import problem
from engines.diagrams.graph.nodes import Value
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.running.module import DiagramModule, module_from_circuit
from engines.diagrams.running.weights import load, rows

TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-5, torch.bfloat16: 2e-2, torch.float16: 2e-3}


@dataclass(frozen=True)
class Check:
    """One comparison: what, the two numbers or their largest relative difference, the verdict."""

    what: str
    ours: float
    theirs: float
    error: float
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether the difference lies within the tolerance; nan never does."""
        return self.error <= self.tolerance


@dataclass(frozen=True)
class Verification:
    """Every comparison of a model with its diagram."""

    checks: tuple[Check, ...]
    opaque: int
    """Operations that were called through and so prove nothing."""

    @property
    def holds(self) -> bool:
        """Whether everything agrees."""
        return all(check.holds for check in self.checks)

    def __str__(self) -> str:
        lines = [
            f"{c.what}: {'equal' if c.holds else 'DIFFERS'} (error {c.error:.2g}, at most "
            f"{c.tolerance:g})"
            for c in self.checks
        ]
        if self.opaque:
            lines.append(f"{self.opaque} opaque operations were called through")
        return "\n".join(lines)


def example_inputs(
    values: tuple[Value, ...], sizes: dict[str, int], dtype: torch.dtype, seed: int = 0
) -> tuple[Tensor, ...]:
    """Random arrays of the inputs' types, equal for equal seeds."""
    generator = torch.Generator().manual_seed(seed)
    made = []
    for value in values:
        shape = [sizes[a] for a in value.axes]
        if value.dtype == "bool":
            mask = torch.rand(shape, generator=generator) > 0.3
            mask[..., 0] = True  # a row that sees nothing has no softmax
            made.append(mask)
        elif value.dtype:
            high = sizes.get(value.dtype, 2)
            made.append(torch.randint(0, high, shape, generator=generator))
        else:
            made.append(torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype))
    return tuple(made)


def relative_error(ours: Tensor, theirs: Tensor) -> float:
    """Largest difference over largest value; nan in either is no equality."""
    ours, theirs = ours.detach(), theirs.detach()
    if ours.shape != theirs.shape:
        return float("inf")
    if not ours.numel():
        return 0.0
    if ours.dtype == torch.bool or not ours.is_floating_point():
        return float((ours != theirs).double().mean())
    if bool(torch.isnan(ours).any() or torch.isnan(theirs).any()):
        return float("nan")
    same_infinities = torch.equal(torch.isinf(ours), torch.isinf(theirs))
    finite = ~torch.isinf(theirs) & ~torch.isinf(ours)
    if not same_infinities or not finite.any():
        return 0.0 if same_infinities else float("inf")
    difference = (ours - theirs)[finite].abs().max()
    return float(difference / theirs[finite].abs().max().clamp_min(1e-300))


def verify(
    module: nn.Module,
    diagram: Circuit,
    *,
    dtype: torch.dtype = torch.float64,
    tolerance: float | None = None,
    inputs: tuple[Tensor, ...] | None = None,
) -> Verification:
    """Compare an imported diagram with the module it came from.

    Args:
        module: the model, with its weights; it is copied and left as it is.
        diagram: what `circuit_from_torch` made of it.
        dtype: of the comparison; its tolerance follows unless it is given.
        tolerance: the largest relative difference that counts as equal.
        inputs: arrays to compare on; random ones when left out.

    Raises:
        DiagramError: the diagram was not imported, or the model has no numbers (``meta``).
    """
    if diagram.imported is None:
        raise problem("verify", "only an imported diagram knows which model it is of")
    if any(p.device.type == "meta" for p in module.parameters()):
        hint = "build the model on a real device to compare numbers"
        raise problem("meta", "the model has shapes but no numbers", hint)
    reference = copy.deepcopy(module).to(dtype).eval()
    ours = module_from_circuit(diagram, None, diagram.imported.functions).to(dtype)
    _load(ours, diagram, reference)
    given = inputs or example_inputs(diagram.graph.inputs, numbers(diagram), dtype)
    if len(diagram.imported.same) == len(given):
        given = tuple(given[k] for k in diagram.imported.same)
    bound = TOLERANCE.get(dtype, 1e-5) if tolerance is None else tolerance
    checks = compared(reference, ours, given, bound)
    checks += _gradients(reference, ours, diagram, bound)
    checks += _counted(reference, diagram, given)
    opaque = sum(node.kind == "opaque" for _, _, node in diagram.graph.walk())
    return Verification(tuple(checks), opaque)


def _load(ours: DiagramModule, diagram: Circuit, reference: nn.Module) -> None:
    state = dict(reference.named_parameters(remove_duplicate=False))
    state |= dict(reference.named_buffers())
    held = {**diagram.imported.tensors, **state}
    load(replace(diagram.imported, tensors=held), ours)


def _leaves(found: Any) -> list[Tensor]:
    if isinstance(found, Tensor):
        return [found]
    if isinstance(found, dict):
        found = list(found.values())
    return [t for item in found for t in _leaves(item)] if isinstance(found, list | tuple) else []


def compared(
    reference: Callable[..., Any],
    ours: Callable[..., Any],
    inputs: tuple[Tensor, ...],
    bound: float,
) -> list[Check]:
    """Outputs and gradients of the inputs, for equal random cotangents; grads stay behind."""
    theirs_in, ours_in = _copies(inputs), _copies(inputs)
    with sdpa_kernel(SDPBackend.MATH):
        theirs, mine = _leaves(reference(*theirs_in)), _leaves(ours(*ours_in))
        errors = [relative_error(a, b) for a, b in zip(mine, theirs, strict=False)]
        worst = max(errors, default=float("inf")) if len(mine) == len(theirs) else float("inf")
        worst = float("nan") if any(e != e for e in errors) else worst
        checks = [Check("forward", 0.0, 0.0, worst, bound)]
        generator = torch.Generator().manual_seed(1)
        for a, b in zip(theirs, mine, strict=False):
            if not a.requires_grad or a.shape != b.shape:
                continue
            cotangent = torch.randn(a.shape, generator=generator, dtype=torch.float64).to(a.dtype)
            finite = torch.where(torch.isfinite(a), cotangent, torch.zeros_like(cotangent))
            a.backward(finite, retain_graph=True)
            b.backward(finite, retain_graph=True)
    for k, (a, b) in enumerate(zip(theirs_in, ours_in, strict=True)):
        if a.grad is not None and b.grad is not None:
            error = relative_error(b.grad, a.grad)
            checks.append(Check(f"gradient of input {k + 1}", 0.0, 0.0, error, bound))
    return checks


def _copies(inputs: tuple[Tensor, ...]) -> list[Tensor]:
    """Copies with gradients of their own; what was one array stays one."""
    found = {id(t): _free(t) for t in inputs}
    return [found[id(t)] for t in inputs]


def _free(tensor: Tensor) -> Tensor:
    copied = tensor.detach().clone()
    return copied.requires_grad_() if copied.is_floating_point() else copied


def _gradients(
    reference: nn.Module, ours: DiagramModule, diagram: Circuit, bound: float
) -> list[Check]:
    """Gradients of every parameter; shared ones add up in both."""
    theirs = {n: p.grad for n, p in reference.named_parameters(remove_duplicate=False)}
    own = dict(ours.named_parameters(remove_duplicate=False))
    sums: dict[str, Tensor] = {}
    seen: set[int] = set()
    for name, path in diagram.imported.weights.items():
        param = own.get(name)
        if param is None or param.grad is None or id(param) in seen:
            continue
        seen.add(id(param))
        sums[path] = sums.get(path, 0) + param.grad  # the same tensor under two shapes adds up
    worst, n = 0.0, 0
    scale = max((float(g.abs().max()) for g in theirs.values() if g is not None), default=1.0)
    for path, grad in sums.items():
        if path.partition("#")[0] not in theirs:
            continue
        wanted = rows(theirs, path)
        if wanted is None:
            continue
        n += 1
        difference = float((grad.reshape(wanted.shape) - wanted).abs().max()) / max(scale, 1e-300)
        worst = difference if difference != difference or difference > worst else worst
    return [Check(f"gradients of {n} parameters", 0.0, 0.0, worst, bound)] if n else []


def flops_of(run: Callable[[], Any]) -> int:
    """What torch counts, with attention computed by its formula: fused kernels on CPUs count 0."""
    counter = FlopCounterMode(display=False)
    with sdpa_kernel(SDPBackend.MATH), counter:
        run()
    return counter.get_total_flops()


def _counted(reference: nn.Module, diagram: Circuit, inputs: tuple[Tensor, ...]) -> list[Check]:
    sizes = numbers(diagram)
    total = bill(diagram).total
    checks = []
    if all(node.kind != "opaque" for _, _, node in diagram.graph.walk()):
        # With gradients on: without, torch takes fused paths that it does not count.
        theirs = flops_of(lambda: reference(*inputs))
        ours = float(total.flops.value(sizes))
        checks.append(Check("FLOPs", ours, float(theirs), abs(ours - theirs), 0.0))
    held = {p.data_ptr(): p.numel() for p in reference.parameters()}
    n_own, n_theirs = float(total.params.value(sizes)), float(sum(held.values()))
    checks.append(Check("parameters", n_own, n_theirs, abs(n_own - n_theirs), 0.0))
    return checks
