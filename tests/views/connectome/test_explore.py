"""The main view without a browser: messages in, runs by `InProcess`, payloads out."""

from __future__ import annotations

import io
import json
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from engines.connectome.drawing.wiring import wiring_of
from engines.connectome.importing import connectome_from_bytes
from engines.connectome.importing.options import ImportOptions
from engines.connectome.model import MeasuresSpec, PathSpec, WiringSpec
from views.connectome import exports
from views.connectome.explore import ExploreView


def titles(view) -> list[str]:
    return [section["title"] for section in view.facts.sections]


def said(view) -> list[str]:
    return [notice["text"] for notice in view.notices.notices]


def place(view, name: str) -> int:
    return view.wiring.neurons.index(name)


def press(view, action: str) -> None:
    view.facts._handle_msg({"id": action})


async def test_the_worm_is_sent_once_with_all_its_drawings(worm, read):
    wiring, drawing = read(worm.canvas.wiring), read(worm.canvas.drawing)
    assert len(wiring["neurons"]) == 279
    assert len(wiring["pre"]) == 2_194 + 1_031
    assert set(drawing["layouts"]) == {"force", "class columns", "ring", "spectral", "body axis"}
    assert sorted(drawing["order class"].tolist()) == list(range(279))
    assert len(drawing["segments"]) == 6 * len(drawing["segment_neuron"]) > 10_000
    assert worm.heading.detail == "279 neurons, 2,990 directed edges"


async def test_measures_fill_the_table_and_the_inspector(worm, read):
    assert "Numbers" in titles(worm)
    assert worm.measures.n_nulls == 8
    numbers = read(worm.canvas.numbers)
    assert numbers["names"] == [
        "betweenness", "closeness", "weighted betweenness", "weighted closeness", "eigenvector",
        "Katz", "PageRank", "hub", "authority", "core",
        "clustering",
    ]  # fmt: skip
    top = int(np.argmax(numbers["betweenness"]))
    assert worm.wiring.neurons[top] in ("AVAL", "AVAR")
    worm.tab.value = "Measures"
    rows = worm.measuring.table.sections[0]["rows"]
    assert len(rows) > 20
    assert all(row[-1]["text"] for row in rows if "weighted" not in row[0])


async def test_one_neuron_shows_its_partners(worm):
    worm.canvas.selected = [place(worm, "AVAL")]
    assert titles(worm)[:3] == ["AVAL", "Sends to", "Receives from"]
    first = worm.facts.sections[1]["rows"][0]
    assert first[0]["text"] in ("DA6", "VA8", "PVCL", "AS7")
    press(worm, first[0]["action"])
    assert titles(worm)[0] == first[0]["text"]
    press(worm, "hop 1")
    assert titles(worm)[0] == "Selection"


async def test_two_neurons_show_their_paths(worm, compute):
    worm.canvas.selected = [place(worm, "PLML"), place(worm, "DA6")]
    await compute.settle()
    assert compute.asked(PathSpec)
    assert any("shortest path" in title for title in titles(worm))
    press(worm, "show paths")
    columns = worm.canvas.paths["columns"]
    assert columns[0] == [place(worm, "PLML")]
    assert columns[-1] == [place(worm, "DA6")]


async def test_a_lesion_by_hand_changes_pictures_and_numbers(worm, compute, read):
    whole = worm.measures.value("directed edges")
    worm.canvas.selected = [place(worm, "AVAL")]
    press(worm, "lesion")
    assert worm.controls.lesion == "AVAL"
    await compute.settle()
    assert read(worm.canvas.wiring)["lesioned"].sum() == 1
    assert worm.measures.value("directed edges") == 2_856.0 < whole
    assert worm.before.value("directed edges") == whole
    assert "before" in next(s for s in worm.facts.sections if s["title"] == "Numbers")["columns"]
    press(worm, "restore")
    await compute.settle()
    assert worm.controls.lesion == ""
    assert worm.measures.value("directed edges") == whole


async def test_edges_between_two_can_be_cut(worm, compute):
    worm.canvas.selected = [place(worm, "AVAL"), place(worm, "DA6")]
    press(worm, "cut edges")
    await compute.settle()
    assert worm.controls.lesion == "AVAL->DA6, DA6->AVAL"
    assert worm.wiring.n_left == 279
    assert worm.wiring.n_edges == 2_988


