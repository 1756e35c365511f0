"""An experiment without a view of its own: frames, scrubber, pictures, tables and files."""

from __future__ import annotations

import csv
import gc
import io
import json
import weakref
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from engines.contract import Card, Experiment, ExplorerError, Frame, Result, Spec, knob
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Points, Table
from engines.running import registry
from engines.running.compute import InProcess
from views.kit import generic
from views.kit.catalog import view_type
from views.kit.generic import GenericView, npz_from_tables, picture_tables, table_section
from views.sorting.many import ManyView
from views.sorting.run import SortingView


class WaveSpec(Spec):
    n_frames: int = knob(6, label="Frames", help="How many.", ge=0, le=10_000)
    trouble: str = knob("", label="Trouble", help="What goes wrong.")


@dataclass(frozen=True)
class WaveFrame(Frame):
    k: int

    def pictures(self):
        x = np.arange(4.0)
        return (Curves("Wave", x, {"height": x + self.k}, Axis("time", "ms"), Axis("height")),)


@dataclass(frozen=True)
class WaveResult(Result):
    n: int

    def pictures(self):
        curve = WaveFrame(self.n).pictures()[0]
        heat = Heatmap("Map", np.eye(3), Axis("a"), Axis("b"), Axis("c"))
        table = Table("Runs", {"name": ("=1+1", "b"), "mean": np.array([0.123456, 2.0])})
        return (curve, heat, table)


def wave(spec: WaveSpec) -> Iterator[Frame | Result]:
    for k in range(spec.n_frames):
        yield WaveFrame(k, fraction=k / spec.n_frames)
    if spec.trouble:
        raise ExplorerError(spec.trouble)
    yield WaveResult(spec.n_frames)


WAVE = Experiment(
    WaveSpec,
    wave,
    Card("Waves", "They go up.", "none"),
    presets={"few": WaveSpec(n_frames=3), "many": WaveSpec(n_frames=1200)},
)


@pytest.fixture(autouse=True)
def only_waves(monkeypatch):
    monkeypatch.setattr(registry, "name_of", lambda _: "waves/run")
    monkeypatch.setattr(registry, "experiment", lambda _: WAVE)


@pytest.fixture
def view() -> GenericView:
    return GenericView("waves/run", InProcess())


async def ran(view: GenericView, **fields):
    view.controls.param.update(**fields)
    job = view.run()
    result = await job.ended()
    return job, result


def heights(view: GenericView, k: int = 0) -> list[float]:
    (renderer,) = view._figures[k].figure.renderers
    return renderer.data_source.data["y"].tolist()


async def test_every_frame_is_kept_and_the_result_is_the_last_moment(view):
    _, result = await ran(view, n_frames=6)
    assert [type(moment) for moment in view.moments] == [WaveFrame] * 6 + [WaveResult]
    assert [moment.k for moment in view.moments[:-1]] == list(range(6))
    assert view.result is result
    assert (view.clock.length, view.clock.seek_to) == (6, 6)


@pytest.mark.parametrize("n_frames", [399, 400, 401, 1700])
async def test_long_runs_are_thinned_evenly_and_keep_their_start(view, n_frames):
    await ran(view, n_frames=n_frames)
    kept = [moment.k for moment in view.moments[:-1]]
    assert 200 <= len(kept) <= 400
    assert kept[0] == 0
    (gap,) = set(np.diff(kept).tolist())
    assert n_frames - kept[-1] <= gap
    assert view.clock.length == len(kept)


async def test_a_new_run_forgets_the_moments_of_the_last(view):
    await ran(view, n_frames=1000)
    await ran(view, n_frames=5)
    assert [m.k for m in view.moments[:-1]] == [0, 1, 2, 3, 4]


async def test_a_result_without_frames_is_one_moment(view):
    await ran(view, n_frames=3)
    await ran(view, n_frames=0)
    assert [type(moment) for moment in view.moments] == [WaveResult]
    assert view.clock.length == 0


async def test_figures_stay_while_the_pictures_kind_stays(view):
    models: list[str] = []
    job = view.run()
    job.listen(lambda job: models.append(view._figures[0].figure.id) if view._figures else None)
    await job.ended()
    assert len(models) >= 4
    assert len(set(models)) == 1
    assert len(view._figures) == 2  # the result has one more picture
    shown = [figure.figure.id for figure in view._figures]
    await ran(view, n_frames=0)
    assert [figure.figure.id for figure in view._figures] == shown


async def test_a_picture_more_leaves_the_others_where_they_are(view):
    await ran(view, n_frames=3)
    panes = list(view.pictures.objects)
    view.show_frame(WaveFrame(7))
    assert view.pictures.objects == panes[:1]
    view.show_result(WaveResult(2), view.runner.job)
    assert view.pictures.objects[0] is panes[0]
    assert heights(view) == [2.0, 3.0, 4.0, 5.0]


