"""Number knobs: label, value, unit, help, and a slider with marks where a range says something."""

from __future__ import annotations

import re
from os import PathLike
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from engines.contract import InputError
from views.kit.components import stylesheet, tokens_script
from views.kit.controls import Controls, Knob
from views.kit.esm import esm
from views.kit.text import label

_SLIDER_SPAN_MAX = 100_000
_EXACT_MAX = 2**53
"""Browsers count exactly up to here."""
_WHOLE = re.compile(r"-?[0-9]{1,300}")


class NumberKnob(JSComponent):
    """Edits one number of a spec."""

    value = param.Number(default=0.0, allow_None=False, doc="The number.")
    label = param.String(doc="What it is called.")
    unit = param.String(doc="What it counts.")
    help = param.String(doc="What it does.")
    low = param.Number(default=0.0, doc="Left end of the slider; no slider unless low < high.")
    high = param.Number(default=0.0, doc="Right end of the slider.")
    least = param.Number(default=None, allow_None=True, doc="Smallest value allowed.")
    most = param.Number(default=None, allow_None=True, doc="Largest value allowed.")
    step = param.Number(default=1.0, doc="What an arrow key adds.")
    whole = param.Boolean(default=True, doc="Whether only whole numbers make sense.")
    log = param.Boolean(default=False, doc="Whether the slider is logarithmic.")
    marks = param.Dict(default={}, doc="Values worth knowing, with a word each.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.kit", "number.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.kit", "number.css")]


class DigitsKnob(JSComponent):
    """Edits one whole number of a spec that may be larger than browsers can count."""

    digits = param.String(default="0", doc="The number in decimal digits.")
    label = param.String(doc="What it is called.")
    unit = param.String(doc="What it counts.")
    help = param.String(doc="What it does.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.kit", "digits.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.kit", "number.css")]


def number_knob(controls: Controls, knob: Knob) -> NumberKnob | DigitsKnob:
    """The knob for one parameter, kept equal to it in both directions."""
    ends = [abs(bound) for bound in (knob.low, knob.high) if bound is not None]
    if knob.kind == "int" and max(ends, default=0) > _EXACT_MAX:
        return _digits_knob(controls, knob)
    return _number_knob(controls, knob)


def _digits_knob(controls: Controls, knob: Knob) -> DigitsKnob:
    widget = DigitsKnob(
        digits=str(getattr(controls, knob.name)),
        label=knob.label,
        unit=knob.unit,
        help=knob.help,
        sizing_mode="stretch_width",
    )

    def to_controls(event: Any) -> None:
        if event.new == str(getattr(controls, knob.name)):
            return
        try:
            setattr(controls, knob.name, _whole_number(event.new, knob))
        except InputError:
            to_widget()
            raise

    def to_widget(_event: Any = None) -> None:
        widget.digits = str(getattr(controls, knob.name))

    widget.param.watch(to_controls, "digits")
    controls.param.watch(to_widget, knob.name)
    return widget


def _whole_number(text: str, knob: Knob) -> int:
    number = int(text) if _WHOLE.fullmatch(text) else None
    low, high = knob.low, knob.high
    if number is None or (low is not None and number < low) or (high is not None and number > high):
        ends = [f"from {low:,}" if low is not None else "", f"to {high:,}" if high else ""]
        place = " ".join(["", *filter(None, ends)])
        raise InputError(f"{knob.label} must be a whole number{place}, got {label(text, 40)!r}")
    return number


def _number_knob(controls: Controls, knob: Knob) -> NumberKnob:
    whole = knob.kind == "int"
    low, high = _slider(knob)
    widget = NumberKnob(
        value=getattr(controls, knob.name),
        label=knob.label,
        unit=knob.unit,
        help=knob.help,
        low=low,
        high=high,
        least=_safe(knob.low),
        most=_safe(knob.high),
        step=knob.step or (1.0 if whole else (high - low) / 100.0 or 0.01),
        whole=whole,
        log=knob.log and low > 0,
        marks=knob.marks,
        sizing_mode="stretch_width",
    )

    def to_controls(event: Any) -> None:
        value = int(event.new) if whole else float(event.new)
        if getattr(controls, knob.name) != value:
            setattr(controls, knob.name, value)

    def to_widget(event: Any) -> None:
        if widget.value != event.new:
            widget.value = event.new

    widget.param.watch(to_controls, "value")
    controls.param.watch(to_widget, knob.name)
    return widget


def _slider(knob: Knob) -> tuple[float, float]:
    low, high = knob.soft or (knob.low, knob.high)
    if knob.widget == "number" or low is None or high is None:
        return 0.0, 0.0
    if high - low > _SLIDER_SPAN_MAX or (knob.log and not knob.soft and low <= 0):
        return 0.0, 0.0
    return float(low), float(high)


def _safe(bound: float | None) -> float | None:
    return None if bound is None else float(max(-_EXACT_MAX, min(_EXACT_MAX, bound)))
