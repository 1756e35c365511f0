"""The views as a person uses them, without a browser and without an engine process."""

from __future__ import annotations

import json

import pytest

from engines.diagrams.learning.spec import DEEP, RaceSpec
from engines.diagrams.library import LIBRARY
from engines.diagrams.specs.comparing import CompareSpec
from engines.diagrams.specs.drawing import DrawSpec
from engines.diagrams.specs.importing import ImportSpec
from engines.diagrams.watching.spec import WatchSpec
from engines.running.compute import InProcess
from views.diagrams.compare import CompareView
from views.diagrams.exports import ITEMS
from views.diagrams.imported import ImportView
from views.diagrams.race import RaceView
from views.diagrams.values import ValuesView
from views.diagrams.write import WriteView


async def shown(view):
    job = view.run()
    assert job is not None
    await job.ended()
    return view


@pytest.fixture
async def write() -> WriteView:
    return await shown(WriteView("diagrams/write", InProcess(), spec=DrawSpec()))


async def test_a_text_is_drawn_with_its_costs(write):
    assert json.loads(write.canvas.scene)["marks"]
    assert [row["axis"] for row in write.axes.rows] == ["y", "m", "x", "k", "h"]
    titles = [section.get("title") for section in write.facts.sections]
    assert titles[0] == "Costs"
    assert "4hkmx + 4hkmy + 4hkxy" in write.facts.sections[0]["note"]


async def test_a_broken_line_is_underlined_and_the_last_picture_stays(write):
    before = write.drawn
    write.editor._handle_msg({"text": write.controls.text.replace("softmax[x]", "softmax[w]")})
    await write.runner.job.ended()
    (mistake,) = write.editor.mistakes
    assert (mistake["line"], mistake["code"]) == (6, "not-an-axis")
    assert write.drawn is before
    assert "1 mistake" in write.canvas.note


async def test_a_slider_moves_the_costs(write):
    before = {row[0]: row[1]["text"] for row in write.facts.sections[0]["rows"]}
    write.axes._handle_msg({"axis": "k", "size": 64})
    await write.runner.job.ended()
    after = {row[0]: row[1]["text"] for row in write.facts.sections[0]["rows"]}
    assert after["FLOPs"] != before["FLOPs"]
    assert next(r["size"] for r in write.axes.rows if r["axis"] == "k") == 64


async def test_a_block_is_folded_and_opened_by_hand(write):
    write.take(DrawSpec(text=LIBRARY["pre-norm"].text))
    await shown(write)
    write.canvas._handle_msg({"kind": "toggle", "path": "Layer"})
    await write.runner.job.ended()
    assert write.drawn.folded == ("Layer",)
    write.canvas._handle_msg({"kind": "toggle", "path": "Layer"})
    await write.runner.job.ended()
    assert write.drawn.folded == ()


async def test_an_operation_that_is_picked_is_told_about(write):
    write.canvas._handle_msg({"kind": "pick", "path": "a"})
    section = next(s for s in write.facts.sections if s.get("title", "").startswith("softmax"))
    assert "⟨dy, a⟩" in section["sentence"]
    assert write.selection() == {"picked": "a"}


@pytest.mark.parametrize("kind", [item["id"] for item in ITEMS])
async def test_every_file_can_be_saved(write, kind):
    name, content = write._save(kind)
    assert name.startswith("multiheadattention.")
    assert len(content) > 100


async def test_the_backward_pass_is_a_picture_too(write):
    write.controls.direction = "backward"
    await write.runner.job.ended()
    assert write.drawn.spec.direction == "backward"
    marks = json.loads(write.canvas.scene)["marks"]
    loaded = {mark[5] for mark in marks if mark[1] == "memory"}
    assert {"W_z", "a", "q"} <= loaded  # the tape is drawn where it is read