async def test_while_answers_follow_each_other_only_the_pictures_are_new(view, monkeypatch):
    judged: list[Result] = []
    monkeypatch.setattr(view.claims, "judge", judged.append)
    view.runner.hush(True)
    await ran(view, n_frames=3)
    assert view.moments
    assert not judged
    view.runner.hush(False)
    _, result = await ran(view, n_frames=2)
    assert judged == [result]


async def test_the_result_is_drawn_with_its_tables(view):
    await ran(view, n_frames=4)
    assert heights(view) == [4.0, 5.0, 6.0, 7.0]
    (section,) = view.tables.sections
    assert section["title"] == "Runs"
    assert section["columns"] == ["name", "mean"]
    assert section["rows"] == [["=1+1", "0.1235"], ["b", "2"]]
    assert len(view.pictures.objects) == 2


async def test_scrubbing_draws_the_moment_under_the_cursor(view):
    await ran(view, n_frames=6)
    for k in (3, 0, 5):
        view.clock.position = k
        assert heights(view) == [k + 0.0, k + 1.0, k + 2.0, k + 3.0]
        assert view.tables.sections == []
    view.clock.position = 10_000
    assert heights(view) == [6.0, 7.0, 8.0, 9.0]


async def test_files_hold_every_number_of_the_result(view):
    job, _ = await ran(view, n_frames=2)
    stem = f"waves-run-{job.spec.digest()[:8]}"
    name, data = view._save("csv")
    assert name == f"{stem}.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        texts = {n: archive.read(n).decode() for n in archive.namelist()}
    assert list(texts) == ["1-curves.csv", "2-heatmap.csv", "3-table.csv"]
    rows = list(csv.DictReader(io.StringIO(texts["1-curves.csv"])))
    assert [float(row["time (ms)"]) for row in rows] == [0, 1, 2, 3]
    assert [float(row["height"]) for row in rows] == [2, 3, 4, 5]
    table = list(csv.reader(io.StringIO(texts["3-table.csv"])))
    assert table[1] == ["'=1+1", "0.123456"]  # no spreadsheet takes it for a formula
    name, data = view._save("npz")
    assert name == f"{stem}.npz"
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["1-curves/height"], [2, 3, 4, 5])
        assert arrays["3-table/name"].tolist() == ["=1+1", "b"]
        assert {name.partition("/")[0] for name in arrays} == {
            "1-curves", "2-heatmap", "3-table",
        }  # fmt: skip
    name, data = view._save("json")
    assert name == f"{stem}.json"
    assert WaveSpec.from_json(data) == job.spec
    assert json.loads(data) == {"n_frames": 2, "trouble": ""}


async def test_files_are_of_the_run_that_is_shown_not_of_the_knobs(view):
    job, _ = await ran(view, n_frames=2)
    view.controls.n_frames = 9
    assert WaveSpec.from_json(view._save("json")[1]) == job.spec


def test_before_the_first_run_there_is_nothing_to_save(view):
    assert view._save("csv") is None
    (notice,) = view.notices.notices
    assert notice["text"] == "There is nothing to save yet; press Run first."


async def test_a_run_that_fails_is_a_notice_and_keeps_its_frames(view):
    view.controls.param.update(n_frames=3, trouble="Too steep; choose a lower wave.")
    job = view.run()
    with pytest.raises(ExplorerError, match="Too steep"):
        await job.ended()
    assert view.notices.notices[-1]["text"] == "Too steep; choose a lower wave."
    assert view.notices.notices[-1]["tone"] == "bad"
    assert len(view.moments) == 3


async def test_a_preset_is_taken_and_run_and_named_while_it_holds(view):
    assert view._presets.value == "few"
    view._presets.value = "many"
    assert view.controls.n_frames == 1200
    await view.runner.job.ended()
    assert view.result.n == 1200
    view.controls.n_frames = 1199
    assert view._presets.value == "as set below"
    view.controls.n_frames = 3
    assert view._presets.value == "few"


def test_a_change_of_a_knob_says_that_the_link_has_changed(view):
    told: list[bool] = []
    view.param.watch(lambda event: told.append(event.new), "changed")
    view.controls.n_frames = 8
    assert told == [True]


async def test_closing_cancels_what_only_this_session_asked_for():
    compute = InProcess()
    mine = GenericView("waves/run", compute, owner="me")
    other = GenericView("waves/run", compute, owner="you", spec=WaveSpec(n_frames=4))
    mine.controls.n_frames = 5000
    mine_job, other_job = mine.run(), other.run()
    mine.close()
    assert mine_job.state.status == "cancelled"
    assert (await other_job.ended()).n == 4


async def test_nothing_is_held_alive_after_the_session():
    compute = InProcess()
    view = GenericView("waves/run", compute, owner="me")
    view.__panel__()
    await ran(view, n_frames=5)
    gone = weakref.ref(view)
    view.close()
    del view
    gc.collect()
    assert gone() is None


