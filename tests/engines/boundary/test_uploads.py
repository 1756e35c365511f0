"""Own data: what is read, what is refused and in which words; promise 6 for files of values."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.boundary import apart, reading, uploads
from engines.boundary.uploads import (
    numbers_from_upload,
    numbers_from_upload_async,
    values_from_text,
)
from engines.contract import InputError


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3 1 2", (3, 1, 2)),
        ("3,1,2", (3, 1, 2)),
        ("3, 1, 2,\n5, 4,\n", (3, 1, 2, 5, 4)),
        ("3;1;2", (3, 1, 2)),
        ("3\t1\t2", (3, 1, 2)),
        ("3\n1\r\n2\n\n", (3, 1, 2)),
        ("value\n3\n1\n2", (3, 1, 2)),
        ("[3, 1.5, 2]", (3, 1.5, 2)),
        ('{"a": [3, 1], "b": [2]}', (3, 1)),
        ("-1 +2 .5 1. 1e3 -2E-1", (-1, 2, 0.5, 1.0, 1000.0, -0.2)),
        ("inf -inf Infinity 0", (math.inf, -math.inf, math.inf, 0)),
        ("1,5;2,5", (1.5, 2.5)),
        ("9007199254740993 9007199254740992", (9007199254740993, 9007199254740992)),
        ("ann bob cid", ("ann", "bob", "cid")),
        ("a\u202eb c\x1bd", ("ab", "cd")),
        ("42", (42,)),
        ("\ufeff7 8", (7, 8)),
    ],
)
def test_pasted_text_becomes_values(text, values):
    found = values_from_text(text)
    assert found.values == values
    assert [type(value) for value in found.values] == [type(value) for value in values]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "there are no values"),
        (" \n,\n", "there are no values"),
        ("3\nnan\n2", "line 2, column 'values' is 'nan'"),
        ("value\n3\nNaN\n2", "line 3, column 'value' is 'NaN'"),
        ("3,,2", "line 1, column 'values' is empty"),
        ("3 1 x 2", "line 1, column 'values' holds 'x', which is not a number"),
        ("3 1+2j", "holds '1\\+2j'"),
        ("3 1_000", "holds '1_000'"),
        ("1 1e400", "1e400 is too large"),
        ("[1, NaN]", "NaN is no JSON number"),
        ("[1, null]", r"value 2 is missing \(null\)"),
        ("[1, true]", "value 2 is neither a number nor text"),
        ("[1, [2]]", "value 2 is neither a number nor text"),
        ("[" * 200 + "]" * 200, "nested deeper than 64"),
        ('{"a": 1}', "must be a list"),
        ('{"a": [1], "a": [2]}', "the key 'a' is there twice"),
        ("[1, 2", "not strict JSON"),
        ('"unclosed,1', "line 1: .*mend its quotes"),
        ("a\0b", "not text"),
        ("x" * 300, "more than 256 characters"),
        ("1" * 70_000, "paste at most 65,536"),
    ],
)
def test_pasted_text_that_cannot_be_used_is_refused_with_place_and_mend(text, sentence):
    with pytest.raises(InputError, match=sentence):
        values_from_text(text)


def test_a_table_gives_its_first_column_of_numbers_and_offers_the_others():
    table = b"name,height,weight\nann,1.6,55\nbob,1.8,80\n"
    found = numbers_from_upload("people.csv", table)
    assert (found.name, found.values) == ("height", (1.6, 1.8))
    assert found.columns == ("name", "height", "weight")
    assert found.notes == ("column 'height' of 3 was read",)
    other = numbers_from_upload("people.csv", table, column="weight")
    assert (other.values, other.notes) == ((55, 80), ())
    names = numbers_from_upload("people.csv", table, column="name")
    assert names.values == ("ann", "bob")
    assert names.is_text


@pytest.mark.parametrize(
    ("name", "data", "values"),
    [
        ("a.CSV", b"3\n1\n2\n", (3, 1, 2)),
        ("a.tsv", b"x\ty\n1\t2\n3\t4\n", (1, 3)),
        ("a.txt", b"3 1\n2\n", (3, 1, 2)),
        ("a.json", b'["b", "a"]', ("b", "a")),
        ("../../etc/passwd.csv", b"1,2,3", (1, 2, 3)),
        ("C:\\windows\\a.csv", b"1\n2", (1, 2)),
        ("a.csv", b'"a,b",n\n"x ""y""",1\n', (1,)),
        ("a.csv", b",n\n0,5\n1,6\n", (5, 6)),
        ("a.csv", b"n,n\n1,2\n", (1,)),
    ],
)
def test_files_of_every_kind_are_read(name, data, values):
    column = "n" if data.startswith(b",n") else None
    assert numbers_from_upload(name, data, column=column).values == values


