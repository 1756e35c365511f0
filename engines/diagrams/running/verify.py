"""Is the diagram the model? Forward, every gradient, FLOPs and parameters, on the same numbers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from engines.diagrams.costing.bill import bill
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.errors import DiagramError, problem
from engines.diagrams.graph.imported import ARRAY, PARTS, Asked, replaced
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.running.draws import Draw, draws
from engines.diagrams.running.module import DiagramModule, module_from_circuit
from engines.diagrams.running.verdict import Check, Verification, agreeing_error, relative_error
from engines.diagrams.running.weights import load, rows

TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-5, torch.bfloat16: 2e-2, torch.float16: 2e-3}
AMPLIFIED, AMPLIFIED_MAX = 64.0, 1e-4
"""Special inputs may be this much further off than the model moves when all moves by one rounding;
where it moves more than the second number, they tell nothing and are left out."""
LEAST = 1e-4
"""A gradient is measured by its own largest number, or by this share of the largest gradient of its
kind (of parameters, of inputs)."""
ROUNDINGS = 4
"""So many roundings of the largest gradient of all inputs are what adding and taking away may leave
of a small one."""


def verify(
    module: nn.Module,
    diagram: Circuit,
    *,
    dtype: torch.dtype | None = None,
    tolerance: float | None = None,
    inputs: tuple[Tensor, ...] | None = None,
) -> Verification:
    """Compare an imported diagram with the module it came from, on several draws of inputs.

    Args:
        module: the model, with its weights; it is copied and left as it is.
        diagram: what the import made of it.
        dtype: of the comparison, its tolerance follows unless it is given; float64 when left out,
            or that of the example inputs when the model names a precision itself.
        tolerance: the largest relative difference that counts as equal.
        inputs: arrays to compare on; two random draws, zeros, edges and large ones when left out.

    Raises:
        DiagramError: the diagram was not imported, the model has no numbers (``meta``), or one of
            the two does not run.
    """
    if diagram.imported is None:
        raise problem("verify", "only an imported diagram knows which model it is of")
    if any(p.device.type == "meta" for p in module.parameters()):
        hint = "build the model on a real device to compare numbers"
        raise problem("meta", "the model has shapes but no numbers", hint)
    dtype = dtype or precision_of(diagram)
    reference, ours = pair_of(module, diagram, dtype)
    bound = TOLERANCE.get(dtype, 1e-5) if tolerance is None else tolerance
    given = [Draw("given", inputs, ordinary=True)] if inputs else None
    given = given or draws(diagram.graph.inputs, numbers(diagram), dtype)
    pair = _Pair(reference, ours, diagram, bound)
    n_inputs = sum(pair.drawn(draw) for draw in given)
    checks = [*pair.worst.values(), *_counted(reference, diagram, given[0].inputs)]
    if not n_inputs:
        checks.insert(0, Check("forward", 0.0, 0.0, float("nan"), bound))
    opaque = sum(node.kind == "opaque" for _, _, node in diagram.graph.walk())
    return Verification(tuple(checks), opaque, n_inputs, diagram.imported.report.unused)


def pair_of(
    module: nn.Module, diagram: Circuit, dtype: torch.dtype
) -> tuple[nn.Module, DiagramModule]:
    """A copy of the model in a precision, and the diagram as a module with the same weights.

    Raises:
        DiagramError: the diagram cannot be built.
    """
    reference = _asked_as(
        _in_precision(copy.deepcopy(module), dtype), diagram.imported.asked
    ).eval()
    try:
        ours = module_from_circuit(diagram, None, diagram.imported.functions).to(dtype)
        _load(ours, diagram, reference)
    except (ValueError, KeyError, IndexError, RuntimeError) as error:
        text = f"the diagram cannot be built as a module: {_first_line(error)}"
        raise problem("run", text, "import its parts one by one to find which it is") from error
    return reference, ours


def _in_precision(module: nn.Module, dtype: torch.dtype) -> nn.Module:
    """Real numbers in a precision, complex ones in that of their parts."""
    wide = torch.complex128 if dtype == torch.float64 else torch.complex64

    def cast(t: Tensor) -> Tensor:
        return t.to(wide) if t.is_complex() else t.to(dtype) if t.is_floating_point() else t

    return module._apply(cast)


def _asked_as(module: nn.Module, asked: Asked) -> nn.Module:
    """The module as one that takes arrays alone: lists, names and settings as in the example."""
    if all(part is ARRAY for part in asked[0]) and not asked[1]:
        return module
    own = type(module)

    def forward(self: nn.Module, *arrays: Tensor) -> Any:
        given = iter(arrays)
        args, named = replaced(asked, lambda v: next(given) if v is ARRAY else v)
        return own.forward(self, *args, **named)

    module.__class__ = type(own.__name__, (own,), {"forward": forward})
    return module


def precision_of(diagram: Circuit) -> torch.dtype:
    """That of the example inputs where the model names one, else double."""
    return getattr(torch, diagram.imported.precision or "float64")


def _load(ours: DiagramModule, diagram: Circuit, reference: nn.Module) -> None:
    state = dict(reference.named_parameters(remove_duplicate=False))
    learns = {name for name, p in state.items() if p.requires_grad}
    state |= dict(reference.named_buffers())
    held = {**diagram.imported.tensors, **state}
    load(replace(diagram.imported, tensors=held), ours)
    own = dict(ours.named_parameters(remove_duplicate=False))
    for name, path in diagram.imported.weights.items():
        if name in own:
            own[name].requires_grad_(path.partition("#")[0] in learns)


@dataclass
class _Pair:
    """A model and its diagram, and how far they were apart at worst."""

    reference: nn.Module
    ours: DiagramModule
    diagram: Circuit
    bound: float
    worst: dict[str, Check] = field(default_factory=dict)

    def drawn(self, draw: Draw) -> bool:
        """Compare on one draw; False when it tells nothing."""
        try:
            theirs = _Run(self._afresh(), draw.inputs)
            moved = None if draw.ordinary else _Run(self._afresh(), _moved(draw.inputs))
        except Exception as error:
            if not draw.ordinary:
                return False
            text = f"the model itself does not run: {_first_line(error)}"
            raise problem("model", text, "mend the model, or give other inputs") from error
        try:
            mine = _Run(self.ours, draw.inputs)
        except DiagramError:
            raise
        except Exception as error:
            text = f"the diagram does not run: {_first_line(error)}"
            hint = "an operation that is opaque or was cast may need its own kind of numbers"
            raise problem("run", text, hint) from error
        if not draw.ordinary and not theirs.finite():
            return False
        rows = self._rows(mine, theirs)
        allowed = self._allowed(moved, theirs) if moved is not None else {}
        if any(a > AMPLIFIED_MAX for a in allowed.values()):
            return False
        if moved is not None and any(rows[w] > max(self.bound, a) for w, a in allowed.items()):
            stirred = self._allowed(self._stirred_run(draw), theirs)
            allowed = {w: max(a, min(stirred[w], AMPLIFIED_MAX)) for w, a in allowed.items()}
        for what, error in rows.items():
            slack = max(1.0, allowed.get(what, 0.0) / self.bound)
            self._note(Check(what, 0.0, 0.0, error / slack, self.bound))
        return True

    def _afresh(self) -> nn.Module:
        """The model as it was given: some keep values of one call for the next."""
        return copy.deepcopy(self.reference)

    def _stirred_run(self, draw: Draw) -> _Run:
        """The model where all that it keeps for its backward pass moves by a rounding.

        Moved inputs hide what a backward pass loses by taking away: a softmax that is nearly
        certain moves with no input, and its slope is a difference of equal numbers.
        """
        generator = torch.Generator().manual_seed(3)
        with saved_tensors_hooks(lambda t: t, lambda t: _stirred(t, generator)):
            return _Run(self._afresh(), draw.inputs)

    def _note(self, check: Check) -> None:
        before = self.worst.get(check.what)
        if before is None or (before.holds and not check.error <= before.error):
            self.worst[check.what] = check

    def _allowed(self, moved: _Run, theirs: _Run) -> dict[str, float]:
        return {what: AMPLIFIED * error for what, error in self._rows(moved, theirs).items()}

    def _rows(self, mine: _Run, theirs: _Run) -> dict[str, float]:
        """The largest error of the outputs, of every input's gradient and of all parameters'."""
        whole = any(bool(torch.isnan(p).any()) for p in self.reference.parameters())
        error = relative_error if whole else agreeing_error
        same = len(mine.outputs) == len(theirs.outputs)
        pairs = zip(mine.outputs, theirs.outputs, strict=False)
        rows = {"forward": _most([error(a, b) for a, b in pairs]) if same else float("inf")}
        for k, (a, b) in enumerate(zip(mine.slopes, theirs.slopes, strict=True)):
            if a is not None and b is not None:
                largest = theirs.largest_slope
                rounding = min(ROUNDINGS * torch.finfo(b.dtype).eps, self.bound) * largest
                rows[f"gradient of input {k + 1}"] = error(a, b, LEAST * largest, rounding)
        errors = self._of_parameters(mine, theirs, error)
        if errors:
            rows[_told(errors)] = _most(list(errors.values()))
        return rows

    def _of_parameters(self, mine: _Run, theirs: _Run, error: Any) -> dict[str, float]:
        learned = self._gathered() if mine.model is self.ours else mine.learned
        least = theirs.least
        found = {}
        for name, g in theirs.learned.items():
            rounding = min(ROUNDINGS * torch.finfo(g.dtype).eps, self.bound) * least / LEAST
            nothing = _largest(g) < least  # only such a gradient may be rounding and no more
            found[name] = error(learned[name], g, least, rounding if nothing else 0.0)
        return found

    def _gathered(self) -> dict[str, Tensor]:
        """Gradients of the diagram's parameters as gradients of the model's, shared ones added."""
        tensors = dict(self.reference.named_parameters(remove_duplicate=False))
        names = {id(p): name for name, p in self.reference.named_parameters()}
        found = {name: torch.zeros_like(p) for name, p in self.reference.named_parameters()}
        own = dict(self.ours.named_parameters(remove_duplicate=False))
        seen: set[int] = set()
        for name, path in self.diagram.imported.weights.items():
            whole = path.partition("#")[0]
            param = own.get(name)
            if param is None or whole not in tensors or id(param) in seen or param.grad is None:
                continue
            seen.add(id(param))
            into = rows({whole: found[names[id(tensors[whole])]]}, path)
            into += param.grad.reshape(into.shape)
        return found


class _Run:
    """One run of one program: outputs, and gradients for equal cotangents; none are zeros."""

    def __init__(self, model: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self.model = model
        for param in model.parameters():
            param.grad = None
        leaves = [_free(t) for t in inputs]
        # Copies, because a model may write into what it is handed.
        with sdpa_kernel(SDPBackend.MATH):
            self.outputs = tensors_in(model(*[t.clone() for t in leaves]))
            generator = torch.Generator().manual_seed(1)
            outs, cots = [], []
            for out in self.outputs:
                cotangent = torch.randn(out.shape, generator=generator, dtype=torch.float64)
                if out.requires_grad:
                    finite = torch.isfinite(out.detach())
                    outs.append(out)
                    cots.append(torch.where(finite, cotangent.to(out.dtype), 0))
            if outs:
                torch.autograd.backward(outs, cots)
        self.slopes = [_slope(t) if t.requires_grad else None for t in leaves]
        self.learned = {name: _slope(p) for name, p in model.named_parameters()}

    @property
    def least(self) -> float:
        """Gradients of a parameter smaller than this are measured by it."""
        return LEAST * max(map(_largest, self.learned.values()), default=0.0)

    @property
    def largest_slope(self) -> float:
        """The largest gradient with respect to any input."""
        return max((_largest(s) for s in self.slopes if s is not None), default=0.0)

    def finite(self) -> bool:
        """Whether every output is made of numbers, and every gradient."""
        slopes = [s for s in (*self.slopes, *self.learned.values()) if s is not None]
        return all(bool(torch.isfinite(t).all()) for t in (*self.outputs, *slopes))


def _slope(tensor: Tensor) -> Tensor:
    return torch.zeros_like(tensor) if tensor.grad is None else tensor.grad.detach().clone()


def _most(errors: list[float]) -> float:
    return float("nan") if any(e != e for e in errors) else max(errors, default=0.0)


def _stirred(tensor: Tensor, generator: torch.Generator) -> Tensor:
    """Every number moved by a rounding more or less; equal steps could cancel each other."""
    if not tensor.is_floating_point():
        return tensor
    step = torch.randn(tensor.shape, generator=generator).to(tensor.dtype)
    return tensor.detach() * (1 + step * torch.finfo(tensor.dtype).eps)


def _moved(inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Every number moved by about one rounding, up or down."""
    generator = torch.Generator().manual_seed(2)
    found = []
    for t in inputs:
        if t.is_floating_point():
            step = torch.sign(torch.randn(t.shape, generator=generator)).to(t.dtype)
            found.append(t * (1 + step * torch.finfo(t.dtype).eps))
        else:
            found.append(t)
    return tuple(found)


