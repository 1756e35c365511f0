"""Operations that backward diagrams need: transposes of windows and tables, first maxima."""

from __future__ import annotations

from collections.abc import Callable

from engines.diagrams.graph.circuit import Window
from engines.diagrams.graph.poly import Poly
from engines.diagrams.language.asking import Ask, Attrs


def unlearned(ask: Ask) -> Attrs:
    """The position whose row of a table no gradient reaches, as torch's ``padding_idx``."""
    at = ask.whole("unlearned", -1)
    return {"unlearned": at} if at >= 0 else {}


def check_scatter(ask: Ask) -> Attrs:
    """Adds up rows by the position each belongs to: what an embedding's table receives back."""
    ask.arity(2)
    ask.keys("unlearned")
    value, index = ask.args
    if index.dtype in ("", "bool"):
        ask.refuse("dtype", f"{index.name} holds no positions on an axis")
    ask.has(value, index.axes)
    ask.gives((index.dtype, *(a for a in value.axes if a not in index.axes)))
    return {"table": index.dtype, **unlearned(ask)}


def check_gather(ask: Ask) -> Attrs:
    """Rows of a given table by the position of each: what `scatter` gives back."""
    ask.arity(2)
    ask.keys()
    table, index = ask.args
    if index.dtype in ("", "bool"):
        ask.refuse("dtype", f"{index.name} holds no positions on an axis")
    ask.has(table, (index.dtype,))
    ask.gives((*index.axes, *(a for a in table.axes if a != index.dtype)))
    return {"table": index.dtype}


def check_fold(ask: Ask) -> Attrs:
    """Windows laid back over the axis they were cut from, overlaps added: `window` transposed."""
    ask.arity(1)
    ask.keys("stride", "kernel", "pad", "dilation")
    ask.real()
    arrows = ask.arrows()
    if not arrows or len(arrows[0][0]) != 2 or len(arrows[0][1]) != 1:
        hint = "write fold[p w -> x, kernel=3](v)"
        ask.refuse("option", "fold makes one axis of two: positions and places", hint)
    ((positions, place), (made,)) = arrows[0]
    ask.has(ask.args[0], (positions, place))
    kernel, stride = ask.whole("kernel", 1, 1), ask.whole("stride", 1, 1)
    pad, dilation = ask.whole("pad", 0), ask.whole("dilation", 1, 1)
    window = Window(made, kernel, stride, pad, dilation)
    ask.sizes.window(positions, window, ask.call.kind.span)
    ask.equal(Poly.of(place), Poly.of(kernel), "the places of a window are its kernel")
    ask.gives((*(a for a in ask.axes if a not in (positions, place)), made))
    sizes = {"kernel": kernel, "stride": stride, "pad": pad, "dilation": dilation}
    return {"ins": (positions,), "outs": (made,), "place": place, **sizes}


def check_first(ask: Ask) -> Attrs:
    """One where the largest number along the named axes stands, the first of equals; else zero."""
    ask.arity(1)
    ask.keys()
    ask.real()
    axes = tuple(name.text for name in ask.words())
    if not axes:
        hint = f"write first[{(ask.axes or ('x',))[-1]}](...)"
        ask.refuse("no-axis", "first must say along which axes", hint)
    ask.has(ask.args[0], axes)
    ask.gives(ask.axes)
    return {"axes": axes}


BACK_CHECKS: dict[str, Callable[[Ask], Attrs]] = {
    "scatter": check_scatter,
    "gather": check_gather,
    "fold": check_fold,
    "first": check_first,
}
