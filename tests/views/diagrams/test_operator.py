"""The slider of resolution: another grid and field without another run."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engines.diagrams.operators.asked import OperatorSpec
from engines.running import registry
from engines.running.compute import InProcess
from views.diagrams.operator import OperatorView
from views.kit.catalog import view_type


@pytest.fixture(scope="module")
def ran():
    spec = OperatorSpec(n_fields=20, n_steps=50, n_nets=2, n_modes=3)
    return spec, registry.experiment("diagrams/operator").result(spec)


@pytest.fixture
def view(ran):
    spec, result = ran
    made = view_type("diagrams/operator")("diagrams/operator", InProcess(), spec=spec)
    made.show_result(result, SimpleNamespace(spec=spec))  # type: ignore[arg-type]
    assert isinstance(made, OperatorView)
    return made


def test_a_slider_shows_the_same_weights_on_another_grid(view):
    figures = list(view._figures)
    view.grid.value = 256
    assert view._figures == figures  # drawn in place, nothing is run again
    assert view._figures[0].figure.title.text == "Exam field 1 on 256 points, never learnt from"
    view.field.value = 3
    assert view._figures[0].figure.title.text.startswith("Exam field 3")


def test_grid_and_field_stand_in_the_address_and_come_back(view):
    assert view.selection() == {}
    view.select({"grid": 32, "field": 2})
    assert view.selection() == {"grid": 32, "field": 2}
    for wrong in ({"grid": 33}, {"grid": [64]}, {"field": 99}, {"field": "two"}):
        view.select(wrong)
        assert view.grid.value in (32, 128)
        assert 1 <= view.field.value <= 8
