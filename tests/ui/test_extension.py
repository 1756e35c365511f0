"""A workbench and an experiment that nobody wrote a view for, in a real browser.

Both are the example of CONTRIBUTING.md: one in a folder of its own on the import path, one a file
among the sorting experiments of a copied tree.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import pytest

pytestmark = [pytest.mark.ui, pytest.mark.slow, pytest.mark.timeout(120)]

_FILE = Path(__file__).parents[1] / "architecture" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("trees", _FILE)
assert _SPEC is not None
assert _SPEC.loader is not None
trees = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(trees)
example, sixth, grown = trees.example, trees.sixth, trees.grown


def at(url: str, path: str, query: str = "") -> str:
    """Another address of the same app; the browser has its key already."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


LONG = {"n_walkers": "100000", "n_steps": "400"}
"""Long enough that several frames are seen on the way, also on a slow machine."""
TITLES = (
    "() => [...Bokeh.index.query(v => v.model.type === 'Figure' && v.el.isConnected)]"
    ".map(v => v.model.title.text).join()"
)


N_SPILLING = (
    "() => [...Bokeh.index.query(v => v.model.type === 'Figure' && v.el.isConnected)]"
    ".filter(v => v.canvas_view.el.offsetHeight > v.el.offsetHeight).length"
)
"""Figures whose drawing is taller than the room they have."""


def wait_for_title(page: Any, title: str) -> None:
    """Ask again and again: the page's policy forbids playwright's own way of waiting."""
    for _ in range(200):
        if page.evaluate(TITLES) == title:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"no figure {title!r}, but {page.evaluate(TITLES)!r}")


def run_and_scrub(page: Any) -> None:
    """Press Run, see the curve from the cache, compute it again, go back in time, see a frame."""
    for label in ("Walkers", "Steps", "Seed"):
        page.get_by_label(label, exact=False).first.wait_for()
    page.get_by_text("done in").wait_for(timeout=30_000)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("from cache").wait_for()
    page.get_by_role("button", name="recompute").click()
    page.get_by_text("done in").wait_for(timeout=30_000)
    wait_for_title(page, "How far")
    assert page.evaluate(N_SPILLING) == 0
    scrub = page.get_by_label("Position in time")
    n_moments = int(scrub.get_attribute("max") or 0)
    assert n_moments >= 3
    assert scrub.input_value() == str(n_moments)
    scrub.focus()
    page.keyboard.press("Home")
    wait_for_title(page, "Walkers now")
    assert scrub.input_value() == "0"


def test_a_new_workbench_and_a_new_experiment_are_usable(own_app, new_page, sixth, grown):
    # PYTHONSAFEPATH: launch.py must not put its own folder before the copied tree.
    folders = os.pathsep.join([str(grown), str(sixth)])
    app = own_app(PYTHONPATH=folders, PYTHONSAFEPATH="1")
    page = new_page()
    page.goto(app.url)
    page.get_by_role("navigation").get_by_role("link", name="Sixth").click()
    page.get_by_text("Random walk").first.wait_for()
    for path, query in (("/sixth", LONG), ("/sorting", {"x": "walk", **LONG})):
        page.goto(at(app.url, path, urlencode(query)))
        page.get_by_text("Random walk").first.wait_for()
        run_and_scrub(page)