async def test_layers_act_at_once(worm, compute):
    worm.tab.value = "Measures"
    worm.controls.electrical = False
    await compute.settle()
    assert worm.wiring.n_edges == 2_194
    assert worm.measures.value("directed edges") == 2_194.0
    worm.controls.chemical = False
    await compute.settle()
    assert worm.wiring.n_edges == 0
    row = next(r for r in worm.measuring.table.sections[0]["rows"] if r[0] == "path length")
    assert row[1] == "undefined: no neuron reaches another"


async def test_a_wrong_name_is_a_sentence(worm, compute):
    worm.controls.lesion = "AVAX"
    await compute.settle()
    assert any("no neuron named 'AVAX'; did you mean AVAR, AVAL?" in text for text in said(worm))


async def test_lesions_are_undone_one_by_one(worm, compute):
    for name in ("AVAL", "AVBL"):
        worm.canvas.selected = [worm.wiring.neurons.index(name)]
        press(worm, "lesion")
        await compute.settle()
    assert worm.wiring.n_left == 277
    assert "Lesion" in titles(worm)
    press(worm, "undo")
    await compute.settle()
    assert (worm.controls.lesion, worm.wiring.n_left) == ("AVAL", 278)
    press(worm, "undo")
    press(worm, "undo")
    await compute.settle()
    assert (worm.controls.lesion, worm.wiring.n_left) == ("", 279)
    assert "Lesion" not in titles(worm)
    worm.controls.lesion = "AVAL, AVAR"
    press(worm, "heal")
    press(worm, "undo")
    assert worm.controls.lesion == "AVAL, AVAR"
    worm.controls.dataset = "cook2019"
    press(worm, "undo")
    assert worm.controls.lesion == "AVAL, AVAR"


async def test_going_back_in_the_tour_of_the_rich_club_comes_back_to_the_wiring(worm):
    steps = json.loads(Path("assets/tours/rich-club.json").read_text())["steps"]
    pages = []
    for step in (*steps, *steps[::-1]):
        worm.select(step.get("selection", {}))
        pages.append(worm.tab.value)
    assert pages[: len(steps)] == pages[len(steps) :][::-1]
    assert pages[0] == "Wiring"
    assert "Measures" in pages


async def test_a_lesion_of_everything_is_a_defined_nothing(worm, compute):
    worm.controls.lesion = "all"
    await compute.settle()
    assert worm.wiring.n_left == 0
    assert worm.measures.value("neurons") == 0


async def test_a_motif_lights_up(worm, compute):
    worm.tab.value = "Measures"
    worm.measuring.motifs._handle_msg({"id": "030C"})
    await compute.settle()
    lit = worm.canvas.lit
    assert lit
    assert len(lit) % 3 == 0
    kept = ~worm.wiring.cut
    edges = set(zip(worm.wiring.pre[kept].tolist(), worm.wiring.post[kept].tolist(), strict=True))
    a, b, c = lit[:3]
    forward = {(a, b), (b, c), (c, a)} <= edges
    assert forward or {(b, a), (c, b), (a, c)} <= edges
    assert "instances of 030C" in said(worm)[-1]


async def test_what_is_selected_comes_back_from_a_link(worm, compute):
    worm.canvas.selected = [place(worm, "AVBL")]
    worm.canvas.layout, worm.tab.value = "ring", "Measures"
    kept = worm.selection()
    other = ExploreView("connectome/explore", compute, owner="you", spec=MeasuresSpec(n_nulls=0))
    other.select(kept)
    other.restore_run()
    await compute.settle()
    assert other.canvas.selected == worm.canvas.selected
    assert other.selection() == kept
    other.select({"layout": 3, "neurons": "AVAL", "page": "no such page"})
    assert other.selection() == kept