async def test_named_blocks_are_drawn_apart_at_once(write):
    write.take(DrawSpec(text=LIBRARY["pre-norm"].text))
    await shown(write)
    assert write.facts.sections[0]["sentence"].endswith("(growing as x).")
    write.controls.apart = True
    await write.runner.job.ended()
    assert "equation" in {mark[1] for mark in json.loads(write.canvas.scene)["marks"]}


async def test_what_has_no_backward_pass_says_so(write):
    text = "def F(X: x) -> x\n  y: x = opaque[cumsum](X)\n"
    write.take(DrawSpec(text=text, direction="backward"))
    await shown(write)
    assert any("no rule" in m["message"] for m in write.editor.mistakes)


async def test_a_model_is_imported_and_compared():
    view = ImportView(
        "diagrams/imported", InProcess(), spec=ImportSpec(module="SwiGLU()", inputs="2 10 64")
    )
    await shown(view)
    verdict = view.facts.sections[0]
    assert verdict["title"].startswith("Compared with the model: equal on ")
    assert {row[1]["text"] for row in verdict["rows"]} == {"equal"}
    view.link = lambda name, spec: f"{name} {len(getattr(spec, 'entrants', ()))}"
    view._tell()
    links = dict(next(s["links"] for s in view.facts.sections if s.get("title") == "Import"))
    assert links == {"Open as a text to edit": "diagrams/write 0", "Race it": "diagrams/race 2"}
    view.axes._handle_msg({"axis": "m", "size": 128})
    await view._redraws.job.ended()
    assert next(r["size"] for r in view.axes.rows if r["axis"] == "m") == 128


async def test_a_model_that_cannot_be_read_is_a_sentence():
    spec = ImportSpec(module="nn.Lnear(3, 4)", inputs="2 3")
    view = ImportView("diagrams/imported", InProcess(), spec=spec)
    job = view.run()
    with pytest.raises(Exception, match=r"nn\.Linear"):
        await job.ended()
    assert any("nn.Linear" in n["text"] for n in view.notices.notices)


async def test_two_diagrams_are_compared():
    spec = CompareSpec(text=LIBRARY["attention"].text, other=LIBRARY["mqa"].text)
    view = await shown(CompareView("diagrams/compare", InProcess(), spec=spec))
    sections = {s["title"]: s for s in view.facts.sections}
    assert ["params", {"text": "-2hkm + 2km", "tone": "text"}] in sections[
        "The second costs more by"
    ]["rows"]
    assert "differs" in view.stages["other"].scene


async def test_a_race_shows_drawings_verdict_and_prices():
    spec = RaceSpec(n_steps=50, n_seeds=3, learning_rates="0.003")
    view = await shown(RaceView("diagrams/race", InProcess(), spec=spec))
    assert [bool(lane.stage.scene) for lane in view.lanes[:3]] == [True, True, False]
    assert view.verdict.sections[0]["sentence"].startswith("Deep against Wide, held out: ")
    assert [row[0]["series"] for row in view.strip.sections[0]["rows"]] == [1, 1, 2, 2]
    assert all(chip["elsewhere"] for chip in view.claims.chips)  # 50 steps test none
    view.price.value = "CPU seconds"
    assert "CPU seconds" in view._figures[-1].figure.title.text


async def test_a_press_on_a_wire_of_an_entrant_shows_what_it_did_during_the_race():
    spec = RaceSpec(n_steps=50, n_seeds=2, learning_rates="0.003", match="nothing", control=False)
    view = await shown(RaceView("diagrams/race", InProcess(), spec=spec))
    wide, deep = view.lanes[:2]
    plain = deep.stage.scene
    assert "Press an operation" in wide.stage.note
    deep.stage._handle_msg({"kind": "pick", "path": "d"})
    assert "d: its gradient" in deep.stage.scene
    assert "its gradient" not in wide.stage.scene
    kept = view.selection()
    deep.stage._handle_msg({"kind": "pick", "path": "d"})
    assert deep.stage.scene == plain
    view.select(kept)
    assert "d: its gradient" in deep.stage.scene
    view.write(1, DEEP.replace("relu", "gelu"))
    assert deep.followed is None, "another text has not raced"
    assert "its gradient" not in deep.stage.scene


