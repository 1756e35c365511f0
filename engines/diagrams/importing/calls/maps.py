"""What calls of ATen mean as operations of ours: learned maps, contractions, attention."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import torch

from engines.diagrams.graph.poly import Poly
from engines.diagrams.importing.calls.elementwise import UncoveredError, call, combine
from engines.diagrams.importing.calls.shapes import grown, turned
from engines.diagrams.importing.tracing.atoms import Atom, Dim, size_of
from engines.diagrams.importing.tracing.tracer import Sym, Tracer, _leaf, is_count, is_given

_LAYERS = ("Linear", "Embedding", "Norm", "Conv", "norm")


def label(t: Tracer, state: str) -> str:
    """What the model calls the layer that owns a parameter, or the parameter itself."""
    path = state.partition("#")[0]
    if t.stack and any(word in t.stack[-1][1] for word in _LAYERS):
        last = t.stack[-1][0].rsplit(".", 1)[-1]
    else:
        last = _leaf(path)
    return last if not last.isdigit() else ""


# Learned maps ---------------------------------------------------------------------------------


def linear_map(t: Tracer, x: Sym, weight: Sym, bias: Sym | None, transposed: bool = False) -> Sym:
    """X times the weight's last (or first) dimension; weights that are no parameters contract."""
    out_dim, in_dim = (weight.dims[1], weight.dims[0]) if transposed else weight.dims
    if not weight.state or transposed or (bias is not None and not bias.state):
        raise UncoveredError
    if mixed(weight, bias):
        return combine(t, "add", [linear_map(t, x, weight, None), bias])
    last = len(x.dims) - 1
    view = Sym("", (out_dim, in_dim), state=weight.state)
    x, _ = t.meet(x, last, view, 1)
    ins = t.atoms.resolved(x.dims[last])
    # A tied or square weight may give back the very axis it takes; then the result is a new one.
    fresh = tuple(
        t.atoms.new(a.size, "linear", _hint(t, weight)) for a in t.atoms.resolved(out_dim)
    )
    dims = (*x.dims[:-1], fresh)
    state = {"weight": weight.state, **({"bias": bias.state} if bias is not None else {})}
    attrs = {"ins": ins, "outs": fresh, "bias": bias is not None, **fixed(weight)}
    name = label(t, weight.state)
    return t.emit("linear", (t.read(x),), dims, attrs=attrs, name=name, state=state)


def mixed(weight: Sym | None, bias: Sym | None) -> bool:
    """Whether only one of both is learned: then each is an operation of its own."""
    return weight is not None and bias is not None and is_given(weight) != is_given(bias)


def fixed(weight: Sym | None) -> dict[str, Any]:
    """That the arrays of an operation are buffers of the model, which nothing learns."""
    return {"fixed": True} if weight is not None and is_given(weight) else {}


def _hint(t: Tracer, weight: Sym) -> str:
    del t
    return {"fc1": "f", "linear1": "f", "up": "f", "fc": "f"}.get(label_of(weight.state), "")


def label_of(state: str) -> str:
    """The last word of the path of the layer that owns a tensor."""
    return state.rsplit(".", 2)[-2] if state.count(".") else ""


@call("linear.default")
def linear(t: Tracer, x: Sym, weight: Sym, bias: Sym | None = None) -> Sym:
    """``F.linear``; a weight the model computes is met like any other tensor."""
    if weight.state and (bias is None or bias.state):
        return linear_map(t, x, weight, bias)
    product = matmul(t, x, turned(t, weight))
    return product if bias is None else combine(t, "add", [product, bias])