def test_the_whole_view_has_controls_stage_inspector_and_time(view):
    classes = [c for region in view.__panel__().objects for c in region.css_classes]
    assert classes == ["nx-controls", "nx-middle", "nx-inspector", "nx-time"]


def test_an_experiment_with_a_view_gets_it_and_others_get_this_one():
    assert view_type("sorting/run") is SortingView
    assert view_type("sorting/ensemble") is ManyView
    assert view_type("answers/verify") is GenericView
    assert view_type("nowhere/none") is GenericView


# Numbers of pictures ----------------------------------------------------------------------------


def test_bars_and_points_keep_their_places_and_kinds():
    bars = Bars("b", np.array([2.0, 3.0]), Axis("swaps"), Axis("runs"), x=np.array([10.0, 20.0]))
    points = Points("p", np.array([[1.0, 2.0]]), Axis("PC 1"), Axis("PC 2"), ("cat",))
    tables = picture_tables((bars, points))
    assert tables["1-bars"].to_dict("list") == {"swaps": [10.0, 20.0], "runs": [2.0, 3.0]}
    assert tables["2-points"].to_dict("list") == {"PC 1": [1.0], "PC 2": [2.0], "kind": ["cat"]}


def test_columns_of_one_name_are_numbered_not_lost():
    x = np.arange(3.0)
    bands = {"time": (x - 1, x + 1)}
    curves = Curves("c", x, {"time": 2 * x}, Axis("time"), Axis("time"), bands)
    table = picture_tables((curves,))["1-curves"]
    assert list(table.columns) == ["time", "time (2)", "time low", "time high"]
    assert table["time (2)"].tolist() == [0, 2, 4]
    with np.load(io.BytesIO(npz_from_tables({"t": table})), allow_pickle=False) as arrays:
        assert len(arrays.files) == 4


def test_a_long_table_is_cut_on_screen_and_says_so():
    rows = generic._ROWS_SHOWN + 5
    section = table_section(Table("Runs", {"seed": np.arange(rows, dtype=np.uint64)}))
    assert len(section["rows"]) == generic._ROWS_SHOWN
    assert section["note"] == "first 200 of 205 rows; the files have all"
    assert table_section(Table("Empty", {}))["rows"] == []


def test_sentences_in_tables_begin_at_their_left_and_large_numbers_are_whole():
    columns = {"what": ("edges",), "value": (187_909.0,), "how": ("a sentence " * 5,)}
    section = table_section(Table("Numbers", columns))
    assert section["columns"] == ["what", "value", {"text": "how", "tone": "text"}]
    assert section["rows"][0][:2] == ["edges", "187,909"]
    assert section["rows"][0][2]["tone"] == "text"


def test_what_is_not_known_is_a_dash_in_tables():
    section = table_section(Table("Means", {"half": np.array([np.nan, np.inf, -np.inf, 0.5])}))
    assert section["rows"] == [["–"], ["∞"], ["−∞"], ["0.5"]]


def test_large_whole_numbers_keep_their_digits_in_tables():
    section = table_section(Table("Runs", {"seed": np.array([2**64 - 1], np.uint64)}))
    assert section["rows"] == [["18446744073709551615"]]


async def test_figures_drawn_by_the_browser_are_zipped_under_their_titles(view):
    await ran(view)
    handed = []
    view.saves.hand_over = lambda *made: handed.append(made)
    drawn = [{"title": "Order, 5 %", "svg": "<svg/>"}, {"title": "", "svg": "<svg>2</svg>"}]
    view.saves._handle_msg({"id": "svg", "drawn": [*drawn, {"title": 3, "svg": "x"}, "odd"]})
    [(name, content)] = handed
    assert name.endswith("-figures.zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {entry: archive.read(entry).decode() for entry in archive.namelist()}
    assert files == {"1-order-5.svg": "<svg/>", "2-figure.svg": "<svg>2</svg>"}


def test_pictures_with_one_scale_say_their_form_and_the_others_fill_their_place(view):
    square = Heatmap("a", np.zeros((2, 4)), Axis("x"), Axis("y"), Axis("z"), square=True)
    wide = Curves("w", np.arange(3.0), {"l": np.arange(3.0)}, Axis("x"), Axis("y"))

    class Moment(Result):
        def pictures(self):
            return (square, wide)

    view._draw(Moment())
    assert view.pictures.aspects == [2.0, 0.0]
    assert [pane.object for pane in view.pictures.objects] == [f.figure for f in view._figures]
    assert not view.pictures.followed


def test_tables_under_the_pictures_are_seen_to_follow(view):
    wide = Curves("w", np.arange(3.0), {"l": np.arange(3.0)}, Axis("x"), Axis("y"))

    class Moment(Result):
        def pictures(self):
            return (wide, Table("t", {"a": np.arange(2)}))

    view._draw(Moment())
    assert view.pictures.followed