async def test_entrants_are_written_added_and_taken_out():
    view = RaceView("diagrams/race", InProcess())
    view.write(1, DEEP.replace("Deep", "Wide").replace("relu", "gelu"))
    assert [one.name for one in view.controls.entrants] == ["Wide", "Wide 2"]
    view.more._handle_msg({"id": "add"})
    assert view.controls.entrants[2].name == "Deep"
    view.more._handle_msg({"id": "remove"})
    view.more._handle_msg({"id": "remove"})
    assert len(view.controls.entrants) == 1
    assert not view.lanes[1].box.visible
    view.write(0, "def Wide(x: b p) -> b c\n  y: b c = Liner(x)")
    (mistake,) = view.lanes[0].editor.mistakes
    assert mistake["line"] == 2
    assert view.lanes[0].stage.note == "Mend the text first."


@pytest.fixture
async def values() -> ValuesView:
    spec = WatchSpec(n_steps=2, n_seeds=1, n_examples=4)
    return await shown(ValuesView("diagrams/values", InProcess(), spec=spec))


async def test_every_operation_has_a_map_and_a_press_opens_it(values):
    roles = [mark[1] for mark in json.loads(values.canvas.scene)["marks"]]
    assert roles.count("strip") == len(values.watched.kept) - 1, "another name draws no symbol"
    assert values._picked == "a"
    titles = [made.figure.title.text for made in values._figures]
    assert titles[0].startswith("a, h 1: example 1, a ")
    values.canvas._handle_msg({"kind": "pick", "path": "u"})
    titles = [made.figure.title.text for made in values._figures]
    assert titles[0].startswith("u: example 1")
    assert any("directions" in title for title in titles)


async def test_another_example_is_another_picture_without_a_run(values):
    before, job = values.canvas.scene, values.runner.job
    values.sliders["example"].value = 3
    assert values.canvas.scene != before
    assert values.runner.job is job
    again = ValuesView("diagrams/values", InProcess())
    again.select(values.selection())
    assert (again.sliders["example"].value, again._picked) == (3, values._picked)


async def test_a_file_of_ones_own_flows_until_one_goes_back(values, monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    values.own.upload._take("mine.csv", b"\n".join([b",".join([b"0.5"] * 64)] * 3))
    await values.runner.job.ended()
    assert (values.watched.n_examples, values.controls.title) == (3, "mine.csv")
    assert (values.watched.of("x").at(2) == 0.5).all()
    assert values.facts.sections[0]["sentence"].startswith("mine.csv flows. Curves and gradients")
    kept = values.controls.upload
    values.own.upload._take("model.pt", b"PK")
    assert "only .npy" in values.own.upload.note
    assert values.controls.upload == kept
    values.own.facts._handle_msg({"id": "back"})
    await values.runner.job.ended()
    assert (values.watched.n_examples, values.own.facts.sections) == (4, [])


async def test_a_mistake_is_underlined_and_nothing_is_run(values):
    job = values.runner.job
    values.editor._handle_msg({"text": values.controls.text.replace("softmax[t]", "softmax[w]")})
    (mistake,) = values.editor.mistakes
    assert mistake["code"] == "not-an-axis"
    assert values.runner.job is job


async def test_folding_draws_again_and_learns_nothing_again(values):
    job, before = values.runner.job, values.canvas.scene
    values.controls.width = 600
    assert values.canvas.scene != before
    assert json.loads(values.canvas.scene)["width"] < json.loads(before)["width"]
    roles = [mark[1] for mark in json.loads(values.canvas.scene)["marks"]]
    assert roles.count("strip") == len(values.watched.kept) - 1
    assert values.runner.job is job
