"""The page that looks through a transformer: two clicks, one run."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engines.geometry.transformers.patching import BY_HAND, PICKED, PatchingSpec
from engines.running import registry
from engines.running.compute import InProcess
from views.geometry.patching import PatchingView
from views.kit.catalog import view_type


@pytest.fixture
def view():
    spec = PatchingSpec(learns=BY_HAND, n_sequences=10)
    made = view_type("geometry/patching")("geometry/patching", InProcess(), spec=spec)
    result = registry.experiment("geometry/patching").result(spec)
    made.show_result(result, SimpleNamespace(spec=spec))  # type: ignore[arg-type]
    assert isinstance(made, PatchingView)
    return made


def test_the_first_click_takes_and_the_second_puts(view):
    figures = list(view._figures)
    view._tap(SimpleNamespace(x=1.5, y=0.5))
    assert view.picked == ((0, 1), (0, 1))
    assert "taken from its label, read" in view.heading.detail
    view._tap(SimpleNamespace(x=4.5, y=2.5))
    assert view.picked == ((0, 1), (2, 4))
    assert view._figures == figures  # drawn in place, nothing is run again
    assert view._figures[0].figure.title.text == "From its label, read to ..."
    view._tap(SimpleNamespace(x=0.5, y=0.5))
    assert view.picked == ((0, 0), (0, 0))


def test_what_is_picked_stands_in_the_address_and_comes_back(view):
    assert view.selection() == {}
    view.select({"picked": [[1, 1], [2, 4]]})
    assert view.picked == ((1, 1), (2, 4))
    assert view.selection() == {"picked": [[1, 1], [2, 4]]}
    for wrong in ({"picked": [[3, 1], [0, 0]]}, {"picked": [[True, 1], [0, 0]]}, {"picked": "no"}):
        view.select(wrong)
        assert view.picked == ((1, 1), (2, 4))
    view.select({"picked": [list(one) for one in PICKED]})
    assert view.selection() == {}
