"""What Ctrl-K can find, and that every address it leads to opens what it names."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from engines.contract import Findable
from engines.process.background import Background
from engines.running import registry
from engines.running.compute import InProcess
from explorer import palette
from explorer.asked import address_from_arguments
from explorer.findables import data_names, data_of, findables
from explorer.page import WorkbenchPage
from explorer.related import everything
from explorer.tours import tours

KNOWN = [tuple(row) for row in json.loads(palette.known())]


@pytest.fixture(scope="module")
def found() -> list[Findable]:
    return list(findables())


def of(kind: str, rows=KNOWN) -> list:
    return [row for row in rows if row[0] == kind]


class Idle(InProcess):
    """An engine that is ready and never changes."""

    state = SimpleNamespace(
        phase="ready", device="cpu", n_threads=1, n_queued=0, memory_bytes=0, sentence=""
    )

    background = Background()

    def listen(self, _listener: Any) -> Any:
        return lambda: None


def opened(place: str) -> WorkbenchPage:
    """The page behind an address."""
    parts = urlsplit(place)
    arguments = {k: [v.encode() for v in values] for k, values in parse_qs(parts.query).items()}
    workbench = parts.path.removeprefix("./")
    return WorkbenchPage(workbench, Idle(), address_from_arguments(arguments), "me")


def test_experiments_presets_tours_and_papers_are_all_there():
    cards = [registry.experiment(name).card for name in everything()]
    assert [row[1] for row in of("experiment")] == [card.title for card in cards]
    assert {row[1] for row in of("tour")} == {tour.title for tour in tours().values()}
    papers = {card.paper for card in cards if not card.paper.startswith("none")}
    assert {row[1] for row in of("paper")} == papers
    n_presets = sum(len(registry.experiment(name).presets) for name in everything())
    assert len(of("preset")) == n_presets


def test_an_address_opens_its_preset():
    for name in ("sorting/paper", "geometry/phase", "diagrams/write"):
        experiment = registry.experiment(name)
        for title, spec in experiment.presets.items():
            page = opened(palette.preset_address(name, title))
            assert page.name == name
            assert page.view.spec() == spec
            page.close()


def test_a_preset_that_is_gone_is_told():
    page = opened("./sorting?x=run&preset=Nobody")
    assert page.view.spec() == page.base
    assert "no preset" in page.view.notices.notices[-1]["text"]
    page.close()


def test_neurons_data_and_architectures_are_found_by_name(found):
    kinds = {each.kind for each in found}
    assert kinds == {"neuron", "connectome", "recording", "architecture"}
    names = {each.title for each in found if each.kind == "neuron"}
    # White et al. 1986: the command interneurons of the worm.
    assert {"AVAL", "AVAR", "AVBL", "AVDL", "PVCL", "AVEL"} <= names
    titles = {each.title for each in found if each.kind == "architecture"}
    assert {"Transformer", "LSTM", "SwiGLU", "U-Net"} <= titles
    assert len([each for each in found if each.kind == "connectome"]) == 20


def test_no_two_findables_of_a_kind_look_alike(found):
    seen = [(each.kind, each.title, each.about) for each in found]
    assert len(set(seen)) == len(seen)


def test_every_findable_opens_what_it_names(found):
    # One of a kind and a spec: those are the addresses that differ in more than a name.
    first = {(each.kind, each.spec): each for each in found}
    for each in first.values():
        kind, title, about, place = palette.row_from_findable(each)
        assert (kind, title, about) == (each.kind, each.title, each.about)
        assert len(place) < 2_000
        page = opened(place)
        assert page.name == each.experiment
        assert page.view.spec() == each.spec
        if each.selection:
            assert page.view.selection()["neurons"] == each.selection["neurons"]
        page.close()


def test_experiments_on_the_same_data_are_told_by_their_presets():
    assert "varshney2011" in data_names("connectome")
    assert data_names("sorting") == frozenset()
    assert "cook2019" in data_of("connectome/compare")


def test_finding_loads_neither_torch_nor_numba():
    code = (
        "import sys; from explorer.findables import findables; n = len(list(findables())); "
        "print(n, [m for m in ('torch', 'numba') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[0]) > 4_000
    assert done.stdout.strip().endswith("[]")