def _largest(array: Tensor) -> float:
    known = array.abs().nan_to_num(posinf=0.0)
    return float(known.max()) if array.numel() else 0.0


def _told(errors: dict[str, float]) -> str:
    return f"gradients of {len(errors)} parameters"


def _first_line(error: Exception) -> str:
    return (str(error).strip().split("\n")[0] or type(error).__name__)[:200]


def tensors_in(found: Any) -> list[Tensor]:
    """Every tensor of what a model gives."""
    if isinstance(found, Tensor):
        return [found]
    if isinstance(found, dict):
        found = list(found.values())
    return (
        [t for item in found for t in tensors_in(item)] if isinstance(found, list | tuple) else []
    )


def _free(tensor: Tensor) -> Tensor:
    copied = tensor.detach().clone()
    return copied.requires_grad_() if copied.is_floating_point() else copied


def flops_of(run: Callable[[], Any]) -> int:
    """What torch counts, with attention computed by its formula: fused kernels on CPUs count 0."""
    counter = FlopCounterMode(display=False)
    with sdpa_kernel(SDPBackend.MATH), counter:
        run()
    return counter.get_total_flops()


def _never_read(told: tuple[str, ...]) -> tuple[set[str], dict[str, int]]:
    """Parameters that nothing reads, and of how many rows of the others that is so."""
    rows: dict[str, int] = {}
    for entry in told:
        name, _, part = entry.removesuffix("]").partition("[")
        first, _, last = part.partition(":")
        if part:
            rows[name] = rows.get(name, 0) + int(last) - int(first)
    return {entry for entry in told if "[" not in entry}, rows


