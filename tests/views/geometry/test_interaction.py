"""The page of wires: the slider keeps edges, a press changes the basis beside, one run."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from engines.geometry.interaction.result import InteractionFrame
from engines.geometry.interaction.spec import LIB, NEURONS, PCA, InteractionSpec
from engines.running import registry
from engines.running.compute import InProcess
from views.geometry.interaction import InteractionView
from views.kit.catalog import view_type

SPEC = InteractionSpec(p=11, n_embedded=8, width=12, n_steps=200, n_seeds=3)


@pytest.fixture(scope="module")
def result():
    return registry.experiment("geometry/interaction").result(SPEC)


@pytest.fixture
def view(result):
    made = view_type("geometry/interaction")("geometry/interaction", InProcess(), spec=SPEC)
    made.show_result(result, SimpleNamespace(spec=SPEC))  # type: ignore[arg-type]
    assert isinstance(made, InteractionView)
    return made


def test_it_opens_with_as_many_edges_as_the_interaction_basis_needs(view, result):
    found = result.found
    look = found.enough(LIB)
    assert view.edges.value == look
    assert view.edges.label.endswith(f": {found.n_edges[look]:,}")
    assert view.selection() == {}


def test_the_slider_keeps_edges_and_the_inspector_says_which_share(view, result):
    figures = list(view._figures)
    view.edges.value = 3
    assert view._figures == figures  # drawn in place, nothing is run again
    strength, right = result.found.strengths[LIB], result.found.accuracy[LIB, 3, 0]
    n = int(result.found.n_edges[3])
    kept = f"{n} of {strength.size}"
    title = view._figures[0].figure.title.text
    assert title == f"Interaction basis: {kept} edges, {right:.0%} right"
    rows = view.list.sections[0]["rows"]
    share = np.sort(strength.ravel())[::-1][:n].sum() / strength.sum()
    assert rows[LIB][1:] == [kept, f"{share:.0%}", f"{right:.0%}"]
    assert view.selection() == {"edges": n}


def test_with_every_edge_a_basis_holds_all_of_its_strength(view, result):
    view.edges.value = view.edges.end
    for basis, row in enumerate(view.list.sections[0]["rows"]):
        size = result.found.strengths[basis].size
        assert row[1:3] == [f"{size} of {size}", "100%"]


def test_a_press_puts_another_basis_beside(view):
    view._pressed(str(NEURONS))
    assert view._figures[1].figure.title.text.startswith("Neurons: ")
    assert view.selection() == {"beside": NEURONS}


def test_an_address_brings_edges_and_basis_back(view, result):
    edges = int(result.found.n_edges[5])
    asked = {"edges": edges, "beside": NEURONS}
    view.select(asked)
    assert view.selection() == asked
    assert view.edges.value == 5
    for wrong in ({"edges": 10**9}, {"edges": True}, {"beside": LIB}, {"beside": "x"}, {}):
        view.select(asked)
        view.select(wrong)
        assert (view.asked, view.beside) == (None, PCA)


def test_nothing_is_kept_while_networks_learn(view):
    view.show_frame(InteractionFrame("networks learn to add", fraction=0.1))
    assert view.list.sections == []
    now = view.tables.sections
    view._pressed(str(NEURONS))
    view.edges.value = 0
    assert view.tables.sections == now
