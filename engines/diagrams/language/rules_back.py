"""Operations on positions, and those backward diagrams need: transposes, first maxima."""

from __future__ import annotations

from collections.abc import Callable

from engines.diagrams.graph.circuit import Window
from engines.diagrams.graph.nodes import Value
from engines.diagrams.graph.poly import Poly
from engines.diagrams.language.asking import Ask, Attrs


def unlearned(ask: Ask) -> Attrs:
    """The position whose row of a table no gradient reaches, as torch's ``padding_idx``."""
    at = ask.whole("unlearned", -1)
    return {"unlearned": at} if at >= 0 else {}


def check_scatter(ask: Ask) -> Attrs:
    """Adds up numbers by the position each belongs to: what an embedding's table receives back.

    Axes between the brackets are kept: along them every position is one of its own table.
    """
    ask.arity(2)
    ask.keys("unlearned")
    value, index = ask.args
    _positions(ask, index)
    kept = tuple(name.text for name in ask.words())
    ask.has(index, kept)
    ask.has(value, index.axes)
    rest = tuple(a for a in value.axes if a not in index.axes)
    ask.gives((*kept, index.dtype, *rest))
    return {"table": index.dtype, **({"kept": kept} if kept else {}), **unlearned(ask)}


def check_gather(ask: Ask) -> Attrs:
    """Numbers of a given table by the position of each: what `scatter` gives back.

    Axes that both have meet: along them every position reads from its own table.
    """
    ask.arity(2)
    ask.keys()
    table, index = ask.args
    _positions(ask, index)
    ask.has(table, (index.dtype,))
    ask.gives((*index.axes, *(a for a in table.axes if a not in (index.dtype, *index.axes))))
    return {"table": index.dtype}


def _positions(ask: Ask, index: Value) -> None:
    if index.dtype in ("", "bool"):
        ask.refuse("dtype", f"{index.name} holds no positions on an axis")
    if index.dtype in index.axes:
        text = f"{index.name} has the axis {index.dtype} and holds positions on it"
        ask.refuse("repeated-axis", text, "rename the axis it has")


def check_places(ask: Ask) -> Attrs:
    """Positions of the largest or smallest numbers along an axis, the outermost first."""
    ask.arity(1)
    ask.keys()
    ask.real()
    arrows = ask.arrows()
    if not arrows or len(arrows[0][0]) != 1 or len(arrows[0][1]) != 1:
        hint = f"write {ask.fn}[x -> k](v) with  size k = 2"
        ask.refuse("option", f"{ask.fn} must name the axis and how many places it keeps", hint)
    ((axis,), (made,)) = arrows[0]
    ask.has(ask.args[0], (axis,))
    ask.gives((*(a for a in ask.axes if a != axis), made))
    return {"axis": axis, "made": made}


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
    pad, dilation = ask.stretch("pad", 0), ask.stretch("dilation", 1, 1)
    if isinstance(pad, Poly) or isinstance(dilation, Poly):
        reach = (kernel - 1) * Poly.of(dilation) - 2 * Poly.of(pad)
        text = "a window takes off what it reaches over"
        ask.equal(Poly.of(positions), Poly.of(made) - reach, text)
    else:
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
    "places": check_places,
    "fold": check_fold,
    "first": check_first,
}
