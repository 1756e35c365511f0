"""Tours are data: each fits the experiment it speaks of, and one player plays them all."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from pydantic import ValidationError

from engines.connectome.wiring.kept import load_own
from engines.contract import Spec
from engines.running import registry
from engines.running.compute import InProcess
from engines.sorting.experiments.arrays.compare import CompareSpec
from engines.sorting.model import PRESETS
from explorer.address import spec_from_query
from explorer.asked import address_from_arguments
from explorer.sessions import SessionStore, spec_from_fields, specs_from_session
from explorer.tours import Step, Tour, TourPlayer, tours
from views.kit.assets import asset
from views.kit.catalog import view_type
from views.sorting.run import SortingView
from views.sorting.toolbar import DEFAULTS

TOURS = tours()
EVERY = pytest.mark.parametrize("tour", TOURS.values(), ids=TOURS)


class Idle(InProcess):
    """Takes requests and never starts them."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Spec] = []

    def submit(self, spec, **who):
        from engines.running.compute import Job

        self.asked.append(spec)
        return Job("sorting/run", spec, who.get("owner", ""), who.get("view", ""))


class Watched(InProcess):
    def __init__(self) -> None:
        super().__init__()
        self.jobs: list = []

    def submit(self, spec, **who):
        self.jobs.append(super().submit(spec, **who))
        return self.jobs[-1]


def test_there_are_as_many_tours_as_files_and_names_are_file_names():
    files = sorted(asset("tours").glob("*.json"))
    assert len(files) == len(TOURS) > 0
    assert [path.stem for path in files] == list(TOURS)


@EVERY
def test_its_experiment_is_one_that_people_choose(tour):
    for k in range(len(tour.steps)):
        assert tour.place(k) in registry.listed(tour.place(k).partition("/")[0])
    assert tour.place(0) == tour.experiment
    assert tour.title
    assert tour.sentence.endswith(".")
    assert len(tour.steps) >= 2


@EVERY
def test_every_field_fits_the_spec_without_a_note(tour):
    for k, step in enumerate(tour.steps):
        base = registry.experiment(tour.place(k)).default()
        spec, notes = spec_from_fields(base, step.fields or {})
        assert notes == []
        assert type(spec) is type(base)


@EVERY
def test_a_step_that_is_opened_by_itself_has_what_the_steps_before_it_set(tour):
    for k, step in enumerate(tour.steps):
        fields = tour.fields(k)
        if step.fields is not None:
            assert fields == step.fields
        elif k and tour.place(k) == tour.place(k - 1):
            assert fields == tour.fields(k - 1)
        else:
            assert fields == {}


@EVERY
def test_every_selection_is_one_the_view_knows(tour):
    for k, step in enumerate(tour.steps):
        view = view_type(tour.place(k))(tour.place(k), Idle())
        view.select(dict(step.selection))
        chosen = {
            "page": "Wiring",
            **DEFAULTS,
            **view.selection(),
        }  # what is usual is left out of a selection
        assert {name: chosen.get(name) for name in step.selection} == step.selection


