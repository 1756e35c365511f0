"""Reads what strangers wrote: strict JSON, and one column of a table or list.

The standard library only, because `engines.boundary.uploads` runs this very file alone in a limited
process; nothing here opens a user's file, imports by name or evaluates text.
"""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

ROWS_MAX = 1_000_000
COLUMNS_MAX = 2_000
CELLS_MAX = 8_000_000
NAME_MAX = 256
NESTING_MAX = 64
MEMORY_MAX_BYTES = 1024**3
SECONDS_MAX = 20
"""Of computing: as long by the clock where the machine does nothing else."""
CLOCK_MAX = 3
"""How much longer by the clock, where it is busy."""
FILES_MAX = 16
KINDS = (".csv", ".tsv", ".txt", ".json")

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_WHOLE = re.compile(r"[+-]?\d{1,300}")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_INFINITE = re.compile(r"([+-]?)inf(inity)?", re.IGNORECASE)
_MISSING = frozenset({"", "nan", "+nan", "-nan", "na", "n/a", "null", "none", "#n/a"})
_JSON_MARKS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)

Value = float | str
Column = dict[str, Any]


class ReadingError(ValueError):
    """What is wrong with the text, where, and how to mend it."""


def text_from_bytes(data: bytes) -> str:
    """UTF-8 text; ReadingError for anything else."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReadingError("the file is UTF-16; save it as UTF-8 and try again")
    if b"\0" in data:
        raise ReadingError("the file is not text; give a CSV, TSV, TXT or JSON file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ReadingError(f"line {line:,} is not UTF-8; save the file as UTF-8") from error


# --- JSON ---------------------------------------------------------------------------------------


def strict_json(text: str) -> Any:
    """JSON without duplicate keys, nan, infinity, lone surrogates or deep nesting."""
    if json_depth(text) > NESTING_MAX:
        raise ReadingError(f"the JSON is nested deeper than {NESTING_MAX} levels")
    try:
        value = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
        # Digits may still say infinity (1e400) and escapes half a character.
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except ReadingError:
        raise
    except UnicodeEncodeError as error:
        raise ReadingError("the JSON holds half a character (a lone surrogate)") from error
    except (ValueError, RecursionError) as error:
        raise ReadingError(f"this is not strict JSON: {error}") from error
    return value


def json_depth(text: str) -> int:
    """Levels of nesting, found without parsing.

    >>> json_depth('[[1], "[[[", {}]')
    2
    """
    depth = deepest = 0
    for match in _JSON_MARKS.finditer(text):
        mark = match[0]
        if mark in ("[", "{"):
            depth += 1
            deepest = max(deepest, depth)
        elif mark in ("]", "}"):
            depth -= 1
    return deepest


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ReadingError(f"the key {name[:60]!r} is there twice")
        found[name] = value
    return found


def _no_constant(name: str) -> float:
    raise ReadingError(f"{name} is no JSON number; leave it out")


# --- columns ------------------------------------------------------------------------------------


def column_from_text(text: str, kind: str, wanted: str | None = None) -> Column:
    """One column: its ``name``, all ``columns``, its ``values`` and ``notes``.

    The values are all numbers or all text.
    ``kind`` is one of `KINDS`; ``wanted`` a column's name, else the first column of numbers.
    """
    if kind == ".json":
        return _column_from_json(strict_json(text), wanted)
    if kind not in KINDS:
        raise ReadingError(f"{kind or 'a file without a type'} is not read; give {_kinds()}")
    return _column_from_table(text, kind, wanted)


def _kinds() -> str:
    return ", ".join(kind[1:].upper() for kind in KINDS)


def _column_from_json(content: Any, wanted: str | None) -> Column:
    if isinstance(content, list):
        content = {"values": content}
    named = content.items() if isinstance(content, dict) else ()
    lists = {name: value for name, value in named if isinstance(value, list)}
    if not lists:
        raise ReadingError("the JSON must be a list of values, or an object of such lists")
    name = _choose(list(lists), wanted) or next(iter(lists))
    cells = [_json_cell(cell, place) for place, cell in enumerate(lists[name], 1)]
    return _column(name, list(lists), _values(cells, lambda place: f"value {place:,}"), [])


def _json_cell(cell: Any, place: int) -> Value:
    if cell is None:
        raise ReadingError(f"value {place:,} is missing (null); remove it or fill it in")
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise ReadingError(f"value {place:,} is neither a number nor text")
    return cell


def _column_from_table(text: str, kind: str, wanted: str | None) -> Column:
    mark = separator_of(text, kind)
    first, has_header, numeric = survey(text, mark, is_list=kind == ".txt")
    if not has_header and (kind == ".txt" or _is_one_row(text, mark)):
        return _column_from_list(text, mark)
    names = _names(first, has_header)
    chosen = _choose(names, wanted)
    name = chosen or next((n for n, number in zip(names, numeric, strict=True) if number), names[0])
    several = len(names) > 1 and chosen is None
    notes = [f"column '{name}' of {len(names):,} was read"] if several else []
    place = names.index(name)
    rows = rows_of(text, mark)
    if has_header:
        next(rows)
    cells = ((line, row[place]) for line, row in rows)
    return _column(name, names, _numbers_or_text(cells, mark, name), notes)


def _column_from_list(text: str, mark: str) -> Column:
    """All cells in reading order; a line may end in a separator."""
    rows = ((line, row[:-1] if row[-1] == "" else row) for line, row in rows_of(text, mark))
    cells = ((line, cell) for line, row in rows for cell in row)
    return _column("values", ["values"], _numbers_or_text(cells, mark, "values"), [])


def _column(name: str, names: list[str], values: list[Value], notes: list[str]) -> Column:
    return {"name": name, "columns": names, "values": values, "notes": notes}


def separator_of(text: str, kind: str) -> str:
    """The mark between cells: tab, semicolon, comma, or a space for any white space."""
    if kind == ".tsv":
        return "\t"
    head = text[:20_000]
    for mark in ("\t", ";", ","):
        if mark in head:
            return mark
    return " " if kind == ".txt" else ","


def rows_of(text: str, mark: str) -> Iterator[tuple[int, list[str]]]:
    """Non-empty rows with the line each ends on."""
    if mark == " ":
        rows = enumerate((line.split() for line in io.StringIO(text)), 1)
    else:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
        rows = _numbered(reader)
    for line, row in rows:
        cells = [cell.strip() for cell in row]
        if any(cells):
            yield line, cells


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ReadingError(f"line {reader.line_num:,}: {error}; mend its quotes") from error
        yield reader.line_num, row


def _is_one_row(text: str, mark: str) -> bool:
    rows = rows_of(text, mark)
    return next(rows, None) is not None and next(rows, None) is None


def survey(text: str, mark: str, *, is_list: bool) -> tuple[list[str], bool, list[bool]]:
    """The first row, whether it is a header, and which columns hold numbers (or gaps) below it."""
    if text.count(mark) > CELLS_MAX:
        raise ReadingError(f"there are more than {CELLS_MAX:,} cells; give a part of them")
    rows = rows_of(text, mark)
    _, first = next(rows, (0, []))
    if not first:
        raise ReadingError("there are no values; give at least one")
    fits, seen = [True] * len(first), [False] * len(first)
    ragged = False
    if len(first) > ROWS_MAX:
        raise ReadingError(f"there are more than {ROWS_MAX:,} values; give a part of them")
    for count, (line, row) in enumerate(rows, 2):
        if len(first) > COLUMNS_MAX and not is_list:
            _refuse_columns(len(first))
        if count > ROWS_MAX + 1:
            raise ReadingError(f"there are more than {ROWS_MAX:,} rows; give a part of them")
        if len(row) != len(first):
            ragged = True
            if not is_list:
                raise ReadingError(
                    f"line {line:,} has {len(row):,} cells where {len(first):,} were expected"
                )
        for place, cell in enumerate(row[: len(first)]):
            number = is_number(cell, mark)
            seen[place] |= number
            fits[place] &= number or cell.lower() in _MISSING
    numeric = [fit and some for fit, some in zip(fits, seen, strict=True)]
    named = [c.lower() not in _MISSING and not is_number(c, mark) for c in first]
    below_names = any(name and number for name, number in zip(named, numeric, strict=True))
    return first, below_names and not ragged, numeric


def _names(first: list[str], has_header: bool) -> list[str]:
    if len(first) > COLUMNS_MAX:
        _refuse_columns(len(first))
    plain = [f"column {place}" for place in range(1, len(first) + 1)]
    if not has_header:
        return plain
    long = next((name for name in first if len(name) > NAME_MAX), None)
    if long is not None:
        raise ReadingError(f"a column's name has {len(long):,} characters; {NAME_MAX} are read")
    names = [name or usual for name, usual in zip(first, plain, strict=True)]
    if len(set(names)) == len(names):
        return names
    return [f"{name} ({usual})" for name, usual in zip(names, plain, strict=True)]


def _refuse_columns(n: int) -> None:
    raise ReadingError(f"there are {n:,} columns; {COLUMNS_MAX:,} are read")


def _choose(names: list[str], wanted: str | None) -> str | None:
    if wanted is None or wanted in names:
        return wanted
    shown = ", ".join(f"'{name[:40]}'" for name in names[:10])
    raise ReadingError(f"there is no column '{wanted[:40]}'; there are: {shown}")


def is_number(cell: str, mark: str) -> bool:
    """Whether a cell is one, infinity too; where semicolons part them commas are points."""
    if _NUMBER.fullmatch(cell) or _INFINITE.fullmatch(cell):
        return True
    return mark == ";" and bool(_DECIMAL_COMMA.fullmatch(cell))


def _numbers_or_text(cells: Any, mark: str, name: str) -> list[Value]:
    lines: list[int] = []
    found: list[Value] = []
    for line, cell in cells:
        where = f"line {line:,}, column '{name}'"
        if cell.lower() in _MISSING:
            shown = f"'{cell}'" if cell else "empty"
            raise ReadingError(f"{where} is {shown}; remove the row or fill it in")
        if len(found) == ROWS_MAX:
            raise ReadingError(f"there are more than {ROWS_MAX:,} values; give a part of them")
        lines.append(line)
        found.append(number_of(cell, mark, where) if is_number(cell, mark) else cell)
    return _values(found, lambda place: f"line {lines[place - 1]:,}, column '{name}'")


def number_of(cell: str, mark: str, where: str) -> float:
    """The number of a cell; ``where`` begins the sentence about one that is too large."""
    infinite = _INFINITE.fullmatch(cell)
    if infinite:
        return float(f"{infinite[1]}inf")
    if _WHOLE.fullmatch(cell):
        return int(cell)
    number = float(cell.replace(",", ".") if mark == ";" else cell)
    if number in (float("inf"), float("-inf")):
        raise ReadingError(f"{where}: {cell[:40]} is too large; write inf if that is meant")
    return number


def _values(cells: list[Any], where: Any) -> list[Value]:
    """All numbers or all text; one odd cell among the others is named."""
    if len(cells) > ROWS_MAX:
        raise ReadingError(f"there are more than {ROWS_MAX:,} values; give a part of them")
    if not cells:
        raise ReadingError("there are no values; give at least one")
    texts = [place for place, cell in enumerate(cells, 1) if isinstance(cell, str)]
    if texts and len(texts) < len(cells):
        odd = texts[0]
        raise ReadingError(
            f"{where(odd)} holds '{cells[odd - 1][:40]}', which is not a number, while others are; "
            "mend it, or write all values as text"
        )
    long = next((place for place in texts if len(cells[place - 1]) > NAME_MAX), None)
    if long is not None:
        raise ReadingError(f"{where(long)} is text of more than {NAME_MAX} characters")
    return cells


# --- alone in a process -------------------------------------------------------------------------


def limit_this_process(
    memory: int = MEMORY_MAX_BYTES,
    seconds: float = SECONDS_MAX,
    n_files: int | None = FILES_MAX,
) -> None:
    """Bound memory, time, files and writes of this process, as far as the system can.

    Memory is what is taken from now on. It is counted as data, not as address space: threads and
    allocators reserve gigabytes of addresses that nothing ever stands at.
    """
    try:
        import resource
    except ImportError:  # Windows: the parent's clock and the size cap remain
        return
    n_data = _data_bytes()
    limits = {
        # Where the system does not say how much there is already, addresses have to do.
        "RLIMIT_AS" if n_data is None else "RLIMIT_DATA": memory + (n_data or 0),
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
    }
    if n_files is not None:
        limits["RLIMIT_NOFILE"] = n_files
    for name, bound in limits.items():
        with suppress(AttributeError, OSError, ValueError):  # macOS refuses some of them
            resource.setrlimit(getattr(resource, name), (bound, bound))
    # Nobody listens, so either ends the process, whatever it is in the middle of.
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, CLOCK_MAX * seconds)


def _data_bytes() -> int | None:
    """How much data this process holds now, None where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:
        return None
    found = re.search(r"^VmData:\s+(\d+)", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def main() -> None:
    """Read a line of JSON (kind, column, limits) and the file's bytes; write the column as JSON."""
    request = json.loads(sys.stdin.buffer.readline())
    limit_this_process(request["memory"], request["seconds"])
    try:
        text = text_from_bytes(sys.stdin.buffer.read())
        answer = column_from_text(text, request["kind"], request["column"])
    except ReadingError as error:
        answer = {"error": str(error)}
    except MemoryError:
        mib = request["memory"] >> 20
        answer = {"error": f"reading it needs more than {mib:,} MiB of memory"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
