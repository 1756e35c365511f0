"""A text as words with their places; knows indentation and comments, and nothing else."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from engines.diagrams.graph.errors import Problem, Span

# Letters of any script, then digits, marks such as the overbar, and primes.
NAME = re.compile(r"[^\W\d][\w\u0300-\u036f'′]*")
_TOKEN = re.compile(
    rf"(?P<space>[ ]+)|(?P<comment>\#.*)|(?P<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)"
    rf"|(?P<name>{NAME.pattern})|(?P<sign>->|//|[()\[\],:=*/^+.<>|-])|(?P<text>\"[^\"]*\")"
    rf"|(?P<other>.)"
)
LINES_MAX, COLUMNS_MAX = 20_000, 2_000


@dataclass(frozen=True)
class Token:
    """A word: its sort (name, number, sign, text or end), itself, its place."""

    sort: str
    word: str
    span: Span


@dataclass
class Line:
    """A line that says something: its indentation, its words, and the end after them."""

    number: int
    indent: int
    tokens: list[Token]
    children: list[Line] = field(default_factory=list)

    @property
    def span(self) -> Span:
        """The whole line."""
        first, last = self.tokens[0].span, self.tokens[-1].span
        return Span(self.number, first.col, max(1, last.col - first.col))


def lines_from_text(text: str, problems: list[Problem]) -> list[Line]:
    """The lines of a text as a forest: what is indented belongs to the line above."""
    roots: list[Line] = []
    open_lines: list[Line] = []
    rows = unicodedata.normalize("NFC", text).split("\n")
    if len(rows) > LINES_MAX:
        span = Span(LINES_MAX, 1)
        problems.append(Problem(span, "too-long", f"the text has more than {LINES_MAX} lines"))
    for number, row in enumerate(rows[:LINES_MAX], start=1):
        line = _line(number, row, problems)
        if line is None:
            continue
        while open_lines and open_lines[-1].indent >= line.indent:
            open_lines.pop()
        (open_lines[-1].children if open_lines else roots).append(line)
        open_lines.append(line)
    return roots


def _line(number: int, row: str, problems: list[Problem]) -> Line | None:
    row = row.rstrip("\r").expandtabs(4)[:COLUMNS_MAX]
    tokens = []
    for match in _TOKEN.finditer(row):
        sort, word = str(match.lastgroup), match.group()
        span = Span(number, match.start() + 1, len(word))
        if sort == "other":
            problems.append(Problem(span, "character", f"{word!r} has no meaning here"))
        elif sort not in ("space", "comment"):
            tokens.append(Token(sort, word, span))
    if not tokens:
        return None
    end = tokens[-1].span
    tokens.append(Token("end", "", Span(number, end.col + end.length, 1)))
    return Line(number, len(row) - len(row.lstrip(" ")), tokens)