def _csv(text: str) -> bytes:
    return text.encode()


HOSTILE = [
    ("a.exe", b"MZ", "not a CSV, TSV, TXT or JSON"),
    ("a", b"1", "not a CSV, TSV, TXT or JSON"),
    ("a.yaml", b"a: 1", "not a CSV"),
    ("a.pkl", b"\x80\x04.", "not a CSV"),
    ("a.csv", b"\x80\x04\x95\x10\x00", "a pickle by its first bytes"),
    ("a.csv", b"PK\x03\x04rest", "ZIP archive or spreadsheet"),
    ("a.csv", b"\x1f\x8b\x08rest", "gzip"),
    ("a.csv", b"1,2\n\xff\xfe", "line 2 is not UTF-8"),
    ("a.csv", "1,2".encode("utf-16"), "UTF-16"),
    ("a.csv", b"1\0,2", "not text"),
    ("a.csv", b"", "no values"),
    ("a.csv", _csv("a,b\n1,2\n3\n"), "line 3 has 1 cells where 2 were expected"),
    ("a.csv", _csv('a\n"1\n'), "mend its quotes"),
    ("a.csv", _csv("a\n1\nnan\n"), "line 3, column 'a' is 'nan'"),
    ("a.csv", _csv("a\n1\n1e400\n"), "1e400 is too large"),
    ("a.csv", _csv("a\n1\n2\n" + "x" * 300 + "\n"), "which is not a number"),
    ("a.csv", _csv("a" * 300 + "\n1\n"), "name has 300 characters"),
    ("a.csv", _csv("\n".join(["a,b"] + ["1," + "2" * 200_000] * 2)), "field larger"),
    ("a.csv", _csv(",".join(["a"] * 3000) + "\n" + ",".join(["1"] * 3000)), "3,000 columns"),
    ("a.csv", b"1\n" * 1_000_002, "more than 1,000,000"),
    ("a.txt", b"1 " * 1_000_001, "more than 1,000,000"),
    ("a.json", b"[" * 1_000_000, "nested deeper"),
    ("a.json", b'"' + b'\\"' * 2_000_000, "not strict JSON"),
    ("a.json", b"[1e999]", "not strict JSON"),
    ("a.json", b"[" + b"9" * 5_000 + b"]", "not strict JSON"),
    ("a.json", b'["\\ud800"]', "half a character"),
    ("a.json", b"[" + b"1," * 1_000_001 + b"1]", "more than 1,000,000"),
    ("a.json", b"__import__('os').system('true')", "not strict JSON"),
    ("\u202evsc.<img src=x>.csv", b"nan", "is 'nan'"),
]


@pytest.mark.parametrize(("name", "data", "sentence"), HOSTILE, ids=range(len(HOSTILE)))
def test_promise_6_hostile_files_are_refused_in_time_with_a_reason(name, data, sentence):
    started = time.monotonic()
    with pytest.raises(InputError, match=sentence) as caught:
        numbers_from_upload(name, data)
    assert time.monotonic() - started < 30
    assert "\u202e" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_promise_6_a_file_over_the_cap_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(uploads, "UPLOAD_MAX_BYTES", 10)
    monkeypatch.setattr(subprocess, "run", None)
    with pytest.raises(InputError, match="at most 10 are read"):
        numbers_from_upload("a.csv", b"1," * 10)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is not bounded elsewhere")
