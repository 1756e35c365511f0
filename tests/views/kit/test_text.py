"""Text from outside: cleaned at the door, escaped where markup would run."""

from __future__ import annotations

import html
import io
import unicodedata

import pandas as pd
import panel as pn
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engines.boundary.labels import LABEL_MAX, label
from views.kit.text import (
    csv_cell,
    csv_text,
    distinct,
    escaped,
    escaped_markdown,
    notify,
    safe_columns,
    say,
    sentence_pane,
    text_pane,
    typography,
)

PAYLOAD = "<img src=x onerror=alert(1)>"
any_text = st.text(st.characters(exclude_categories=[]), max_size=300)


@settings(max_examples=2_000)
@given(any_text)
@example("\ud800")
@example("../../etc/passwd")
@example("CON")
@example("\u202ecod.exe")
@example("a\0b")
@example("👩\u200d👩\u200d👧")
@example("x" * 10_000_000)
def test_promise_5_a_label_is_one_clean_short_line(text):
    clean = label(text)
    assert len(clean) <= LABEL_MAX
    clean.encode()  # no lone surrogate is left
    hidden = {c for c in clean if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn")}
    assert hidden <= {"\u200c", "\u200d"}
    assert not any(unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE") for c in clean)
    assert label(clean) == clean


@given(any_text)
def test_promise_5_escaped_text_has_no_markup(text):
    assert not set("<>\"'") & set(escaped(text))
    assert html.unescape(escaped(text)) == label(text)
    assert not set("<>\"'*_[]()`#!\\|~:") & set(escaped_markdown(text).replace("&#", ""))
    assert html.unescape(escaped_markdown(text)) == label(text)


@pytest.mark.parametrize(("x", "shown"), [(3, "3"), (None, "None"), ("  a \n b ", "a b")])
def test_anything_becomes_a_label(x, shown):
    assert label(x) == shown


def test_a_name_in_hebrew_or_with_an_emoji_stays_whole():
    for name in ("שלום", "नमस्ते", "👩‍👩‍👧", "café"):
        assert label(name) == unicodedata.normalize("NFC", name)


def test_promise_5_panes_hold_escaped_text():
    for pane in (text_pane(PAYLOAD), sentence_pane(PAYLOAD), typography(PAYLOAD)):
        assert "<img" not in pane.object
    pane = sentence_pane("fine", "info")
    assert 'role="status"' in pane.object
    say(pane, PAYLOAD, "error")
    assert 'role="alert"' in pane.object
    assert "<img" not in pane.object


def test_promise_5_column_names_are_escaped_and_distinct():
    frame = pd.DataFrame([[PAYLOAD, 1.5, "a\u202eb"]], columns=[PAYLOAD, "n", PAYLOAD])
    frame.index.name = PAYLOAD
    shown = safe_columns(frame)
    assert list(shown.columns) == [html.escape(PAYLOAD), "n", html.escape(PAYLOAD) + " (2)"]
    assert shown.index.name == html.escape(PAYLOAD) + " (3)"
    assert shown.iloc[0].tolist() == [PAYLOAD, 1.5, "ab"]
    assert list(frame.columns) == [PAYLOAD, "n", PAYLOAD]


def test_distinct_names_stay_distinct_when_a_number_is_taken():
    assert distinct(["a", "a (2)", "a", "a"]) == ["a", "a (2)", "a (3)", "a (4)"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_promise_5_no_exported_cell_is_a_formula(start):
    assert csv_cell(start + "HYPERLINK(1)") == "'" + start + "HYPERLINK(1)"


@pytest.mark.parametrize("number", [-2.5, 3, "-2.5", "+1e5", "-inf", None, "plain", ""])
def test_numbers_and_plain_cells_are_exported_as_they_are(number):
    assert csv_cell(number) == number


def test_promise_5_headers_of_an_export_are_guarded_too():
    frame = pd.DataFrame({"=1+1": ["@SUM(A1)", "b"], "n": [-1, 2]})
    text = csv_text(frame)
    assert text == "'=1+1,n\n'@SUM(A1),-1\nb,2\n"
    assert pd.read_csv(io.StringIO(text))["n"].tolist() == [-1, 2]


def test_a_notice_without_a_page_is_nothing(monkeypatch):
    monkeypatch.setattr(type(pn.state), "notifications", None)
    assert pn.state.notifications is None
    notify(PAYLOAD, "error")
