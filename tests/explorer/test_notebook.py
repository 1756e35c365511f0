"""The workbenches in a notebook: a loop is needed, and then they run."""

from __future__ import annotations

import gc
import weakref

import panel as pn
import pytest

import explorer
from engines.contract import ExplorerError, SpecError
from engines.running.compute import InProcess
from engines.running.registry import UnknownExperimentError
from engines.sorting.model import PRESETS, SortSpec, Trajectory
from explorer import notebook
from explorer.notebook import NoLoopError, SortingExplorer, close_engine, engine, explore


class FakeProcess(InProcess):
    """An engine of the notebook that computes in this process."""

    def __init__(self) -> None:
        super().__init__()
        self.started = self.closed = 0

    async def start(self) -> None:
        self.started += 1

    async def close(self) -> None:
        self.closed += 1


@pytest.fixture(autouse=True)
def made(monkeypatch) -> list[FakeProcess]:
    """The engines that were made; the page's scripts are not loaded."""
    found: list[FakeProcess] = []

    def make(_settings) -> FakeProcess:
        found.append(FakeProcess())
        return found[-1]

    monkeypatch.setattr(notebook, "_prepared", True)
    monkeypatch.setattr(notebook, "_engines", {})
    monkeypatch.setattr(notebook, "engine_from_settings", make)
    return found


@pytest.mark.parametrize(
    "ask",
    [engine, SortingExplorer, lambda: explore("sorting/ensemble")],
    ids=["engine", "own", "any"],
)
def test_outside_a_loop_it_says_what_to_do_instead(ask, made):
    with pytest.raises(NoLoopError, match=r"engines\.sorting\.simulate"):
        ask()
    assert made == []


async def test_a_workbench_runs_at_once_and_gives_its_result():
    shown = SortingExplorer(n_cells=14, seed=5)
    assert shown.spec == PRESETS["Paper (2024)"].replace(n_cells=14, seed=5)
    result = await shown.view.runner.job.ended()
    assert isinstance(result, Trajectory)
    assert shown.result is result
    assert result.spec == shown.spec


async def test_a_change_of_a_knob_is_run_when_asked():
    shown = SortingExplorer(n_cells=14)
    shown.view.controls.n_cells = 9
    result = await shown.run()
    assert result.n_cells == 9
    assert shown.result is result


async def test_a_spec_can_be_given_whole_and_changed():
    spec = SortSpec(n_cells=11, algotypes="insertion", seed=2)
    assert SortingExplorer(spec).spec == spec
    assert SortingExplorer(spec, seed=9).spec == spec.replace(seed=9)


async def test_any_experiment_is_shown_by_its_name():
    shown = explore("sorting/ensemble", n_runs=3, run=SortSpec(n_cells=8))
    result = await shown.run()
    assert result.n_runs == 3
    assert [type(p).__name__ for p in shown.view.moments[-1].pictures()][:2] == ["Curves", "Bars"]


@pytest.mark.parametrize(
    ("fields", "said"), [({"n_cell": 3}, "no field 'n_cell'"), ({"n_cells": -1}, "Cells: ")]
)
async def test_a_field_that_does_not_fit_is_a_sentence(fields, said):
    with pytest.raises(SpecError, match=said):
        SortingExplorer(**fields)


async def test_an_unknown_experiment_is_a_sentence():
    with pytest.raises(UnknownExperimentError, match=r"there are: .*sorting/run"):
        explore("nowhere/none")


async def test_knobs_that_do_not_fit_together_are_a_sentence():
    shown = SortingExplorer(n_cells=5)
    await shown.view.runner.job.ended()
    shown.view.controls.n_frozen = 6
    with pytest.raises(ExplorerError, match="6 cells cannot be frozen in an array of 5"):
        await shown.run()


async def test_all_workbenches_of_a_kernel_share_one_engine(made):
    first, second = SortingExplorer(n_cells=5), explore("sorting/ensemble", n_runs=2)
    await first.run()
    assert len(made) == 1
    assert first.view.runner.compute is second.view.runner.compute is made[0]
    assert first.view.owner != second.view.owner
    assert made[0].started == 1
    await close_engine()
    await close_engine()
    assert made[0].closed == 1
    SortingExplorer(n_cells=5)
    assert len(made) == 2


async def test_a_cell_shows_the_whole_view_at_a_height_of_its_own():
    shown = SortingExplorer(n_cells=5)
    column = pn.panel(shown)
    assert column.height == 820
    assert column.styles["--nx-view-height"] == "820px"
    (whole,) = column
    assert ["nx-controls"] in [region.css_classes for region in whole]


async def test_an_explorer_that_is_let_go_is_gone():
    shown = SortingExplorer(n_cells=5)
    await shown.run()
    gone = weakref.ref(shown.view)
    del shown
    gc.collect()
    assert gone() is None


def test_the_package_offers_the_notebooks_names():
    assert explorer.SortingExplorer is SortingExplorer
    assert explorer.explore is explore
    with pytest.raises(AttributeError, match="no attribute 'magic'"):
        _ = explorer.magic
