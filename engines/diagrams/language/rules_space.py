"""Operations that change what the axes are: views, slices, windows, convolutions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from engines.diagrams.graph.circuit import Window
from engines.diagrams.graph.nodes import Axes
from engines.diagrams.graph.poly import Poly
from engines.diagrams.graph.sharing import TIES
from engines.diagrams.language.asking import Ask, Attrs


def check_view(ask: Ask) -> Attrs:
    """Axes merge into one or split into several, in row-major order; no number moves."""
    ask.arity(1)
    ask.keys()
    arrows = ask.arrows()
    if not arrows:
        ask.refuse("option", "view must say what becomes what", "write view[m -> h k](x)")
    kept = list(ask.axes)
    for ins, outs in arrows:
        ask.has(ask.args[0], ins)
        ask.equal(Poly.product(ins), Poly.product(outs), "a view keeps the number of elements")
        kept = [axis for axis in kept if axis not in ins]
    ask.gives((*kept, *(axis for _, outs in arrows for axis in outs)))
    return {"arrows": tuple(arrows)}


def check_rename(ask: Ask) -> Attrs:
    """An axis under another name, so that it can be told from itself."""
    ask.arity(1)
    ask.keys()
    arrows = ask.arrows()
    if not arrows or any(len(a) != len(b) or not a for a, b in arrows):
        ask.refuse("option", "rename must say which axis becomes which", "write rename[x -> y](v)")
    ins = tuple(a for pair in arrows for a in pair[0])
    outs = tuple(b for pair in arrows for b in pair[1])
    ask.has(ask.args[0], ins)
    for a, b in zip(ins, outs, strict=True):
        ask.equal(Poly.of(b), Poly.of(a), "a renamed axis keeps its size")
    ask.gives((*(a for a in ask.axes if a not in ins), *outs))
    return {"ins": ins, "outs": outs}


def check_permute(ask: Ask) -> Attrs:
    """The same axes in the declared order."""
    ask.arity(1)
    ask.keys()
    ask.gives(ask.axes)
    if ask.fn:
        _kept_as_it_is(ask)
    return {}


def _kept_as_it_is(ask: Ask) -> None:
    """Memory gives back what was put there, so that the picture may leave the wires out."""
    value, dtype = ask.args[0], ask.out.dtype.text if ask.out.dtype else ""
    if ask.declared != value.axes or dtype != value.dtype:
        there = f"{value.name}: {' '.join(value.axes)}" + (f" in {value.dtype}" * bool(value.dtype))
        ask.refuse("memory", f"{ask.fn} changes nothing", f"write the axes of {there}")
    if ask.call.scale is not None:
        ask.refuse("memory", f"{ask.fn} changes nothing", "multiply before or after it")


def check_expand(ask: Ask) -> Attrs:
    """New axes along which everything is the same."""
    ask.arity(1)
    ask.keys()
    outs = tuple(name.text for name in ask.words()) or tuple(
        a for a in ask.declared if a not in ask.axes
    )
    ask.gives((*ask.axes, *outs))
    return {"outs": outs}


def check_concat(ask: Ask) -> Attrs:
    """One after the other along an axis each of them has."""
    ask.arity(1, 64)
    ask.keys()
    arrows = ask.arrows()
    if not arrows or len(arrows[0][0]) != len(ask.args) or len(arrows[0][1]) != 1:
        hint = "write concat[c1 c2 -> c](a, b)"
        ask.refuse("option", "concat must name one axis per value and the one it makes", hint)
    ins, (made,) = arrows[0]
    rests = []
    for value, axis in zip(ask.args, ins, strict=True):
        ask.has(value, (axis,))
        rests.append(tuple(a for a in value.axes if a != axis))
    for value, rest in zip(ask.args[1:], rests[1:], strict=True):
        if set(rest) != set(rests[0]):
            there = " ".join(rests[0])
            text = f"{value.name} has other axes beside {' '.join(ins)}: {' '.join(rest)}"
            ask.refuse("concat", text, f"the first value has {there}")
    ask.equal(Poly.of(made), sum(map(Poly.of, ins), Poly({})), "concatenated sizes add up")
    ask.gives((*rests[0], made))
    return {"ins": ins, "outs": (made,)}


def check_slice(ask: Ask) -> Attrs:
    """A stretch of an axis, from ``start``, every ``step``-th."""
    ask.arity(1)
    ask.keys("start", "step")
    arrows = ask.arrows()
    if not arrows or len(arrows[0][0]) != 1 or len(arrows[0][1]) != 1:
        ask.refuse("option", "slice must name the axis and its stretch", "write slice[x -> y](v)")
    ((axis,), (made,)) = arrows[0]
    ask.has(ask.args[0], (axis,))
    option = ask.option("start")
    start = option.value if option and isinstance(option.value, Poly) else Poly({})
    if option and isinstance(option.value, str):
        start = Poly.of(option.value)
    ask.gives((*(a for a in ask.axes if a != axis), made))
    step = ask.whole("step", 1, 1)
    return {"axis": axis, "made": made, "start": start, "step": step}


def check_put(ask: Ask) -> Attrs:
    """A stretch of an axis among zeros: the transpose of a slice."""
    ask.arity(1)
    ask.keys("start", "step")
    arrows = ask.arrows()
    if not arrows or len(arrows[0][0]) != 1 or len(arrows[0][1]) != 1:
        ask.refuse("option", "put must name the stretch and the axis", "write put[y -> x](v)")
    ((axis,), (made,)) = arrows[0]
    ask.has(ask.args[0], (axis,))
    option = ask.option("start")
    start = option.value if option and isinstance(option.value, Poly) else Poly({})
    if option and isinstance(option.value, str):
        start = Poly.of(option.value)
    ask.gives((*(a for a in ask.axes if a != axis), made))
    step = ask.whole("step", 1, 1)
    return {"axis": axis, "made": made, "start": start, "step": step}


def check_index(ask: Ask) -> Attrs:
    """One position of an axis, which ends."""
    ask.arity(1)
    ask.keys("at")
    words = ask.words()
    if len(words) != 1:
        ask.refuse("option", "index must name one axis", "write index[x, at=2](v)")
    axis = words[0].text
    ask.has(ask.args[0], (axis,))
    ask.gives(tuple(a for a in ask.axes if a != axis))
    option = ask.option("at")
    if option is not None and isinstance(option.value, str):
        return {"axis": axis, "at": option.value}
    at = ask.whole("at", 0)
    size = ask.sizes.declared.get(axis)
    if size and not size[0].names and at >= size[0].value({}):
        text = f"{axis} has {size[0]} positions, so there is none at {at}"
        ask.refuse("index", text, "positions count from 0", option.span if option else None)
    return {"axis": axis, "at": at}


def _spatial(ask: Ask, arrows: list[tuple[Axes, Axes]]) -> tuple[Axes, Axes]:
    """Axes a window slides along, and what they become."""
    words = tuple(name.text for name in ask.words())
    if words:
        return words, words
    if not arrows:
        word = ask.call.kind.text
        hint = f"write {word}[h w -> h2 w2, kernel=3](x)"
        ask.refuse("option", f"{word} must name the axes it slides along", hint)
    ins, outs = arrows.pop(0)
    if len(ins) != len(outs):
        ask.refuse("option", "each axis becomes one axis", "write h w -> h2 w2")
    return ins, outs


def _sliding(ask: Ask, ins: Axes, outs: Axes) -> Attrs:
    kernel = ask.whole("kernel", 1, 1)
    stride = ask.whole("stride", 1, 1)
    dilation = ask.stretch("dilation", 1, 1)
    same = ins == outs
    transposed = ask.fn == "T"
    if isinstance(dilation, Poly):
        return _spread(ask, ins, outs, kernel, stride, dilation)
    pad = ask.whole("pad", dilation * (kernel - 1) // 2 if same else 0)
    window = [Window(a, kernel, stride, pad, dilation, transposed) for a in ins]
    if same and (stride != 1 or window[0].size(97) != 97):
        hint = f"name the new axes: {' '.join(ins)} -> {' '.join(a + '2' for a in ins)}"
        ask.refuse("window", "this window changes the size of its axes", hint)
    for rule, made in zip(window, outs, strict=True):
        if not same:
            ask.sizes.window(made, rule, ask.call.kind.span)
    return {"kernel": kernel, "stride": stride, "pad": pad, "dilation": dilation}


def _spread(ask: Ask, ins: Axes, outs: Axes, kernel: int, stride: int, dilation: Poly) -> Attrs:
    """A kernel that is spread as a size says, so that it reaches as far on a finer grid."""
    word = ask.call.kind.text
    if stride != 1 or ask.fn == "T" or word in ("maxpool", "avgpool"):
        text = f"a dilation that is a size needs {'Conv or window' if stride == 1 else 'stride 1'}"
        ask.refuse("option", text, "give a number")
    if ins != outs:
        pad = ask.stretch("pad", 0)
        for axis, made in zip(ins, outs, strict=True):
            size = Poly.of(axis) + 2 * Poly.of(pad) - (kernel - 1) * dilation
            ask.equal(Poly.of(made), size, "a window takes off what it reaches over")
        return {"kernel": kernel, "stride": 1, "pad": pad, "dilation": dilation}
    if kernel % 2 == 0 or ask.option("pad"):
        hint = f"name the new axes: {' '.join(ins)} -> {' '.join(a + '2' for a in ins)}"
        text = f"{word} keeps its axes with an odd kernel, and with the padding that belongs to it"
        ask.refuse("window", text, hint)
    pad = Fraction(kernel - 1, 2) * dilation
    return {"kernel": kernel, "stride": 1, "pad": pad, "dilation": dilation}


def check_conv(ask: Ask) -> Attrs:
    """A learned map of windows: positions in, positions out; one channel axis becomes another."""
    ask.arity(1)
    ask.keys("kernel", "stride", "pad", "dilation", "groups", "fixed", *TIES.values())
    ask.real()
    arrows = ask.arrows()
    ins, outs = _spatial(ask, arrows)
    ask.has(ask.args[0], ins)
    rest = tuple(a for a in ask.axes if a not in ins)
    made = tuple(a for a in ask.declared if a not in outs)
    if arrows:
        channels, new = arrows[0]
    else:
        channels = tuple(a for a in rest if a not in made)
        new = tuple(a for a in made if a not in rest)
    if len(channels) != 1 or len(new) != 1:
        word = ask.call.kind.text
        hint = f"write {word}[{' '.join(ins)}, c -> d, kernel=3](x)"
        ask.refuse("ambiguous-linear", "one channel axis must become one other", hint)
    ask.has(ask.args[0], channels)
    attrs = _sliding(ask, ins, outs)
    kept = tuple(a for a in rest if a not in channels)
    ask.gives((*kept, *new, *outs))
    groups = ask.groups((channels[0], new[0]))
    return {
        "ins": ins,
        "outs": outs,
        "channel": channels[0],
        "made": new[0],
        "bias": ask.call.bias,
        "groups": groups,
        **ask.tied(),
        **ask.given(),
        **attrs,
    }


def check_pool(ask: Ask) -> Attrs:
    """The largest number, or the mean, of every window."""
    ask.arity(1)
    ask.keys("kernel", "stride", "pad", "dilation")
    ask.real()
    ins, outs = _spatial(ask, ask.arrows())
    ask.has(ask.args[0], ins)
    attrs = _sliding(ask, ins, outs)
    ask.gives((*(a for a in ask.axes if a not in ins), *outs))
    return {"ins": ins, "outs": outs, **attrs}


def check_window(ask: Ask) -> Attrs:
    """Each position becomes a position and a place in the window around it."""
    ask.arity(1)
    ask.keys("stride", "kernel", "pad", "dilation", "least")
    ask.real()
    arrows = ask.arrows()
    if not arrows or len(arrows[0][0]) != 1 or len(arrows[0][1]) != 2:
        hint = "write window[x -> p w, kernel=3](v)"
        ask.refuse("option", "window makes two axes of one: positions and places", hint)
    ((axis,), (made, place)) = arrows[0]
    ask.has(ask.args[0], (axis,))
    attrs = _sliding(ask, (axis,), (made,))
    ask.equal(Poly.of(place), Poly.of(attrs["kernel"]), "the places of a window are its kernel")
    ask.gives((*(a for a in ask.axes if a != axis), made, place))
    least = {"least": True} if ask.whole("least", 0) else {}
    return {"ins": (axis,), "outs": (made,), "place": place, **attrs, **least}


SPACE_CHECKS: dict[str, Callable[[Ask], Attrs]] = {
    "view": check_view,
    "rename": check_rename,
    "permute": check_permute,
    "expand": check_expand,
    "concat": check_concat,
    "slice": check_slice,
    "put": check_put,
    "index": check_index,
    "conv": check_conv,
    "pool": check_pool,
    "window": check_window,
}
