"""What goes into the page and what comes out of it: files, pasted values, bad input."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from playwright.sync_api import expect
from sorting_page import READY_MS, SortingPage, until

from engines.sorting import simulate
from engines.sorting.model import SortSpec

pytestmark = pytest.mark.ui

STATE = "n_cells=30&seed=9"
PNG = b"\x89PNG\r\n\x1a\n"


def saved(workbench: SortingPage, button, folder):
    with workbench.page.expect_download() as download:
        button()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_every_picture_is_saved_as_svg_and_png(sorting, tmp_path):
    workbench = sorting(STATE).ready().hold(40)
    for name in ("array-1", "history-1", "sortedness", "aggregation", "error"):
        for kind in ("SVG", "PNG"):
            button = workbench.button(f"Save {name} as {kind}")
            path = saved(workbench, lambda button=button: button.click(force=True), tmp_path)
            assert path.name == f"sorting-{name}.{kind.lower()}"
            if kind == "PNG":
                assert path.read_bytes().startswith(PNG)
                assert path.stat().st_size > 500
                continue
            root = ET.parse(path).getroot()
            assert root.tag.endswith("svg")
            drawn = {child.tag.rpartition("}")[2] for child in root}
            assert drawn & {"rect", "path", "image"}
            if name == "array-1":
                bars = [child for child in root if child.tag.endswith("rect")]
                assert len(bars) >= 30 + 1  # the ground and the cells
    size = ET.parse(tmp_path / "sorting-array-1.svg").getroot().attrib
    assert float(size["width"]) > 300


def test_the_numbers_of_a_run_are_saved_and_repeat_it(sorting, tmp_path):
    workbench = sorting(STATE).ready()
    paths = {}
    for kind in ("CSV", "NPZ", "JSON"):
        button = workbench.page.get_by_role("group", name="Save").get_by_text(kind, exact=True)
        paths[kind] = saved(workbench, button.click, tmp_path)
    spec = SortSpec.from_json(paths["JSON"].read_text())
    assert (spec.n_cells, spec.seed) == (30, 9)
    again = simulate(spec)
    with np.load(io.BytesIO(paths["NPZ"].read_bytes()), allow_pickle=False) as arrays:
        assert np.array_equal(arrays["left"], again.left)
        assert SortSpec.from_json(str(arrays["spec_json"])) == spec
        assert str(arrays["stop"]) == "sorted"
    table = np.genfromtxt(paths["CSV"], delimiter=",", names=True, skip_header=1)
    assert len(table) == again.n_steps + 1 == workbench.clock()["length"] + 1
    assert table["sortedness_percent"][-1] == 100
    assert np.array_equal(table["monotonicity_error"], again.errors)


@pytest.fixture(scope="module")
def own(browser, app_url):
    """One page with own values for many bad inputs; nothing of the shared app is broken."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    workbench = SortingPage(context.new_page(), app_url, "n_cells=5&seed=3")
    errors: list[str] = []
    workbench.page.on("pageerror", lambda error: errors.append(str(error)))
    workbench.page.on("console", lambda m: m.type == "error" and errors.append(m.text))
    workbench.ready()
    workbench.choose("Values", "own")
    again(workbench)
    yield workbench
    context.close()
    assert errors == []


def paste(workbench: SortingPage, text: str) -> None:
    workbench.page.get_by_role("textbox", name="Own values").fill(text)
    workbench.button("Use these").click()


def again(workbench: SortingPage) -> None:
    """The page still takes good values."""
    paste(workbench, "3, 1, 2")
    expect(note(workbench)).to_have_text("3 values")
    expect(workbench.detail).to_contain_text("3 cells", timeout=READY_MS)
    until(lambda: workbench.array.get_attribute("aria-label").startswith("3 cells"))


def note(workbench: SortingPage):
    return workbench.page.locator(".nx-upload .nx-note")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3, nan, 2", r"nan"),
        ("3, 1, NaN", r"nan"),
        ("1, two, 3", r"number|text"),
        ("[1, null, 3]", r"null|None"),
        ("[1, [2], 3]", r"list|number|text"),
        ("[1, true, 3]", r"True|true|number|text"),
        ('[1, "a"]', r"text"),
        ("", r"empty|no value|nothing"),
        ("[1, 2", r"JSON"),
        ("1+2j, 3, 4", r"number|text|mixed"),
    ],
)
def test_pasted_values_that_have_no_order_are_refused_in_words(own, text, words):
    before = own.end().heights(3)
    paste(own, text)
    expect(note(own)).to_contain_text(re.compile(words, re.IGNORECASE))
    assert not re.search(r"Traceback|object at 0x", note(own).inner_text())
    assert own.heights(3) == before
    again(own)


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("inf, 1, -inf, 2.5", 4),
        ("9007199254740993, 9007199254740992, 9007199254740994", 3),
        ("-1, -5, 1e300, 0", 4),
        ("pear\napple\nfig\n", 3),
        ("7, 7, 7, 7", 4),
        ("value\n4\n2\n8\n", 3),
        ("[4, 2, 8, 1, 3]", 5),
        ("5", 1),
    ],
)
def test_pasted_values_that_can_be_sorted_are(own, text, n):
    paste(own, text)
    expect(own.detail).to_contain_text(re.compile(rf"^{n} cells?\b"), timeout=READY_MS)
    until(lambda: own.array.get_attribute("aria-label").startswith(f"{n} cells"))
    until(lambda: ends_sorted(own, n))  # a live moment may be shown before the whole run is