@call("embedding.default")
def embedding(t: Tracer, weight: Sym, index: Sym, padding: int = -1, *_rest: Any) -> Sym:
    """Rows of a table; the table's first axis is what the positions are on."""
    if not weight.state:
        raise UncoveredError
    if index.const is not None and not index.value and is_count(index.const) and padding < 0:
        return _rows(t, weight, index)
    if not t.atoms.resolved(weight.dims[1]):  # a row of one number has no axis to become
        raise UncoveredError
    table_atom = on_axis(t, index, weight)
    fresh = tuple(t.atoms.new(a.size, "table", "m") for a in t.atoms.resolved(weight.dims[1]))
    attrs = {"table": table_atom, "outs": fresh, **fixed(weight)}
    attrs |= {"unlearned": padding} if padding >= 0 and "fixed" not in attrs else {}
    dims = (*index.dims, fresh)
    state = {"weight": weight.state}
    return t.emit(
        "embed", (t.read(index),), dims, attrs=attrs, name=label(t, weight.state), state=state
    )


def on_axis(t: Tracer, index: Sym, rows: Sym) -> Atom:
    """Say that positions are on the first axis of a table; that axis."""
    table = t.atoms.resolved(rows.dims[0])
    if len(table) != 1 or index.dtype in ("", "bool"):
        raise UncoveredError
    t.read(index)
    table_atom = t.atoms.find(table[0])
    known = t.dtypes.get(index.value)
    if (
        known not in ("", None)
        and not isinstance(known, str)
        and t.atoms.find(known) is not table_atom
    ):
        if not t.atoms.unite(known, table_atom):
            raise UncoveredError
        table_atom = t.atoms.find(table_atom)
    t.dtypes[index.value] = table_atom
    for draft in t.drafts:
        if draft.out == index.value:
            draft.dtype = table_atom
    table_atom.hint = table_atom.hint or "v"
    return table_atom


def _rows(t: Tracer, weight: Sym, index: Sym) -> Sym:
    """Positions 0, 1, 2 ... of a table: the table itself, or its first rows."""
    from engines.diagrams.importing.calls.shapes import stretch

    table = Sym("", weight.dims, "", weight.state)
    n = len(index.const)
    if n == size_of(weight.dims[0]):
        return table
    t.read(table)  # the whole table is the model's parameter, whatever part of it is read
    return stretch(t, table, 0, 0, n)


# Contractions ---------------------------------------------------------------------------------


@call("matmul.default", "bmm.default", "mm.default")
def matmul(t: Tracer, a: Sym, b: Sym) -> Sym:
    """The last dimension of one meets the last but one of the other."""
    if len(a.dims) < 2 or len(b.dims) < 2:
        raise UncoveredError
    rank = max(len(a.dims), len(b.dims))
    if a.dtype != "" or b.dtype != "":
        raise UncoveredError
    a = replace(a, dims=((),) * (rank - len(a.dims)) + a.dims)
    b = replace(b, dims=((),) * (rank - len(b.dims)) + b.dims)
    a, b = t.meet(a, rank - 1, b, rank - 2)
    for k in range(rank - 2):
        if t.atoms.resolved(a.dims[k]) and t.atoms.resolved(b.dims[k]):
            a, b = t.meet(a, k, b, k)
    # The two outer axes stay two, even where the model says they are one.
    for atom in t.atoms.resolved(b.dims[-1]):
        if atom in t.flat(a):
            b = t.rename(b, atom, t.atoms.new(atom.size, "copy", atom.hint))
    if not t.atoms.resolved(a.dims[-1]):  # one product: an axis of length one is summed over
        one = t.atoms.resolved(b.dims[-2]) or (t.atoms.new(1, "const", "k"),)
        a = grown(t, a, rank - 1, one[0])
        b = b if t.atoms.resolved(b.dims[-2]) else grown(t, b, rank - 2, one[0])
    inner = t.atoms.resolved(a.dims[-1])
    if not t.atoms.resolved(b.dims[-2]):
        b = grown(t, b, rank - 2, inner[0])
    if set(inner) & set(t.atoms.resolved(a.dims[-2])):
        raise UncoveredError
    lead = tuple(a.dims[k] or b.dims[k] for k in range(rank - 2))
    return t.emit("einsum", (t.read(a), t.read(b)), (*lead, a.dims[-2], b.dims[-1]))


