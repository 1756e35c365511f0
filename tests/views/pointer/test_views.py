"""What the pointer page makes of answers and of what the browser sends."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engines.pointer import solve
from engines.pointer.experiments.solving.race import Race, RaceSpec
from engines.pointer.model import N_POINTS_MAX, Network, Recipe, TrainSpec
from engines.pointer.training.history import History, overlaid
from engines.running.compute import InProcess
from views.kit.catalog import view_type
from views.pointer.choices import options_for
from views.pointer.components import rows_from_browser
from views.pointer.facts import percent, sections
from views.pointer.race import RaceView
from views.pointer.scene import scene
from views.pointer.solve import SolveView
from views.pointer.train import TrainView, run_name


def meta(data: bytes) -> dict:
    size = int.from_bytes(data[:4], "little")
    return json.loads(data[8 : 8 + size])["meta"]


def history(n: int) -> History:
    at = np.arange(1, n + 1) * 100
    zeros = np.zeros(n)
    return History(at, zeros + 1, zeros, at, np.zeros((n, 4)), "area")


@pytest.mark.parametrize("task", ["hull", "tour", "delaunay", "sorting"])
def test_a_scene_holds_every_task_the_same_way(task):
    told = meta(scene(solve(task=task, weights="untrained", n_points=7)))
    assert told["n"] == 7
    assert told["n_steps"] > 0
    assert told["drawing"] in ("polygon", "path", "triangles")


def test_a_violation_is_told_with_its_sentence():
    answer = solve(task="tour", weights="untrained", n_points=9, mask=False)
    assert meta(scene(answer))["violated"]
    titles = [s["title"] for s in sections(answer, view_card(), -1)]
    assert "Not a valid answer" in titles


def view_card():
    from engines.running import registry

    return registry.experiment("pointer/solve").card


@pytest.mark.parametrize(
    "sent", [None, "x", [[1]], [[1, "2"]], [[float("nan"), 0]], [[True, 1]], [[0, 0]] * 501]
)
def test_what_is_not_points_is_left_out(sent):
    assert rows_from_browser(sent) is None


def test_points_from_the_browser_are_rows():
    assert rows_from_browser([[0, 0.5], [1, 1]]) == ((0.0, 0.5), (1.0, 1.0))
    assert len(rows_from_browser([[0, 0]] * N_POINTS_MAX) or ()) == N_POINTS_MAX


def test_undefined_shares_are_dashes():
    assert percent(float("nan")) == "–"
    assert percent(0.12345) == "12.35 %"


def test_runs_over_each_other_end_where_they_end():
    curves = overlaid({"short": (history(3), None), "long": (history(6), None)})
    loss = curves[0]
    assert set(loss.lines) == {"short", "long"}
    reached = {k: loss.x[np.isfinite(y)].max() for k, y in loss.lines.items()}
    assert reached["long"] == 600
    assert 290 <= reached["short"] <= 300


def test_over_seconds_a_run_without_a_clock_is_left_out():
    timed = (history(3), np.array([1.0, 2.0, 4.0]))
    loss = overlaid({"timed": timed, "cached": (history(3), None)}, "seconds")[0]
    assert list(loss.lines) == ["timed"]
    assert loss.x.tolist() == [1.0, 2.0, 4.0]


def test_runs_are_named_by_what_tells_them_apart():
    names = {
        run_name(TrainSpec(recipe=Recipe(network=Network(kind=kind), seed=seed)))
        for kind in ("set pointer", "Ptr-Net")
        for seed in (0, 1)
    }
    assert len(names) == 4


def test_the_menu_of_weights_offers_only_those_of_the_task():
    assert next(iter(options_for("sorting").values())) == ""
    assert "sorting-5-20" not in options_for("hull").values()
    assert list(options_for("permutation")) == ["random weights"]


def test_every_experiment_has_the_view_it_should():
    kinds = {"solve": SolveView, "train": TrainView, "race": RaceView}
    for name, kind in kinds.items():
        view = view_type(f"pointer/{name}")(f"pointer/{name}", InProcess())
        assert isinstance(view, kind)
        view.close()


def test_the_race_draws_one_mark_per_runner():
    view = RaceView("pointer/race", InProcess())
    lengths = np.array([[1.0, 1.0], [1.1, 1.3]])
    view._draw(Race(RaceSpec(n_instances=5), ("exact", "greedy"), lengths, lengths))
    assert [source.data["name"] for source in view.sources[:3]] == [["exact"], ["greedy"], []]
    assert view.sources[1].data["told"] == pytest.approx([20.0])
    view.close()


MATRIX_FILE = b"""TYPE : TSP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : UPPER_ROW
EDGE_WEIGHT_SECTION
3 4 5 6 7 8
"""


def test_a_matrix_measures_until_a_point_is_moved(monkeypatch):
    view = SolveView("pointer/solve", InProcess())
    monkeypatch.setattr(view, "run", lambda: None)
    view._brought("four.tsp", MATRIX_FILE)
    spec = view.spec()
    assert (spec.task, spec.metric, len(spec.points)) == ("tour", "EXPLICIT", 4)
    assert spec.distances == (3, 4, 5, 6, 7, 8)
    view._edited(((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)), True)
    assert (view.spec().metric, view.spec().distances) == ("plane", ())
    view._brought("four.tsp", MATRIX_FILE.replace(b"8", b"x"))
    assert "line 6: 'x' is not a number" in view.upload.note
    view.close()
