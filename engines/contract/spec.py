"""What a run needs: fields declared once, frozen, strict and hashable."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engines.contract.errors import SpecError

Seed = Annotated[int, Field(ge=0, lt=2**64)]
"""A seed; equal seeds give equal bytes on any machine and with any number of workers."""

STAMP_KEY = "neural-explorer"
"""The field of a saved spec that says what made the file; it is no field of the spec."""
Widget = Literal["auto", "slider", "number", "choice", "text", "hidden"]


def knob(
    default: Any,
    *,
    label: str,
    help: str,
    unit: str = "",
    group: str = "",
    marks: Mapping[float, str] | None = None,
    soft: tuple[float, float] | None = None,
    step: float | None = None,
    log: bool = False,
    when: Mapping[str, tuple[Any, ...]] | None = None,
    widget: Widget = "auto",
    local: bool = False,
    **limits: Any,
) -> Any:
    """A spec field with everything a control needs, so that it is declared once.

    ``marks`` are values worth knowing on a slider ({7: "paper"}); ``soft`` is the range of the
    slider when the field itself allows more; ``when`` names the values of other fields with which
    this one matters ({"scheduler": ("burst",)}); ``local`` says that it is a path of this machine,
    of which exported files carry the last part only; ``limits`` are pydantic's own (``ge``,
    ``le``, ``max_length`` ...).
    """
    extra: dict[str, Any] = {"unit": unit, "group": group, "log": log, "widget": widget}
    if local:
        extra["local"] = True
    if soft:
        extra["soft"] = list(soft)
    if when:
        extra["when"] = {name: list(values) for name, values in when.items()}
    if step:
        extra["step"] = step
    if marks:
        extra["marks"] = {str(value): text for value, text in marks.items()}
    return Field(default, title=label, description=help, json_schema_extra=extra, **limits)


def _as_pydantics_own(init: Callable[..., None]) -> Callable[..., None]:
    """Keep pydantic from calling ``init`` on JSON, where it would refuse a list for a tuple."""
    init.__dict__["__pydantic_base_init__"] = True
    return init


class Spec(BaseModel):
    """What a run needs: frozen, strict and hashable.

    Equal specs give equal results, so a spec is at once the request, the cache key, the address
    in the URL, the session file and the test input.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, ser_json_inf_nan="constants"
    )

    @_as_pydantics_own
    def __init__(self, **fields: Any) -> None:
        """Raise SpecError, one sentence per wrong field, instead of pydantic's own error."""
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise SpecError(sentence_from_validation(type(self), error)) from error

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The spec written as JSON, also as it is saved; SpecError names what does not fit."""
        try:
            return cls.model_validate_json(_without_stamp(text))
        except ValidationError as error:
            raise SpecError(sentence_from_validation(cls, error)) from error

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, every field, so equal specs are equal texts."""
        return json.dumps(
            self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=True
        )

    def portable(self) -> Self:
        """The spec for a file that leaves this machine: of a path only its last part."""
        local = {
            name: re.split(r"[/\\]", getattr(self, name))[-1]
            for name, field in type(self).model_fields.items()
            if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("local")
        }
        return self.replace(**local) if local else self

    def changes(self) -> dict[str, Any]:
        """The fields that differ from their defaults, as JSON values (the part a URL carries)."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def replace(self, **fields: Any) -> Self:
        """A checked copy with other values (pydantic's own ``model_copy`` does not check)."""
        return type(self)(
            **{**{name: getattr(self, name) for name in type(self).model_fields}, **fields}
        )

    def digest(self) -> str:
        """SHA-256 of the spec's type and canonical JSON, in hexadecimal."""
        named = f"{type(self).__module__}.{type(self).__qualname__}:{self.to_json()}"
        return hashlib.sha256(named.encode()).hexdigest()


def _without_stamp(text: str | bytes) -> str | bytes:
    """A saved spec without what says which run made it; anything else as it is."""
    key = STAMP_KEY if isinstance(text, str) else STAMP_KEY.encode()
    if key not in text[:200]:  # type: ignore[operator]
        return text
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(fields, dict):
        fields.pop(STAMP_KEY, None)
    return json.dumps(fields)


def sentence_from_validation(cls: type[BaseModel], error: ValidationError) -> str:
    """One sentence per wrong field: its label, what is wrong, what came."""
    sentences = []
    for problem in error.errors(include_url=False):
        place = [str(part) for part in problem["loc"]]
        known = cls.model_fields.get(place[0]) if place else None
        label = (known.title if known else None) or ".".join(place)
        shown = repr(problem.get("input"))
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            sentences.append(f"{cls.__name__} has no field '{label}'")
        elif problem["type"] == "value_error":
            sentences.append(message)
        else:
            sentences.append(f"{label}: {message[:1].lower()}{message[1:]} (got {shown})")
    return "; ".join(sentences)
