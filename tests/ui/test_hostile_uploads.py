"""Hostile files in the page, one after the other: a sentence each time, and the page goes on."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sorting_page import ENDED, READY_MS, address

pytestmark = [pytest.mark.ui, pytest.mark.timeout(180)]
TRIED = ("wide.csv", "corners.xlsx", "bomb.npz", "laughs16.graphml", "deep.json")


def hostile():
    """The files of `tests/engines/boundary/hostile.py` that are brought as a connectome."""
    place = Path(__file__).parents[1] / "engines" / "boundary" / "hostile.py"
    spec = importlib.util.spec_from_file_location("hostile", place)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["hostile"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {each.name: each for each in module.CORPUS if each.place == "wiring"}


def test_promise_6_hostile_files_leave_the_page_alive(new_page, app_url):
    page = new_page()
    page.goto(address(app_url, "/connectome", ""))
    page.locator("summary", has_text="Own connectome").click(timeout=READY_MS)
    box = page.locator(".nx-upload")
    expect(box).to_be_visible(timeout=READY_MS)
    note, files = box.locator(".nx-note"), hostile()
    for name in TRIED:
        body = files[name].body()
        given = {"name": name, "mimeType": "application/octet-stream", "buffer": body}
        box.locator("input[type=file]").set_input_files(given)
        expect(note).to_have_text(re.compile(f"'{name}'.*({files[name].said})"), timeout=READY_MS)
        expect(page.locator(".nx-notices")).to_contain_text(name)
    good = {
        "name": "good.csv",
        "mimeType": "text/csv",
        "buffer": b"pre,post,weight\na,b,1\nb,c,2\n",
    }
    box.locator("input[type=file]").set_input_files(good)
    expect(note).to_have_text("3 neurons, 2 edges", timeout=READY_MS)
    expect(page.locator(".nx-runbar p.nx-line")).to_have_text(ENDED, timeout=3 * READY_MS)