@EVERY
def test_what_it_points_at_is_a_class_some_component_has(tour):
    root = Path(__file__).parents[2]
    sources = [*root.glob("views/**/js/*.js"), *root.glob("views/**/*.py")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    for step in tour.steps:
        for name in step.highlight.replace(".", " ").split():
            assert name in text, step.highlight


@pytest.mark.parametrize(
    "change",
    [
        {"steps": [{"txt": "misspelled"}]},
        {"steps": [{"text": "x", "wait_for": "tea"}]},
        {"more": 1},
    ],
)
def test_a_tour_file_with_anything_else_in_it_is_refused(change):
    plain = json.loads(asset("tours").joinpath("own-will.json").read_text("utf-8"))
    with pytest.raises(ValidationError):
        Tour.model_validate({**plain, **change})


# The player -------------------------------------------------------------------------------------


STEPS = (
    Step(text="one", fields={"n_cells": 12, "seed": 3}, wait_for="result", highlight=".nx-canvas"),
    Step(text="two", selection={"colour": "value"}),
    Step(text="three", fields={"n_cells": 9}, selection={"compare": "algotypes"}),
)
TOUR = Tour(name="toy", title="A toy", experiment="sorting/run", sentence="A.", steps=STEPS)


@pytest.fixture
def compute() -> Idle:
    return Idle()


@pytest.fixture
def player(compute) -> TourPlayer:
    return TourPlayer(SortingView("sorting/run", compute), print)


def press(player: TourPlayer, kind: str = "go", by: int = 1) -> None:
    player._handle_msg({"kind": kind, "by": by})


def test_a_tour_goes_forward_back_and_ends(player, compute):
    player.start(TOUR)
    assert (player.title, player.text, player.step, player.n_steps) == ("A toy", "one", 0, 3)
    assert player.highlight == ".nx-canvas"
    press(player, by=-1)
    assert player.step == 0
    press(player)
    assert (player.text, player.highlight) == ("two", "")
    assert len(compute.asked) == 1  # a step without fields leaves the run as it is
    press(player)
    press(player, by=-1)
    assert player.text == "two"
    press(player)
    press(player)
    assert (player.n_steps, player.text) == (0, "")
    press(player)
    assert player.n_steps == 0


def test_fields_are_held_against_the_opening_spec_not_the_last_step(player, compute):
    base = PRESETS["Paper (2024)"]
    player.start(TOUR)
    assert compute.asked == [base.replace(n_cells=12, seed=3)]
    player.start(TOUR, 2)
    spec = compute.asked[-1]
    assert isinstance(spec, CompareSpec)
    assert {run.n_cells for run in spec.runs} == {9}
    assert {run.seed for run in spec.runs} == {base.seed}


@pytest.mark.parametrize(("asked", "shown"), [(-5, 0), (1, 1), (99, 2)])
def test_a_link_into_a_tour_starts_at_a_step_there_is(player, asked, shown):
    player.start(TOUR, asked)
    assert player.step == shown


@pytest.mark.parametrize("message", [None, 3, {}, {"kind": "leap", "by": 1}, {"kind": "go"}])
def test_other_messages_leave_it_at_its_first_step(player, message):
    player.start(TOUR)
    player._handle_msg(message)
    assert (player.step, player.n_steps) == (0, 3)


async def test_a_step_waits_for_its_result():
    compute = Watched()
    player = TourPlayer(SortingView("sorting/run", compute), print)
    player.start(TOUR)
    assert player.waiting
    await compute.jobs[0].ended()
    await asyncio.sleep(0)
    assert not player.waiting


def test_leaving_a_tour_keeps_what_is_shown(player):
    player.start(TOUR, 2)
    press(player, "end")
    assert player.n_steps == 0
    assert player._view.controls.n_cells == 9


# From one workbench to another -------------------------------------------------------------------

AWAY = Tour(
    name="away",
    title="Away",
    experiment="sorting/run",
    sentence="A.",
    steps=(
        Step(text="here", fields={"n_cells": 9, "seed": 3}, wait_for="result"),
        Step(text="with something", sends="Who swapped"),
        Step(text="there", experiment="connectome/explore"),
        Step(text="further, with nothing", experiment="geometry/files"),
    ),
)


def asked(address: str) -> tuple[str, Spec, int]:
    """Experiment, spec and step that an address of a tour leads to."""
    path, _, query = address.partition("?")
    arguments = {name: [text.encode()] for name, text in parse_qsl(query)}
    found = address_from_arguments(arguments)
    assert found.tour == "away"
    name = f"{path.removeprefix('./')}/{found.leaf}"
    if found.session:  # a spec that is too long for an address
        return name, specs_from_session(SessionStore().load(found.session))[0][name], found.step
    return name, spec_from_query(found.query, registry.experiment(name).default())[0], found.step


@pytest.fixture
def own_data(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))


async def test_a_step_on_another_experiment_takes_along_what_it_sends_and_comes_back(own_data):
    gone: list[str] = []
    view = SortingView("sorting/run", InProcess())
    player = TourPlayer(view, gone.append)
    player.start(AWAY)
    await view.runner.job.ended()
    given = view.runner.job.spec
    player._handle_msg({"kind": "go", "by": 1})
    assert (player.step, gone) == (1, [])
    player._handle_msg({"kind": "go", "by": 1})
    name, spec, step = asked(gone.pop())
    assert (name, step) == ("connectome/explore", 2)
    assert load_own(spec.own).n_neurons == 9
    there = TourPlayer(view_type(name)(name, Idle(), spec=spec), gone.append)
    there.start(AWAY, step)
    assert there.text == "there"
    there._handle_msg({"kind": "go", "by": 1})
    assert asked(gone.pop()) == (
        "geometry/files",
        registry.experiment("geometry/files").default(),
        3,
    )
    there._handle_msg({"kind": "go", "by": -1})
    assert asked(gone.pop()) == ("sorting/run", given, 1)


def test_before_there_is_anything_to_take_along_a_notice_says_so(own_data, compute):
    gone: list[str] = []
    view = SortingView("sorting/run", compute)
    player = TourPlayer(view, gone.append)
    player.start(AWAY, 1)
    player._handle_msg({"kind": "go", "by": 1})
    assert gone == []
    assert "press Run first" in str(view.notices.notices)
    player.start(AWAY, 1, plays=True, after="./sorting?tour=own-will&play=1")
    player._handle_msg({"kind": "go", "by": 1})
    assert gone == ["./sorting?tour=own-will&play=1"]  # a stage waits for nobody