def _counted(reference: nn.Module, diagram: Circuit, inputs: tuple[Tensor, ...]) -> list[Check]:
    sizes = numbers(diagram)
    total = bill(diagram).total
    checks = []
    opaque = any(node.kind == "opaque" for _, _, node in diagram.graph.walk())
    report = diagram.imported.report
    if not opaque and not report.idle and not report.uncounted:
        # With gradients on: without, torch takes fused paths that it does not count.
        theirs = flops_of(lambda: copy.deepcopy(reference)(*[t.clone() for t in inputs]))
        ours = float(total.flops.value(sizes))
        checks.append(Check("FLOPs", ours, float(theirs), abs(ours - theirs), 0.0))
    unused, unread = _never_read(diagram.imported.report.unused)
    used = [(name, p) for name, p in reference.named_parameters() if name not in unused]
    held = {
        p.data_ptr(): (1 + p.is_complex() - sum(f"{name}#{part}" in unused for part in PARTS))
        * (p.numel() - unread.get(name, 0) * (p.numel() // len(p) if p.ndim else 1))
        for name, p in used
        if p.numel()
    }
    n_own, n_theirs = float(total.params.value(sizes)), float(sum(held.values()))
    checks.append(Check("parameters", n_own, n_theirs, abs(n_own - n_theirs), 0.0))
    return checks
