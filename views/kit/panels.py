"""Controls as widgets, grouped as the spec groups them."""

from __future__ import annotations

import json
import typing
from typing import Annotated, Any

import panel as pn
import panel_material_ui as pmui
from pydantic import ConfigDict, TypeAdapter

from engines.contract import ExplorerError, InputError
from views.kit.controls import Controls, Knob, knobs
from views.kit.number import number_knob

_SEGMENTS_MAX = 4
_PLAIN = (int, float, str)


def widget_from_knob(controls: Controls, knob: Knob) -> pn.viewable.Viewable | None:
    """The widget that edits one parameter; None for what a widget cannot show."""
    parameter = controls.param[knob.name]
    common: dict[str, Any] = {
        "label": f"{knob.label} ({knob.unit})" if knob.unit else knob.label,
        "description": knob.help,
        "sizing_mode": "stretch_width",
        "margin": (8, 0, 6, 0),
    }
    if knob.widget == "hidden":
        return None
    match knob.kind:
        case "bool":
            return pmui.Switch.from_param(parameter, **common)
        case "int" | "float":
            return number_knob(controls, knob)
        case "choice":
            return choice_widget(parameter, knob, common)
        case "text":
            return pmui.TextInput.from_param(parameter, size="small", **common)
        case "other":
            return json_widget(controls, knob, common)
        case _:
            return None


def json_widget(controls: Controls, knob: Knob, common: dict[str, Any]) -> pn.viewable.Viewable:
    """A field no other widget fits, as JSON text; what does not fit is refused with a sentence.

    A plain list is shown without its brackets: 1, 2, 3.
    """
    widget = pmui.TextInput(value=_json(controls, knob.name), size="small", **common)

    def to_controls(event: Any) -> None:
        if event.new == _json(controls, knob.name):
            return
        try:
            setattr(controls, knob.name, _value_from_json(controls, knob, event.new))
        except ExplorerError:
            to_widget()
            raise

    def to_widget(_event: Any = None) -> None:
        widget.value = _json(controls, knob.name)

    widget.param.watch(to_controls, "value")
    controls.param.watch(to_widget, knob.name)
    return widget


def _value_from_json(controls: Controls, knob: Knob, text: str) -> Any:
    """The field's new value, judged together with the other knobs' values."""
    fields = {k.name: getattr(controls, k.name) for k in knobs(controls.spec_type)}
    plain = controls.spec_type(**fields).model_dump(mode="json")
    flat = _is_flat(controls, knob.name)
    try:
        is_bare = flat and not text.lstrip().startswith("[")
        plain[knob.name] = json.loads(f"[{text}]" if is_bare else text)
    except (ValueError, RecursionError) as error:
        form = "values between commas, such as 1, 2, 3" if flat else "JSON"
        raise InputError(f"{knob.label} must be {form}: {error}") from error
    return getattr(controls.spec_type.from_json(json.dumps(plain)), knob.name)


def _json(controls: Controls, name: str) -> str:
    value = getattr(controls, name)
    # Infinity as a word: null would not be read again.
    adapter = TypeAdapter(type(value), config=ConfigDict(ser_json_inf_nan="constants"))
    text = adapter.dump_json(value).decode()
    if not _is_flat(controls, name):
        return text
    return ", ".join(_word(one) for one in json.loads(text))


def _word(value: float | str) -> str:
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
    return json.dumps(int(value) if whole else value, ensure_ascii=False)


def _is_flat(controls: Controls, name: str) -> bool:
    """Whether a field is a list of numbers or of words."""
    annotation = controls.spec_type.model_fields[name].annotation
    if typing.get_origin(annotation) is not tuple:
        return False
    item = typing.get_args(annotation)[0]
    return (typing.get_args(item)[0] if typing.get_origin(item) is Annotated else item) in _PLAIN


def show_when(widget: pn.viewable.Viewable, controls: Controls, knob: Knob) -> None:
    """Hide a widget while other knobs make it meaningless."""
    if not knob.when:
        return

    def show(*_events: Any) -> None:
        widget.visible = all(getattr(controls, name) in fit for name, fit in knob.when.items())

    controls.param.watch(show, list(knob.when))
    show()


def choice_widget(parameter: Any, knob: Knob, common: dict[str, Any]) -> pn.viewable.Viewable:
    """Segments for a few short choices, a menu for more."""
    short = sum(len(str(choice)) for choice in knob.choices) <= 28
    if len(knob.choices) <= _SEGMENTS_MAX and short and knob.widget != "choice":
        return pmui.RadioButtonGroup.from_param(parameter, size="small", **common)
    return pmui.Select.from_param(parameter, size="small", **common)


def grouped_widgets(
    controls: Controls, *, skip: tuple[str, ...] = ()
) -> dict[str, list[pn.viewable.Viewable]]:
    """Widgets by group, in the spec's order; ``skip`` are fields the view shows in its own way.

    Fields of inner specs are skipped by the same names.
    """
    groups: dict[str, list[pn.viewable.Viewable]] = {}
    for inner in controls.inner.values():
        for name, widgets in grouped_widgets(inner, skip=skip).items():
            groups.setdefault(name, []).extend(widgets)
    for knob in knobs(controls.spec_type):
        widget = None if knob.name in skip else widget_from_knob(controls, knob)
        if widget is not None:
            show_when(widget, controls, knob)
            groups.setdefault(knob.group or "Settings", []).append(widget)
    return groups
