"""A wave over a graph: a press on the map cuts the edge that runs there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engines.connectome.experiments.learning.graph_network import EXPERIMENT, WaveSpec
from views.connectome.graph_network import WaveView, edge_at
from views.kit.catalog import view_type
from views.kit.figures import PictureFigure


@pytest.fixture(scope="module")
def found() -> Any:
    return EXPERIMENT.result(WaveSpec(n_exam=10))


def test_a_press_on_the_middle_of_an_edge_names_it(found):
    i, j = found.way[1], found.way[2]
    middle = (found.xy[i] + found.xy[j]) / 2
    assert edge_at(found, middle) == f"{found.names[i]}->{found.names[j]}"
    assert edge_at(found, np.array([9.0, 9.0])) == ""


async def test_a_press_cuts_and_runs(compute, monkeypatch, found):
    assert view_type("connectome/graph_network") is WaveView
    view = WaveView("connectome/graph_network", compute, owner="me", spec=found.spec)
    runs: list[str] = []
    monkeypatch.setattr(view, "run", lambda: runs.append(view.controls.lesion))
    view.result = found
    drawn = PictureFigure(found.pictures()[0])
    tap = view._tap_on(drawn)
    x, y = (found.xy[found.way[1]] + found.xy[found.way[2]]) / 2
    tap(SimpleNamespace(x=x, y=y))
    tap(SimpleNamespace(x=9.0, y=9.0))
    tap(SimpleNamespace(x=None, y=None))
    assert len(runs) == 1
    assert "->" in runs[0]
    # What was named is what the engine cuts, in both directions.
    cut: Any = EXPERIMENT.result(found.spec.replace(lesion=runs[0]))
    assert cut.gone.sum() == 2
