"""What a page shows survives: in its address, in a file, in the folder of sessions."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sorting_page import READY_MS, SortingPage, until

from engines.boundary.bundles import files_from_bundle

pytestmark = pytest.mark.ui

STATE = "n_cells=30&seed=9"


def cells(workbench: SortingPage) -> str:
    return workbench.page.get_by_role("slider", name="Cells", exact=True).get_attribute(
        "aria-valuetext"
    )


@pytest.fixture
def changed(sorting) -> SortingPage:
    """A page with other settings, another colour, a selected cell and the cursor at rest."""
    workbench = sorting().ready()
    workbench.number("Cells", 30)
    workbench.number("Seed", 9)
    workbench.run()
    expect(workbench.detail).to_contain_text("seed 9", timeout=READY_MS)
    workbench.choose("Colour", "value")
    workbench.hold(25)
    workbench.click_bar(4, 30)
    expect(workbench.page.get_by_text(re.compile("^Cell \\d+$"))).to_be_visible(timeout=READY_MS)
    workbench.page.wait_for_function(
        """['n_cells=30', 'seed=9', 'value', '"cell', '25']
        .every(x => decodeURIComponent(location.search).includes(x))"""
    )
    return workbench


def as_before(workbench: SortingPage, heading: str, heights: list[int]) -> None:
    expect(workbench.detail).to_have_text("30 cells · burst 7 · seed 9", timeout=READY_MS)
    until(lambda: workbench.clock()["position"] == 25)
    assert not workbench.clock()["playing"]
    assert workbench.heights(30) == heights
    expect(workbench.page.get_by_text(heading, exact=True)).to_be_visible(timeout=30_000)
    expect(workbench.menu("Colour")).to_have_text("value")


def test_a_reload_shows_the_same_moment(changed):
    heading = changed.page.get_by_text(re.compile("^Cell \\d+$")).inner_text()
    heights = changed.heights(30)
    changed.page.reload()
    as_before(changed.ready(), heading, heights)


def test_the_copied_link_shows_the_same_moment_in_another_tab(changed):
    heading = changed.page.get_by_text(re.compile("^Cell \\d+$")).inner_text()
    heights = changed.heights(30)
    context = changed.page.context
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    changed.button("Share").click()
    changed.page.get_by_role("menuitem", name="Copy link").click()
    link = until(lambda: changed.page.evaluate("navigator.clipboard.readText()"))
    assert link == changed.page.url
    assert "token" not in link
    tab = context.new_page()
    tab.goto(link)
    other = SortingPage.__new__(SortingPage)
    other.page, other.url = tab, link
    as_before(other.ready(), heading, heights)


def saved_session(workbench: SortingPage, folder: Path) -> Path:
    workbench.button("Share").click()
    with workbench.page.expect_download() as download:
        workbench.page.get_by_role("menuitem", name="Save session file").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def open_session(workbench: SortingPage, path: Path) -> None:
    workbench.button("Share").click()
    with workbench.page.expect_file_chooser() as chooser:
        workbench.page.get_by_role("menuitem", name="Open session file").click()
    chooser.value.set_files(path)


def test_a_session_file_brings_everything_back(changed, tmp_path):
    heading = changed.page.get_by_text(re.compile("^Cell \\d+$")).inner_text()
    heights = changed.heights(30)
    path = saved_session(changed, tmp_path)
    other = SortingPage(changed.page, changed.url).ready()
    expect(other.detail).not_to_contain_text("seed 9")
    open_session(other, path)
    as_before(other, heading, heights)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text.replace('"n_cells":30', '"n_cells":31'), "changed or damaged"),
        (lambda text: text[:-40], "not a session file"),
        (lambda text: "[]", "not a session file"),
        (lambda text: text.replace("schema_version", "version"), "changed or damaged"),
    ],
    ids=["edited", "cut", "a list", "renamed"],
)
def test_a_broken_session_file_is_refused_and_nothing_is_lost(sorting, tmp_path, spoil, said):
    workbench = sorting(STATE).ready()
    heights = workbench.hold(10).heights(30)
    path = saved_session(workbench, tmp_path)
    broken = tmp_path / "broken.json"
    broken.write_text(spoil(path.read_text()))
    open_session(workbench, broken)
    expect(workbench.notices).to_contain_text(said)
    assert workbench.heights(30) == heights
    workbench.run()


def test_values_too_many_for_an_address_are_kept_in_a_session(sorting):
    workbench = sorting("n_cells=5").ready()
    workbench.choose("Values", "own")
    values = [(7919 * k) % 2000 for k in range(2000)]
    workbench.page.get_by_role("textbox", name="Own values").fill(", ".join(map(str, values)))
    workbench.button("Use these").click()
    expect(workbench.detail).to_contain_text("2,000 cells", timeout=READY_MS)
    workbench.page.wait_for_function("location.search.includes('session=')")
    assert len(workbench.page.url) < 200
    workbench.page.reload()
    expect(workbench.detail).to_contain_text("2,000 cells", timeout=READY_MS)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("n_cells=abc", "cells"),
        ("n_cells=-3", "cells"),
        ("nonsense=1", "no setting named"),
        ("session=../../etc/passwd", "32 hexadecimal digits"),
        ("session=" + "0" * 32, "no session of this id"),
    ],
)
def test_nonsense_in_the_address_is_a_sentence(sorting, query, said):
    workbench = sorting(query).ready()
    expect(workbench.notices.first).to_contain_text(re.compile(said, re.IGNORECASE))


DROP = """([name, coded]) => {
    const bytes = Uint8Array.from(atob(coded), (c) => c.charCodeAt(0))
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([bytes], name))
    document.body.dispatchEvent(new DragEvent("drop", {dataTransfer, bubbles: true, cancelable: true}))
}"""


def test_a_bundle_is_one_click_and_dropped_brings_everything_back(changed, tmp_path):
    heading = changed.page.get_by_text(re.compile("^Cell \\d+$")).inner_text()
    heights = changed.heights(30)
    changed.button("Share").click()
    with changed.page.expect_download() as download:
        changed.page.get_by_role("menuitem", name="Save bundle").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    files = files_from_bundle(path.read_bytes())
    ends = {name.partition("/")[2] for name in files if name.startswith("1-sorting-run/")}
    assert {"spec.json", "result.npz", "tables/1-curves.csv"} <= ends
    drawn = [text for name, text in files.items() if name.startswith("page/")]
    assert len(drawn) >= 2
    assert all(b"<svg" in text[:200] for text in drawn)
    other = SortingPage(changed.page, changed.url).ready()
    expect(other.detail).not_to_contain_text("seed 9")
    other.page.evaluate(DROP, [path.name, base64.b64encode(path.read_bytes()).decode()])
    as_before(other, heading, heights)