@call("addmm.default")
def addmm(t: Tracer, bias: Sym, a: Sym, b: Sym) -> Sym:
    """``bias + a @ b``."""
    return combine(t, "add", [matmul(t, a, b), bias])


@call("baddbmm.default")
def baddbmm(t: Tracer, bias: Sym, a: Sym, b: Sym, *, beta: Any = 1, alpha: Any = 1) -> Sym:
    """``beta * bias + alpha * (a @ b)``."""
    product = matmul(t, a, b)
    product = product if alpha == 1 else combine(t, "mul", [product, alpha])
    if beta == 0:
        return product
    bias = bias if beta == 1 else combine(t, "mul", [bias, beta])
    return combine(t, "add", [product, bias])


@call("scaled_dot_product_attention.default")
def attention(  # noqa: C901 - the formula in one place
    t: Tracer,
    q: Sym,
    k: Sym,
    v: Sym,
    mask: Sym | None = None,
    dropout: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Sym:
    """Contraction, factor, mask, softmax, contraction: what the fused kernel computes."""
    if dropout or enable_gqa:
        raise UncoveredError
    stack, t.stack = t.stack, (*t.stack, ("attention", "Attention"))
    for sym, hints in ((q, ("", "", "", "k")), (k, ("", "", "", "k")), (v, ("", "", "", "k"))):
        for dim, hint in zip(sym.dims[-4:], hints[-len(sym.dims) :], strict=False):
            for atom in t.atoms.resolved(dim):
                atom.hint = atom.hint or hint
    if len(q.dims) == 4:
        for atom in t.atoms.resolved(q.dims[1]):
            atom.hint = atom.hint or "h"
    turned = Sym(t.read(k), (*k.dims[:-2], k.dims[-1], k.dims[-2]), k.dtype)
    scores = matmul(t, q, turned)
    depth = t.atoms.resolved(q.dims[-1])
    factor = _power(depth) if scale is None else Poly.of(Fraction(scale))
    t.drafts[-1].attrs["scale"] = factor
    query, key = scores.dims[-2], scores.dims[-1]
    if is_causal:
        if len(query) != 1 or len(key) != 1:
            raise UncoveredError
        attrs = {"axes": (query[0], key[0])}
        scores = t.emit("causal", (scores.value,), scores.dims, attrs=attrs)
    if mask is not None and is_lower(mask, len(q.dims)):
        attrs = {"axes": (query[0], key[0])}
        scores, mask = t.emit("causal", (scores.value,), scores.dims, attrs=attrs), None
    if mask is not None:
        scores = _masked(t, scores, mask)
    # A mask may have merged the keys into one axis.
    attrs = {"fn": "softmax", "axes": t.atoms.resolved(scores.dims[-1])}
    weights = t.emit("softmax", (scores.value,), scores.dims, attrs=attrs)
    found = matmul(t, weights, v)
    t.stack = stack
    return found


def _power(depth: Dim) -> Any:
    """One over the root of a product of axes, resolved when names are known."""
    return ("root", tuple(depth))


def _masked(t: Tracer, scores: Sym, mask: Sym) -> Sym:
    if mask.dtype != "bool":
        return combine(t, "add", [scores, mask])
    (scores, mask), dims = t.broadcast([scores, mask])
    return t.emit("masked", (t.read(scores), t.read(mask)), dims)


def is_lower(mask: Sym, _rank: int) -> bool:
    """Whether a mask lets every position see itself and those before it."""
    if mask.const is None or mask.const.ndim < 2 or math.prod(mask.const.shape[:-2]) != 1:
        return False
    square = mask.const.reshape(mask.const.shape[-2:])
    seen = square if square.dtype == torch.bool else square == 0
    hidden_is_minus_infinity = square.dtype == torch.bool or bool(
        (square[~seen] == -torch.inf).all()
    )
    return hidden_is_minus_infinity and bool((seen == torch.ones_like(seen).tril()).all())
