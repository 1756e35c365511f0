"""Waves of an axis: its Fourier transform as pairs of real numbers, and the way back."""

from __future__ import annotations

from engines.diagrams.graph.poly import Poly
from engines.diagrams.language.asking import Ask, Attrs

FORWARD = frozenset({"fft", "unifft"})
"""Words that make waves of positions; the others make positions of waves."""


def check_waves(ask: Ask) -> Attrs:
    """The first waves of an axis of real numbers, each as (real, imaginary), or back from them.

    ``fft`` is torch's rfft, ``ifft`` its irfft, in which waves that are not given are zero; unfft
    and unifft are their transposes, which gradients need.
    """
    ask.arity(1)
    ask.keys("modes")
    ask.real()
    forward = ask.fn in FORWARD
    arrows = ask.arrows()
    n_ends = (1, 2) if forward else (2, 1)
    if len(arrows) != 1 or tuple(map(len, arrows[0])) != n_ends:
        hint = "write fft[x -> k z, modes=12](v)" if forward else "write ifft[k z -> x](f)"
        says = "one axis two: waves, and their two parts" if forward else "two axes one"
        ask.refuse("option", f"{ask.fn} makes of {says}", hint)
    ((ins, outs),) = arrows
    ask.has(ask.args[0], ins)
    (axis,), (wave, part) = (ins, outs) if forward else (outs, ins)
    ask.equal(Poly.of(part), Poly.of(2), "a wave has a real and an imaginary part")
    modes = ask.whole("modes", 0, 1)
    if modes:
        ask.equal(Poly.of(wave), Poly.of(modes), "there are so many waves")
    _not_too_many(ask, axis, wave, modes)
    ask.gives((*(a for a in ask.axes if a not in ins), *outs))
    found: Attrs = {"ins": ins, "outs": outs, "axis": axis, "wave": wave}
    return {**found, "modes": modes} if modes else found


def _not_too_many(ask: Ask, axis: str, wave: str, modes: int) -> None:
    """What is told where both sizes are; else it is told when arrays come."""
    said = {
        name: size.value({}) for name, (size, _) in ask.sizes.declared.items() if not size.names
    }
    n, n_waves = said.get(axis), modes or said.get(wave)
    if n is None or n_waves is None or n_waves <= n // 2 + 1:
        return
    text = f"{axis} has {n} positions and so {n // 2 + 1} waves, fewer than the {n_waves} asked for"
    ask.refuse("size-conflict", text, "ask for fewer waves, or for more positions")
