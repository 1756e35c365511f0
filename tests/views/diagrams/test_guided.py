"""Networks by what is counted, or by the time that they took."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engines.diagrams.guided.asked import GuidedSpec
from engines.diagrams.guided.results import GuidedResult
from engines.running import registry
from engines.running.compute import InProcess
from views.diagrams.guided import GuidedView
from views.kit.catalog import view_type


@pytest.fixture(scope="module")
def result() -> GuidedResult:
    spec = GuidedSpec(n_steps=50, n_nets=2)
    found = registry.experiment("diagrams/guided").result(spec)
    assert isinstance(found, GuidedResult)
    return found


def made(result: GuidedResult) -> GuidedView:
    view = view_type("diagrams/guided")("diagrams/guided", InProcess(), spec=result.spec)
    assert isinstance(view, GuidedView)
    view.show_result(result, SimpleNamespace(spec=result.spec))  # type: ignore[arg-type]
    return view


def test_the_switch_lays_networks_out_by_time_and_back(result):
    view = made(result)
    assert view.selection() == {}
    titles = [figure.figure.title.text for figure in view._figures]
    view.select({"cost": "milliseconds"})
    turned = [figure.figure.title.text for figure in view._figures]
    assert any("by measured time" in title for title in turned)
    assert not any("by measured time" in title for title in titles)
    assert view.selection() == {"cost": "milliseconds"}
    view.select({"cost": "hours"})
    assert view.selection() == {"cost": "milliseconds"}


def test_declared_pictures_hold_no_time(result):
    assert not any("time" in picture.title for picture in result.pictures())
    assert any("time" in picture.title for picture in result.pictures_by_time())