def ends_sorted(own, n):
    """Whether the array stands in order where the run ends, and says so."""
    heights = own.end().heights(n) if n > 1 else [1]
    told = re.search(r": ?sorted$", own.readout) or "no swap" in own.readout
    return heights == sorted(heights) and bool(told)


def upload(workbench: SortingPage, name: str, data: bytes) -> None:
    with workbench.page.expect_file_chooser() as chooser:
        workbench.button("Choose a file…").click()
    chooser.value.set_files({"name": name, "mimeType": "text/csv", "buffer": data})


def test_a_csv_file_is_sorted(own):
    upload(own, "weights.csv", b"name,weight\na,3.5\nb,1.25\nc,9\nd,-4\n")
    expect(own.detail).to_contain_text("4 cells", timeout=READY_MS)
    expect(note(own)).to_contain_text("4 values from weights.csv")
    heights = own.end().heights(4)
    assert heights == sorted(heights)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"x\n1\nnan\n3\n", r"nan"),
        ("a.pkl", b"\x80\x04.", r"not a CSV"),
        ("a.csv", b"\x80\x04\x95.", r"pickle"),
        ("a.csv", b"PK\x03\x04zip", r"ZIP"),
        ("a.csv", b"", r"empty|no value|nothing"),
        ("a.csv", b"\xff\xfe\x00\x01\x02", r"UTF-16"),
        ("<img src=x onerror=alert(1)>.csv", b"x\nnan\n", r"nan"),
    ],
)
def test_files_that_cannot_be_read_are_refused_in_words(own, name, data, words):
    upload(own, name, data)
    expect(note(own)).to_contain_text(re.compile(words, re.IGNORECASE), timeout=25_000)
    again(own)


@pytest.mark.parametrize(("n", "said"), [(0, "empty"), (1, "sorted")])
def test_arrays_of_nothing_and_of_one_are_arrays(sorting, n, said):
    workbench = sorting(f"n_cells={n}&seed=3")
    expect(workbench.line).to_have_text(re.compile("done|cache"), timeout=READY_MS)
    until(lambda: "no swap" in workbench.readout)
    assert said in workbench.readout
    values = workbench.page.locator(".nx-curves .nx-value").all_inner_texts()
    assert values[0] == "100 %"
    assert values[1].strip() == "undefined"
    assert values[2].startswith("0 ")


def test_a_wholly_frozen_array_rests_at_once_and_more_frozen_than_cells_is_refused(sorting):
    workbench = sorting("n_cells=20&n_frozen=20&seed=3")
    expect(workbench.line).to_have_text(re.compile("done|cache"), timeout=READY_MS)
    until(lambda: "no swap: quiescent" in workbench.readout)
    workbench.number("Frozen cells", 21)
    workbench.button("Run").click()
    expect(workbench.notices).to_contain_text("21 cells cannot be frozen in an array of 20")
    expect(workbench.line).to_contain_text("21 cells cannot be frozen")
    assert "no swap: quiescent" in workbench.readout
    workbench.number("Frozen cells", 0)
    workbench.run()
    assert workbench.clock()["length"] > 10


def test_equal_values_are_sorted_at_once(sorting):
    workbench = sorting("n_cells=20&value_mode=duplicates&n_copies=20&seed=3")
    expect(workbench.line).to_have_text(re.compile("done|cache"), timeout=READY_MS)
    until(lambda: "no swap: sorted" in workbench.readout)


def test_a_conflict_says_that_it_never_ends(sorting):
    down = '[{"algotype":"bubble","descending":true},{"algotype":"selection"}]'
    workbench = sorting(f"n_cells=20&seed=3&max_swaps=2000&algotypes={down}").ready()
    workbench.end()
    until(lambda: re.search("budget|livelock", workbench.readout))
    why = workbench.page.locator(".nx-why").filter(has_text=re.compile("budget|for ever"))
    expect(why.first).to_be_visible()


def test_a_run_that_is_too_long_is_estimated_before_and_told(sorting):
    workbench = sorting("n_cells=20&seed=3&max_swaps=50").ready()
    workbench.number("Cells", 200)
    workbench.button("Run").click()
    # The first run, of 20 cells, was warned of as well.
    expect(workbench.notices.last).to_contain_text("swaps are expected")
    expect(workbench.notices.last).to_contain_text("budget of 50")


def test_seeds_are_any_whole_number(sorting):
    workbench = sorting("n_cells=20&seed=-1").ready()
    expect(workbench.detail).to_contain_text("seed 18446744073709551615")
    workbench.page.reload()
    expect(workbench.detail).to_contain_text("seed 18446744073709551615", timeout=READY_MS)
