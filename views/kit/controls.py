"""Knobs from a spec: a param class with bounds, labels, units and help that the spec declares."""

from __future__ import annotations

import contextlib
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

import param
from pydantic.fields import FieldInfo

from engines.contract import Spec, SpecError

S = TypeVar("S", bound=Spec)


@dataclass(frozen=True)
class Knob:
    """What the spec says of one field, ready for a widget."""

    name: str
    kind: Literal["bool", "int", "float", "choice", "text", "spec", "other"]
    label: str
    help: str
    unit: str
    group: str
    choices: tuple[Any, ...]
    low: float | None
    high: float | None
    soft: tuple[float, float] | None
    step: float | None
    log: bool
    marks: dict[str, str]
    when: dict[str, tuple[Any, ...]]
    widget: str


def knobs(spec: type[Spec]) -> Iterator[Knob]:
    """Every field of a spec that declares a control, in the order of declaration."""
    for name, info in spec.model_fields.items():
        yield _knob(name, info)


def _knob(name: str, info: FieldInfo) -> Knob:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    kind, choices = _kind(info.annotation)
    low, high = _bounds(info, beside=1 if kind == "int" else 0)
    soft = extra.get("soft")
    return Knob(
        name=name,
        kind=kind,
        label=info.title or name.replace("_", " "),
        help=info.description or "",
        unit=str(extra.get("unit", "")),
        group=str(extra.get("group", "")),
        choices=choices,
        low=low,
        high=high,
        soft=tuple(soft) if soft else None,  # type: ignore[arg-type]
        step=extra.get("step"),  # type: ignore[arg-type]
        log=bool(extra.get("log", False)),
        marks=dict(extra.get("marks", {})),  # type: ignore[arg-type]
        when={k: tuple(v) for k, v in extra.get("when", {}).items()},  # type: ignore[union-attr]
        widget=str(extra.get("widget", "auto")),
    )


def _bounds(info: FieldInfo, *, beside: int) -> tuple[float | None, float | None]:
    """Smallest and largest value; ``beside`` is how far the first one after an open end lies."""
    low = high = None
    for limit in info.metadata:
        low = getattr(limit, "ge", low)
        low = limit.gt + beside if hasattr(limit, "gt") else low
        high = getattr(limit, "le", high)
        high = limit.lt - beside if hasattr(limit, "lt") else high
    return low, high


def _kind(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    if typing.get_origin(annotation) is Literal:
        return "choice", typing.get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        return "spec", ()
    plain = {bool: "bool", int: "int", float: "float", str: "text"}
    return plain.get(annotation, "other"), ()


class Controls(param.Parameterized, Generic[S]):
    """The user's knobs for one kind of spec. Make one with `controls_from_spec`.

    A field that is itself a spec has controls of its own in ``inner``; a change there that fits
    together becomes the field's new value.
    """

    spec_type: ClassVar[type[Spec]]

    if TYPE_CHECKING:  # one parameter per field of the spec, known only when it is made

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...

    def __init__(self, **values: Any) -> None:
        """Starts at the spec's defaults but for ``values``."""
        super().__init__(**values)
        self.inner: dict[str, Controls] = {}
        for knob in knobs(self.spec_type):
            if knob.kind == "spec":
                self._nest(knob.name)

    def _nest(self, name: str) -> None:
        value = getattr(self, name)
        inner = controls_from_spec(type(value), value)()
        self.inner[name] = inner

        def rise(*_events: Any) -> None:
            with contextlib.suppress(SpecError):  # `spec` says what does not fit, when asked
                setattr(self, name, inner.spec())

        def sink(event: Any) -> None:
            if inner.spec_or_none() != event.new:
                inner.take(event.new)

        inner.param.watch(rise, [knob.name for knob in knobs(type(value))])
        self.param.watch(sink, name)

    def spec_or_none(self) -> S | None:
        """`spec`, or None while the values do not fit together."""
        try:
            return self.spec()
        except SpecError:
            return None

    def spec(self) -> S:
        """The current values, checked and frozen; raises SpecError naming what does not fit."""
        for inner in self.inner.values():
            inner.spec()
        return self.spec_type(**{k.name: getattr(self, k.name) for k in knobs(self.spec_type)})  # type: ignore[return-value]

    def take(self, spec: S) -> None:
        """Show another spec; watchers are told once."""
        self.param.update(**{k.name: getattr(spec, k.name) for k in knobs(self.spec_type)})


def controls_from_spec(spec: type[Spec], default: Spec | None = None) -> type[Controls]:
    """A param class with one parameter per field of the spec.

    >>> from engines.contract import Spec, knob
    >>> class Toy(Spec):
    ...     n_cells: int = knob(5, label="Cells", help="How many.", ge=0, le=9)
    >>> ToyControls = controls_from_spec(Toy)
    >>> ToyControls(n_cells=7).spec().n_cells
    7

    Raises:
        TypeError: a field has a name that every set of controls uses itself, say ``name``.
    """
    start = default or spec()
    fields = {k.name: _parameter(k, getattr(start, k.name)) for k in knobs(spec)}
    taken = [name for name in fields if name == "inner" or hasattr(Controls, name)]
    if taken:
        raise TypeError(f"{spec.__name__} needs another name for its field {taken[0]!r}")
    name = spec.__name__.removesuffix("Spec") + "Controls"
    return type(name, (Controls,), {**fields, "spec_type": spec, "__doc__": f"Knobs of {name}."})


def _parameter(knob: Knob, value: Any) -> param.Parameter:
    common = {"default": value, "label": knob.label, "doc": knob.help}
    bounds = {"bounds": (knob.low, knob.high), "softbounds": knob.soft, "step": knob.step}
    match knob.kind:
        case "bool":
            return param.Boolean(**common)
        case "int":
            return param.Integer(**common, **bounds)
        case "float":
            return param.Number(**common, **bounds)
        case "choice":
            return param.Selector(objects=list(knob.choices), **common)
        case "text":
            return param.String(**common)
        case _:
            return param.Parameter(**common)
