"""What the check of one operation may look at, and how it says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, NoReturn

from engines.diagrams.graph.errors import Problem, Span
from engines.diagrams.graph.grouping import hint_of, uneven
from engines.diagrams.graph.nodes import Axes, Value
from engines.diagrams.graph.poly import Poly
from engines.diagrams.graph.sharing import TIES
from engines.diagrams.graph.sizes import Equation, Sizes
from engines.diagrams.language.phrases import Call, Name, Option, Typed

SAME_NUMBERS = frozenset(
    ["view", "rename", "permute", "expand", "concat", "slice", "index", "window", "put"]
)
"""Operations whose result holds what their argument holds."""
ANY_NUMBERS = frozenset(["fn", "opaque", "param", "const"])


class RefusedError(Exception):
    """This operation cannot be; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass
class Ask:
    """One call with the types of what it takes and what it is declared to make."""

    call: Call
    fn: str
    """The kind's variant, say "gelu"."""
    args: tuple[Value, ...]
    out: Typed
    sizes: Sizes

    @property
    def axes(self) -> Axes:
        """Axes of the first argument."""
        return self.args[0].axes

    @property
    def declared(self) -> Axes:
        """Axes the result is declared to have."""
        return tuple(name.text for name in self.out.axes)

    def refuse(self, code: str, message: str, hint: str = "", at: Span | None = None) -> NoReturn:
        """Give up on this operation."""
        raise RefusedError(Problem(at or self.call.kind.span, code, message, hint))

    def arity(self, least: int, most: int | None = None) -> None:
        """Refuse any other number of arguments."""
        most = least if most is None else most
        if least <= len(self.args) <= most:
            return
        wanted = str(least) if least == most else f"{least} or more"
        name = self.call.kind.text
        self.refuse("arity", f"{name} takes {wanted} values, but {len(self.args)} came")

    def words(self) -> tuple[Name, ...]:
        """Plain words between the brackets."""
        options = self.call.options
        return tuple(w for o in options if o.arrow is None and not o.key for w in o.words)

    def arrows(self) -> list[tuple[Axes, Axes]]:
        """Every ``words -> words`` between the brackets."""
        return [
            (tuple(w.text for w in o.words), tuple(w.text for w in o.arrow))
            for o in self.call.options
            if o.arrow is not None
        ]

    def option(self, key: str) -> Option | None:
        """``key=value`` between the brackets."""
        return next((o for o in self.call.options if o.key and o.key.text == key), None)

    def whole(self, key: str, default: int, least: int = 0) -> int:
        """A whole number given by key."""
        option = self.option(key)
        if option is None:
            return default
        value = option.value
        number = value.value({}) if isinstance(value, Poly) and not value.names else None
        if number is None or number != int(number) or not least <= number <= 2**31:
            text = f"{key} must be a whole number from {least}"
            self.refuse("option", text, at=option.span)
        return int(number)

    def groups(self, axes: Axes) -> int:
        """``groups=n``; refused where a declared size of one of these axes does not divide by n."""
        groups = self.whole("groups", 1, 1)
        said = {n: int(s.value({})) for n, (s, _) in self.sizes.declared.items() if not s.names}
        told = uneven(groups, axes, said)
        if told:
            self.refuse("bad-size", told, hint_of(groups))
        return groups

    def stretch(self, key: str, default: int, least: int = 0) -> int | Poly:
        """A whole number, or a size that may grow with others: what was declared of it."""
        option = self.option(key)
        value = option.value if option is not None else None
        if isinstance(value, str):
            value = Poly.of(value)
        if not isinstance(value, Poly) or not value.names:
            return self.whole(key, default, least)
        declared = {n: size for n, (size, _) in self.sizes.declared.items() if size.names}
        for _ in declared:
            value = value.replaced(declared)
        return value

    def number(self, key: str, default: float) -> float:
        """A number given by key."""
        option = self.option(key)
        if option is None:
            return default
        if not isinstance(option.value, Poly) or option.value.names:
            self.refuse("option", f"{key} must be a number", at=option.span)
        return float(Fraction(option.value.value({})))

    def word(self, key: str, default: str = "") -> str:
        """A word given by key."""
        option = self.option(key)
        if option is None:
            return default
        if not isinstance(option.value, str):
            self.refuse("option", f"{key} must be a word", at=option.span)
        return option.value

    def tied(self) -> dict[str, object]:
        """Which arrays another operation has already, each with the value which that one makes."""
        found: dict[str, object] = {}
        for key in TIES.values():
            option = self.option(key)
            if option is not None:
                named = isinstance(option.value, str)
                found[key] = option.value if named else bool(self.whole(key, 0))
        return {key: maker for key, maker in found.items() if maker}

    def given(self) -> dict[str, object]:
        """Whether the arrays of an operation are given (buffers), not learned."""
        return {"fixed": True} if self.whole("fixed", 0) else {}

    def keys(self, *known: str) -> None:
        """Refuse any key that means nothing here."""
        for option in self.call.options:
            if option.key and option.key.text not in (*known, "name"):
                self.refuse(
                    "option",
                    f"{self.call.kind.text} has no option {option.key.text!r}",
                    nearest(option.key.text, (*known, "name")),
                    option.key.span,
                )

    def has(self, value: Value, axes: Axes) -> None:
        """Refuse axes that the value does not have."""
        for axis in axes:
            if axis not in value.axes:
                spot = next((w.span for w in self._all_words() if w.text == axis), None)
                there = " ".join(value.axes) or "no axes"
                hint = nearest(axis, value.axes) or f"{value.name} has {there}"
                self.refuse("not-an-axis", f"{axis} is no axis of {value.name}", hint, spot)

    def real(self) -> None:
        """Refuse arguments that are no real numbers."""
        for value, name in zip(self.args, self.call.args, strict=True):
            if value.dtype:
                hint = "use Embed to turn positions into vectors" if value.dtype != "bool" else ""
                text = f"{value.name} holds {sort_of(value.dtype)}, but {self.call.kind.text}"
                text += " takes reals"
                self.refuse("dtype", text, hint, name.span)

    def holds(self, kind: str, attrs: Mapping[str, Any]) -> None:
        """Refuse a result that is declared to hold another kind of numbers than it does."""
        if kind in ANY_NUMBERS:
            return
        kept = self.args[0].dtype if self.args and kind in SAME_NUMBERS else ""
        made = attrs["axis"] if kind == "places" else kept
        declared = self.out.dtype.text if self.out.dtype else ""
        if declared != made:
            name, came = self.out.name.text, sort_of(declared)
            text = f"{name} is declared to hold {came}, but {self.call.kind.text} makes"
            hint = f"write  {name}: {' '.join(self.declared) or '()'}" + f" in {made}" * bool(made)
            self.refuse("dtype", f"{text} {sort_of(made)}", hint, self.out.name.span)

    def gives(self, axes: Axes) -> None:
        """Refuse a declared result with other axes than these, in whatever order."""
        extra = [name for name in self.out.axes if name.text not in axes]
        if extra:
            text = f"{extra[0].text} comes from nothing: {self.call.kind.text} cannot make it"
            made = " ".join(axes) or "()"
            self.refuse("axis-from-nothing", text, f"it gives {made}", extra[0].span)
        lost = [axis for axis in axes if axis not in self.declared]
        if lost:
            hint = f"keep it in the result, or end it with sum[{lost[0]}] or index[{lost[0]}, at=0]"
            text = f"{lost[0]} is lost: {self.call.kind.text} does not consume it"
            self.refuse("axis-lost", text, hint, self.out.name.span)

    def equal(self, left: Poly, right: Poly, reason: str) -> None:
        """Two sizes must be equal."""
        span = self.call.kind.span
        self.sizes.equations.append(Equation(left, right, span, reason))

    def _all_words(self) -> list[Name]:
        options = self.call.options
        return [w for o in options for w in (*o.words, *(o.arrow or ()))]


def sort_of(dtype: str) -> str:
    """Reals, truths or positions, in words."""
    if not dtype:
        return "reals"
    return "truths" if dtype == "bool" else f"positions on {dtype}"


def nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """Did you mean ... ; empty when nothing is close."""
    found = get_close_matches(word, known, n=2, cutoff=0.55)
    lowered = {k.lower(): k for k in known}
    if not found and word.lower() in lowered:
        found = [lowered[word.lower()]]
    return f"did you mean {' or '.join(found)}?" if found else ""


Attrs = dict[str, Any]
