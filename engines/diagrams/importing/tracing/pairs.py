"""Complex tensors as two of real numbers: a diagram holds no others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from engines.diagrams.importing.tracing.atoms import size_of
from engines.diagrams.importing.tracing.tracer import Sym, Tracer


@dataclass(eq=False)
class Pair:
    """Real and imaginary part of one tensor, with the same dimensions."""

    real: Sym
    imag: Sym
    whole: Sym | None = None
    """Both in one array, the parts last, where the model or a transform has it so."""


def parts_of_state(path: str, sym: Sym) -> Pair:
    """A complex parameter: its parts are parameters of the diagram."""
    return Pair(*(Sym("", sym.dims, state=f"{path}#{part}") for part in ("real", "imag")))


def split(sym: Sym) -> Pair:
    """A complex constant or buffer as its parts, the same ones whoever reads it."""
    if sym.parts is None:
        state = f"{sym.state}#" if sym.state else ""
        sym.parts = Pair(*(
            Sym("", sym.dims, state=state and state + part, const=getattr(sym.const, part),
                given=sym.given, exact=None if sym.exact is None else getattr(sym.exact, part))
            for part in ("real", "imag")
        ))  # fmt: skip
    return sym.parts


def is_complex(value: Any) -> bool:
    """Whether a tensor of the import is complex, and known by its parts."""
    held = isinstance(value, Sym) and value.const is not None and value.const.is_complex()
    return isinstance(value, Pair) or held


def called_through(t: Tracer, pair: Pair) -> Sym:
    """A complex tensor for a call that is not covered: torch joins the parts."""
    label = f"complex_{len(t.functions) + 1}"
    syms = [pair.real, pair.imag]
    names = tuple(t.read(s) for s in syms)
    shape = [size_of(d) for d in pair.real.dims]
    orders = [t.flat(s) for s in syms]
    t.functions[label] = (torch.complex, tuple(syms), {}, 0, orders, [shape, shape], False)
    return t.emit("opaque", names, pair.real.dims, base="o", name=label, dtype="tokens")