@pytest.mark.parametrize("item", [item["id"] for item in exports.ITEMS])
async def test_every_file_can_be_read(worm, item):
    name, data = worm._save(item)
    if name.endswith(".csv"):
        table = pd.read_csv(io.BytesIO(data))
        expected = {"neurons": 279, "edges": 3_225, "matrix": 279}
        assert len(table) == expected.get(item, len(worm.measures.names))
    elif name.endswith(".graphml"):
        assert nx.read_graphml(io.BytesIO(data)).number_of_nodes() == 279
    elif name.endswith(".npz"):
        found, _ = connectome_from_bytes(name, data)
        assert found.layer("chemical").weight.sum() == 6_394
    else:
        assert MeasuresSpec.from_json(data) == worm.controls.spec()


async def test_before_anything_has_come_there_is_nothing_to_save(compute):
    view = ExploreView("connectome/explore", compute, owner="me")
    assert view._save("neurons") is None
    assert "nothing to save" in said(view)[0]


async def test_an_own_file_takes_the_stage_and_goes_again(worm, compute):
    await worm.own.read_file("mine.csv", b"pre,post,weight\na,b,2\nb,c,nan\nb,c,1\n")
    await compute.settle()
    assert worm.wiring.neurons == ("a", "b", "c")
    assert "Imported: mine.csv" in titles(worm)
    note = worm.own.report.sections[0]["note"]
    assert "1 rows were refused: line 3: weight 'nan' is no number" in note
    worm.own.report._handle_msg({"id": "back"})
    await compute.settle()
    assert worm.wiring.n_neurons == 279


async def test_columns_that_are_not_found_can_be_named(worm, compute):
    data = b"alpha,beta,gamma,delta\nx,y,q,w\nz,x,r,t\n"
    await worm.own.read_file("mine.csv", data)
    assert "among: alpha, beta, gamma, delta" in said(worm)[-1]
    worm.own.columns["pre"].value, worm.own.columns["post"].value = "beta", "alpha"
    await worm.own.read_file("mine.csv", data)
    await compute.settle()
    assert worm.wiring.neurons == ("x", "y", "z")
    assert worm.wiring.out_degree[1] == 1


def test_the_choices_begin_as_the_reader_does(worm):
    assert worm.own._options() == ImportOptions()


async def test_another_choice_reads_the_last_file_again(worm, compute, monkeypatch):
    asked = []
    monkeypatch.setattr("panel.state.execute", lambda work: asked.append(work))
    data = b"pre,post,weight\nAVAX,AVBL,-2\nAVBL,AVBL,1\nAVBL,AVAR,1\n"
    await worm.own.read_file("mine.csv", data)
    own = worm.own
    own.worm.value = True
    own.choices["unknown"].value = "drop"
    own.choices["self_loops"].value = "drop"
    own.choices["negative"].value = "absolute"
    await asked[-1]()
    await compute.settle()
    assert len(asked) == 4
    note = own.report.sections[0]["note"]
    assert "1 names are no cells of the worm (dropped with their edges)" in note
    assert "1 self-loops were dropped" in note
    assert worm.wiring.n_edges == 1
    own.choices["unknown"].value = "map"
    await asked[-1]()
    await compute.settle()
    assert "their size was taken" in own.report.sections[0]["note"]
    assert worm.wiring.n_edges == 2


async def test_an_own_file_that_is_wrong_is_a_sentence(worm, compute):
    await worm.own.read_file("mine.pkl", b"\x80\x04.")
    assert "is a pickle" in said(worm)[-1]
    assert worm.wiring.n_neurons == 279


async def test_stopping_keeps_what_is_there(compute):
    view = ExploreView("connectome/explore", compute, owner="me", spec=MeasuresSpec(n_nulls=50_000))
    view.tab.value = "Measures"
    job = view.run()
    while view.measures is None or view.measures.n_nulls < 4:
        await job_step()
    compute.cancel(job)
    await compute.settle()
    assert 4 <= view.measures.n_nulls < 50_000
    assert str(view.runner.bar.status) == "cancelled"
    shown = view.measuring.table.sections[0]["title"]
    assert shown == f"Measures, {view.measures.n_nulls:,} of 50,000 nulls"


async def job_step() -> None:
    import asyncio

    await asyncio.sleep(0)


def test_links_to_imports_that_are_gone_say_so():
    from engines.contract import InputError

    with pytest.raises(InputError, match="import its file again"):
        wiring_of(WiringSpec(own="0123456789abcdef"))
