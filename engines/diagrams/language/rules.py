"""The operations there are, and the rules by which their axes fit together.

``KINDS`` maps the word of a text to its kind and variant; ``CHECKS`` maps a kind to the function
that judges one call and returns what else the operation needs to know.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from engines.diagrams.graph.operations import CASTS, NUMBERS, REALS
from engines.diagrams.graph.poly import Poly
from engines.diagrams.graph.sharing import TIES
from engines.diagrams.language.asking import Ask, Attrs
from engines.diagrams.language.rules_back import BACK_CHECKS, unlearned
from engines.diagrams.language.rules_space import SPACE_CHECKS
from engines.diagrams.language.rules_waves import check_waves

ARITY_MAX = 16


def check_einsum(ask: Ask) -> Attrs:
    """Shared axes meet; those that are not in the result are summed over."""
    ask.arity(1, ARITY_MAX)
    ask.keys("outer")
    ask.real()
    every = tuple(dict.fromkeys(axis for value in ask.args for axis in value.axes))
    for axis in every:
        owners = [value.name for value in ask.args if axis in value.axes]
        if axis not in ask.declared and len(owners) == 1:
            hint = f"keep it in the result, or end it with sum[{axis}] first"
            text = f"{axis} is lost: only {owners[0]} has it, so nothing can meet it"
            ask.refuse("axis-lost", text, hint, ask.out.name.span)
    ask.gives(tuple(axis for axis in every if axis in ask.declared))
    return {"outer": True} if ask.whole("outer", 0) else {}


def check_linear(ask: Ask) -> Attrs:
    """A learned map: the axes that vanish are consumed, those that appear are produced."""
    ask.arity(1)
    ask.keys(*TIES.values(), "fixed")
    ask.real()
    arrows = ask.arrows()
    if arrows:
        ins, outs = arrows[0]
        ask.has(ask.args[0], ins)
    else:
        ins = tuple(a for a in ask.axes if a not in ask.declared)
        outs = tuple(a for a in ask.declared if a not in ask.axes)
    if not ins and not outs:
        hint = f"say which axis it maps, e.g. Linear[{(ask.axes or ('m',))[-1]} -> m2]"
        ask.refuse("ambiguous-linear", "no axis vanishes and none appears", hint)
    if not ins:
        text = f"{' '.join(outs)} comes from nothing: this Linear consumes no axis"
        ask.refuse("axis-from-nothing", text, "let an axis of the argument vanish")
    kept = tuple(a for a in ask.axes if a not in ins)
    ask.gives((*kept, *outs))
    return {"ins": ins, "outs": outs, "bias": ask.call.bias, **ask.tied(), **ask.given()}


def check_embed(ask: Ask) -> Attrs:
    """A learned table: a position on an axis becomes a vector."""
    ask.arity(1)
    ask.keys(TIES["weight"], "unlearned", "fixed")
    value = ask.args[0]
    if value.dtype in ("", "bool"):
        hint = f"declare it as  {value.name}: {' '.join(value.axes) or '()'} in v"
        ask.refuse("dtype", f"{value.name} holds no positions on an axis", hint)
    outs = tuple(a for a in ask.declared if a not in value.axes)
    if not outs:
        ask.refuse("axis-lost", "an embedding makes a new axis", "add one to the result")
    ask.gives((*value.axes, *outs))
    return {"table": value.dtype, "outs": outs, **ask.tied(), **unlearned(ask), **ask.given()}


def check_pointwise(ask: Ask) -> Attrs:
    """Every number by itself."""
    ask.arity(1)
    numbers = NUMBERS.get(ask.fn.removesuffix("'"), {})
    ask.keys(*numbers)
    ask.real()
    ask.gives(ask.axes)
    found = {key: ask.number(key, default) for key, default in numbers.items()}
    if ask.fn.startswith("clamp") and not any(map(math.isfinite, found.values())):
        ask.refuse("option", "clamp needs a limit", "write clamp[low=0, high=6](x)")
    if found.get("low", 0.0) > found.get("high", math.inf):
        ask.refuse("option", "clamp has its low number above its high one")
    return {key: value for key, value in found.items() if math.isfinite(value)}


def check_cast(ask: Ask) -> Attrs:
    """Every number as precise as ``to`` says; truths and positions become numbers."""
    ask.arity(1)
    ask.keys("from", "to")
    found = {}
    for key, known in (("from", CASTS), ("to", REALS)):
        option = ask.option(key)
        found[key] = option.value if option is not None else None
        if found[key] not in known:
            hint = "write cast[from=float32, to=bfloat16](x)"
            ask.refuse("option", f"cast must say {key} which precision: {', '.join(known)}", hint)
    ask.gives(ask.axes)
    return found


def check_combine(ask: Ask) -> Attrs:
    """Several arrays number by number; an axis that one of them lacks is broadcast."""
    ask.arity(1, ARITY_MAX)
    ask.keys("by")
    ask.real()
    ask.gives(tuple(dict.fromkeys(axis for value in ask.args for axis in value.axes)))
    number = ask.option("by")
    if number is None and len(ask.args) == 1:
        ask.refuse("arity", f"{ask.fn} of one value needs a number", f"write {ask.fn}[by=1](x)")
    return {"by": ask.number("by", 0.0)} if number is not None else {}


def check_softmax(ask: Ask) -> Attrs:
    """Over the named axes, which stay."""
    ask.arity(1)
    ask.keys()
    ask.real()
    axes = _named_axes(ask)
    ask.gives(ask.axes)
    return {"axes": axes}


def _named_axes(ask: Ask) -> tuple[str, ...]:
    axes = tuple(name.text for name in ask.words())
    if not axes:
        word = ask.call.kind.text
        hint = f"write {word}[{(ask.axes or ('x',))[-1]}](...)"
        ask.refuse("no-axis", f"{word} must say over which axis", hint)
    ask.has(ask.args[0], axes)
    twice = next((axis for axis in axes if axes.count(axis) > 1), "")
    if twice:
        ask.refuse("option", f"{ask.call.kind.text} names {twice} twice", "name every axis once")
    return axes


def check_norm(ask: Ask) -> Attrs:
    """Zero mean and unit variance over the named axes (batch and group norm: per channel)."""
    ask.arity(1)
    own = () if ask.fn == "RMSNorm" else ("bias",)
    ask.keys("eps", "groups", "affine", *own, "running", "fixed", *TIES.values())
    ask.real()
    axes = _named_axes(ask)
    _norms_over_something(ask, axes)
    ask.gives(ask.axes)
    groups = ask.groups(axes[:1])
    # 0 stands for the smallest step of the numbers in use, which is torch's own default.
    default = 0.0 if ask.fn == "RMSNorm" else 1e-5
    return {
        "axes": axes,
        "eps": ask.number("eps", default),
        "affine": bool(ask.whole("affine", 1)),
        "bias": bool(ask.whole("bias", 1)) if own else False,
        **ask.tied(),
        **ask.given(),
        **({"groups": groups} if ask.fn == "GroupNorm" else {}),
        **({"running": bool(ask.whole("running", 0))} if ask.fn == "BatchNorm" else {}),
    }


def _norms_over_something(ask: Ask, axes: tuple[str, ...]) -> None:
    """Batch norm is over all but its channel; instance norm over what is named after it."""
    channel, every = axes[0], " ".join(axes)
    if ask.fn == "BatchNorm" and len(axes) > 1:
        ask.refuse(
            "option",
            "BatchNorm names one axis, its channel; mean and variance are over all others",
            f"write BatchNorm[{channel}](x), or LayerNorm[{every}](x) for a norm over {every}",
        )
    if ask.fn == "BatchNorm" and len(ask.axes) == 1 and not ask.whole("running", 0):
        text = f"BatchNorm[{channel}] has no other axis to take mean and variance over"
        ask.refuse("option", text, f"give {ask.args[0].name} an axis of examples")
    if ask.fn == "InstanceNorm" and len(axes) == 1:
        rest = " ".join(a for a in ask.axes[1:] if a != channel) or "y x"
        text = "InstanceNorm names its channel and then the axes of mean and variance"
        ask.refuse("option", text, f"write InstanceNorm[{channel} {rest}](x)")


def check_reduce(ask: Ask) -> Attrs:
    """Over the named axes, which end."""
    ask.arity(1)
    ask.keys()
    ask.real()
    axes = _named_axes(ask)
    ask.gives(tuple(a for a in ask.axes if a not in axes))
    return {"axes": axes}


def check_causal(ask: Ask) -> Attrs:
    """Minus infinity where the second axis is ahead of the first."""
    ask.arity(1)
    ask.keys()
    ask.real()
    axes = _named_axes(ask)
    if len(axes) != 2 or axes[0] == axes[1]:
        ask.refuse("option", "causal needs two axes", "write causal[y x](s): y sees x up to y")
    ask.gives(ask.axes)
    return {"axes": axes}


def check_masked(ask: Ask) -> Attrs:
    """Minus infinity where the second argument is false."""
    ask.arity(2)
    ask.keys()
    value, mask = ask.args
    if mask.dtype != "bool":
        hint = f"declare it as  {mask.name}: {' '.join(mask.axes)} in bool"
        ask.refuse("dtype", f"{mask.name} must hold truths", hint, ask.call.args[1].span)
    ask.has(value, mask.axes)
    ask.gives(value.axes)
    return {}


def check_topk(ask: Ask) -> Attrs:
    """Keeps the k largest along an axis; the others become minus infinity."""
    ask.arity(1)
    ask.keys("k")
    ask.real()
    axes = _named_axes(ask)
    ask.gives(ask.axes)
    return {"axes": axes[:1], "k": ask.whole("k", 1, 1)}


def check_rotate(ask: Ask) -> Attrs:
    """Rotary positions: halves of the second axis turn by angles that grow along the first."""
    ask.arity(1)
    ask.keys("base")
    ask.real()
    axes = _named_axes(ask)
    if len(axes) != 2:
        ask.refuse("option", "rotate needs two axes", "write rotate[t d](q): d turns along t")
    ask.gives(ask.axes)
    return {"axes": axes, "base": ask.number("base", 10000.0)}


def check_fn(ask: Ask) -> Attrs:
    """Any function: axes that vanish are consumed, axes that appear are produced."""
    ask.arity(1, ARITY_MAX)
    ask.keys()
    arrows = ask.arrows()
    every = tuple(dict.fromkeys(axis for value in ask.args for axis in value.axes))
    if arrows:
        ins, outs = arrows[0]
    else:
        ins = tuple(a for a in every if a not in ask.declared)
        outs = tuple(a for a in ask.declared if a not in every)
    for axis in ins:
        if axis not in every:
            ask.refuse("not-an-axis", f"{axis} is no axis of what {ask.call.kind.text} takes")
    ask.gives((*(a for a in every if a not in ins), *outs))
    return {"ins": ins, "outs": outs}


def check_opaque(ask: Ask) -> Attrs:
    """Something that was imported and is not known: nothing can be wrong with its axes."""
    ask.arity(0, ARITY_MAX)
    ask.keys()
    return {}


def check_param(ask: Ask) -> Attrs:
    """A learned array that depends on nothing; a fixed one is given, ``start`` is its start."""
    ask.arity(0)
    ask.keys("fixed", "start")
    start = {"start": ask.number("start", 0.0)} if ask.option("start") else {}
    return {**ask.given(), **start}


def check_const(ask: Ask) -> Attrs:
    """Positions, ones, zeros, or the unit."""
    ask.arity(0)
    ask.keys()
    if ask.fn in ("arange", "eye") and len(ask.declared) != (1 if ask.fn == "arange" else 2):
        ask.refuse("option", f"{ask.fn} has {1 if ask.fn == 'arange' else 2} axes")
    if ask.fn == "eye":
        a, b = ask.declared
        ask.equal(Poly.of(a), Poly.of(b), "the unit is square")
    return {}


CHECKS: dict[str, Callable[[Ask], Attrs]] = {
    "einsum": check_einsum,
    "linear": check_linear,
    "embed": check_embed,
    "pointwise": check_pointwise,
    "cast": check_cast,
    "combine": check_combine,
    "softmax": check_softmax,
    "norm": check_norm,
    "reduce": check_reduce,
    "causal": check_causal,
    "masked": check_masked,
    "topk": check_topk,
    "rotate": check_rotate,
    "fn": check_fn,
    "opaque": check_opaque,
    "param": check_param,
    "const": check_const,
    "waves": check_waves,
    **SPACE_CHECKS,
    **BACK_CHECKS,
}
