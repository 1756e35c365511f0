"""What is wrong with a diagram: every problem with its place, its code and its mend."""

from __future__ import annotations

from dataclasses import dataclass

from engines.contract import ExplorerError


@dataclass(frozen=True)
class Span:
    """A place in a text: line and column count from 1, ``length`` in characters."""

    line: int = 0
    col: int = 0
    length: int = 1


NOWHERE = Span()
"""The place of what was not read from a text."""


@dataclass(frozen=True)
class Problem:
    """One mistake: where, which kind, what is wrong, how to mend it."""

    span: Span
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"line {self.span.line}, column {self.span.col}: " if self.span.line else ""
        return f"{place}{self.message}" + (f"; {self.hint}" if self.hint else "")


class DiagramError(ExplorerError, ValueError):
    """A diagram that cannot be; ``problems`` holds everything that is wrong, in reading order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """At least one problem."""
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def problem(code: str, message: str, hint: str = "", span: Span | None = None) -> DiagramError:
    """An error with a single problem."""
    return DiagramError((Problem(span or Span(), code, message, hint),))