def test_promise_6_a_reader_that_needs_too_much_memory_ends_alone(monkeypatch):
    # Three columns of words: over 200 MiB as Python strings.
    data = b"a,b,c\n" + b"alpha one,beta two,gamma three\n" * 900_000
    monkeypatch.setattr(uploads, "STRANGERS", apart.Limits(memory=100 * 1024**2))
    with pytest.raises(InputError, match=r"'a\.csv': reading it needs more than 100 MiB"):
        numbers_from_upload("a.csv", data)


def test_promise_6_a_reader_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(uploads, "STRANGERS", apart.Limits(seconds=0.01))
    with pytest.raises(InputError, match=r"'a\.csv': reading it took more than 0\.01 s"):
        numbers_from_upload("a.csv", b"1\n" * 500_000)
    monkeypatch.setattr(uploads, "STRANGERS", apart.Limits(seconds=0.001))
    monkeypatch.setattr(apart, "START_SECONDS", 0)
    with pytest.raises(InputError, match="took more than"):
        numbers_from_upload("a.csv", b"1\n" * 500_000)


def test_promise_4_the_reader_cannot_import_from_where_it_runs(tmp_path, monkeypatch):
    trace = tmp_path / "ran"
    planted = f"import pathlib; pathlib.Path({str(trace)!r}).write_text('ran')\n"
    for module in ("csv", "json", "sitecustomize", "usercustomize"):
        (tmp_path / f"{module}.py").write_text(planted)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(apart.tempfile, "gettempdir", lambda: str(tmp_path))
    assert numbers_from_upload("a.csv", b"1,2").values == (1, 2)
    assert not trace.exists()


def test_the_reader_is_alone_with_the_standard_library():
    code = f"import sys, runpy; runpy.run_path({reading.__file__!r}); print(*sys.modules)"
    command = [sys.executable, "-I", "-S", "-c", code]
    modules = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    strangers = {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names)
    assert strangers <= {"__main__"}


async def test_an_upload_does_not_hold_up_the_event_loop():
    found = await numbers_from_upload_async("a.csv", b"1,2,3")
    assert found.values == (1, 2, 3)


@settings(max_examples=300)
@given(st.lists(st.one_of(st.integers(), st.floats(allow_nan=False)), min_size=1, max_size=50))
def test_numbers_come_back_exactly(numbers):
    text = json.dumps([n for n in numbers if not (isinstance(n, float) and math.isinf(n))] or [0])
    assert list(values_from_text(text).values) == json.loads(text)
    lines = "\n".join(repr(n) for n in numbers)
    assert list(values_from_text(lines).values) == numbers


@settings(max_examples=500)
@given(st.text(max_size=300))
def test_any_text_gives_clean_values_or_a_sentence(text):
    try:
        found = values_from_text(text)
    except InputError:
        return
    assert found.values
    assert all(isinstance(value, str) == found.is_text for value in found.values)
    assert found.is_text or not any(math.isnan(value) for value in found.values)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", r"crashed \(SIGSEGV\), so the"),
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
            "the system stopped its reader",
        ),
        ("import os, signal; os.kill(os.getpid(), signal.SIGPROF)", "it took more than 20 s"),
        ("raise MemoryError", "needs more than 1,024 MiB of memory"),
        ("raise OSError", "its reader failed, so the file is damaged"),
    ],
)
def test_promise_6_what_ended_a_reader_is_told_apart(code, said):
    command = [sys.executable, "-I", "-S", "-c", code]
    with pytest.raises(InputError, match=f"^'a.csv': .*{said}.*; give a part$"):
        apart.output_of_child(
            command, b"", "a.csv", apart.STRANGERS, mend="give a part", environment={}
        )


@pytest.mark.skipif(sys.platform != "linux", reason="memory is not bounded elsewhere")
def test_promise_6_memory_is_what_comes_on_top_of_libraries():
    code = (
        "from engines.boundary.reading import limit_this_process; held = bytearray(200_000_000); "
        "limit_this_process(100_000_000, 20, None); more = bytearray(80_000_000); print('fits'); "
        "again = bytearray(80_000_000)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert ended.stdout == b"fits\n"
    assert b"MemoryError" in ended.stderr
