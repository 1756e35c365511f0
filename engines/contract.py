"""The words every engine speaks: spec in, frames out, a result last.

An *experiment* is the unit of the product: one spec, one generator, one card and its known
answers. The page, the engine process, notebooks and ``verify`` know nothing else about an engine.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from engines.pictures import Picture


class ExplorerError(Exception):
    """Something the user can mend; its text is a sentence that says how."""


class SpecError(ExplorerError, ValueError):
    """A request that cannot be run, with the field, what came and what was expected."""


class InputError(ExplorerError, ValueError):
    """Data from outside that cannot be used, with the place and the mend."""


Seed = Annotated[int, Field(ge=0, lt=2**64)]
"""A seed; equal seeds give equal bytes on any machine and with any number of workers."""

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
    **limits: Any,
) -> Any:
    """A spec field with everything a control needs, so that it is declared once.

    ``marks`` are values worth knowing on a slider ({7: "paper"}); ``soft`` is the range of the
    slider when the field itself allows more; ``when`` names the values of other fields with which
    this one matters ({"scheduler": ("burst",)}); ``limits`` are pydantic's own (``ge``, ``le``,
    ``max_length`` ...).
    """
    extra: dict[str, Any] = {"unit": unit, "group": group, "log": log, "widget": widget}
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
        """The spec written as JSON; SpecError names every field that does not fit."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise SpecError(sentence_from_validation(cls, error)) from error

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, every field, so equal specs are equal texts."""
        return json.dumps(
            self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=True
        )

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


@dataclass(frozen=True)
class Frame:
    """One of many: a moment of a run. Subclasses add numpy arrays and numbers.

    ``fraction`` is the share of the work that is done, or nan when nobody can know.
    """

    fraction: float = field(default=math.nan, kw_only=True)

    def pictures(self) -> tuple[Picture, ...]:
        """What the generic view draws for this moment."""
        return ()


@dataclass(frozen=True)
class Result:
    """The last thing a run yields. Subclasses add numpy arrays and numbers, never times."""

    def moments(self) -> tuple[Frame, ...]:
        """The run as a film, for results that keep one; else the frames that came are shown."""
        return ()

    def pictures(self) -> tuple[Picture, ...]:
        """What the generic view draws when the run has ended."""
        return ()


@dataclass(frozen=True)
class Card:
    """What an experiment is, for people: shown on the page, in help and in the docs."""

    title: str
    claim: str
    """One sentence: what there is to see."""
    paper: str
    """Authors, year and title, or "none"."""
    link: str = ""


@dataclass(frozen=True)
class Verdict:
    """A known answer held against ours."""

    target: str
    source: str
    expected: float
    tolerance: float
    ours: float

    @property
    def reproduced(self) -> bool:
        """Whether ours lies within the tolerance of the expected value."""
        return abs(self.ours - self.expected) <= self.tolerance


@dataclass(frozen=True)
class KnownAnswer:
    """A number that we did not write ourselves, and how to compute ours.

    ``source`` names where it comes from (paper and figure, closed form, reference library).
    ``full`` marks the slow ones, which ``verify`` computes only with ``--full``.
    """

    target: str
    source: str
    expected: float
    tolerance: float
    ours: Callable[[], float]
    full: bool = False

    def verdict(self) -> Verdict:
        """Compute ours and compare."""
        return Verdict(self.target, self.source, self.expected, self.tolerance, float(self.ours()))


def _no_time(_spec: Any) -> float:
    return 0.0


@dataclass(frozen=True)
class Experiment:
    """The unit: spec, generator, card, known answers.

    ``frames`` yields frames at least ten times a second and the result last. It never calls
    back, never prints, holds no globals and draws randomness only from the spec's seed. An
    experiment file imports its heavy modules inside the generator, so that the page can read the
    spec and the card without paying for them.
    """

    spec: type[Spec]
    frames: Callable[[Any], Iterator[Frame | Result]]
    card: Card
    presets: Mapping[str, Spec] = field(default_factory=dict)
    """Named specs; the first is what the page opens with."""
    known_answers: Callable[[], tuple[KnownAnswer, ...]] = tuple
    """Called by ``verify`` only, so that reading an experiment costs nothing."""
    seconds: Callable[[Any], float] = _no_time
    """A guess of the run's length; long runs never stand in the way of short ones."""
    listed: bool = True
    """False for an experiment that only serves another one's view."""
    order: int = 100
    """Its place among the workbench's experiments; the first is what the workbench opens with."""

    def default(self) -> Spec:
        """The spec the page opens with."""
        return next(iter(self.presets.values()), None) or self.spec()

    def result(self, spec: Spec) -> Result:
        """Run to the end in this process and return the result."""
        for item in self.frames(spec):
            if isinstance(item, Result):
                return item
        raise ExplorerError(f"{self.card.title!r} ended without a result")
