"""Files of a run: read by other tools, they repeat it."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest

from engines.sorting import SortSpec, measure, simulate
from engines.sorting.model import Edit
from views.sorting.exports import ITEMS, saved


@pytest.fixture(scope="module")
def runs() -> dict:
    own = SortSpec(own_values=("=HYPERLINK(1)", "b", "-2+3", "a"), algotypes="bubble")
    edits = (Edit(at_swap=4, kind="swap", cell=1, other=9),)
    return {
        "plain": simulate(SortSpec(n_cells=30, algotypes=["bubble", "selection"], seed=8)),
        "text": simulate(own),
        "edited": simulate(SortSpec(n_cells=12, algotypes="insertion", edits=edits)),
        "empty": simulate(SortSpec(n_cells=0)),
        "one": simulate(SortSpec(n_cells=1)),
    }


RUNS = pytest.mark.parametrize("name", ["plain", "text", "edited", "empty", "one"])


@RUNS
def test_the_table_has_a_row_per_step_with_its_measures(runs, name):
    run = runs[name]
    file, data = saved(run, "csv")
    table = pd.read_csv(io.BytesIO(data))
    assert file == f"sorting-{run.spec.digest()[:8]}.csv"
    assert table["step"].tolist() == list(range(run.n_steps + 1))
    for column, of in (
        ("sortedness_percent", "sortedness"),
        ("aggregation", "aggregation"),
        ("monotonicity_error", "error"),
    ):
        np.testing.assert_allclose(table[column], measure(run, of), rtol=1e-12)
    assert table["left_position"][0] == -1
    assert table["activation"].is_monotonic_increasing
    if run.n_cells < 2:
        assert table["aggregation"].isna().all()


@RUNS
def test_the_swaps_of_the_table_repeat_the_run(runs, name):
    run = runs[name]
    table = pd.read_csv(io.BytesIO(saved(run, "csv")[1]))
    order = list(range(run.n_cells))
    for a, b in zip(table["left_position"][1:], table["right_position"][1:], strict=True):
        order[a], order[b] = order[b], order[a]
    assert order == run.at(run.n_steps).order.tolist()


@RUNS
def test_the_arrays_load_without_pickle_and_repeat_the_run(runs, name):
    run = runs[name]
    with np.load(io.BytesIO(saved(run, "npz")[1]), allow_pickle=False) as file:
        arrays = dict(file)
    assert SortSpec.from_json(str(arrays["spec_json"])) == run.spec
    assert str(arrays["stop"]) == run.stop
    order = np.arange(run.n_cells)
    right = arrays["right"] if len(arrays["right"]) else arrays["left"] + 1
    for a, b in zip(arrays["left"], right, strict=True):
        order[[a, b]] = order[[b, a]]
    np.testing.assert_array_equal(order, run.at(run.n_steps).order)
    np.testing.assert_array_equal(arrays["errors"], run.errors)
    np.testing.assert_array_equal(arrays["rank"], run.rank)


@RUNS
def test_the_spec_file_repeats_the_run_byte_for_byte(runs, name):
    run = runs[name]
    file, data = saved(run, "json")
    assert file.endswith(".json")
    again = simulate(SortSpec.from_json(data))
    assert again.spec == run.spec
    assert again.left.tobytes() == run.left.tobytes()
    assert again.activation.tobytes() == run.activation.tobytes()
    assert isinstance(json.loads(data), dict)


def test_every_button_saves_a_file_of_its_own(runs):
    names = {saved(runs["plain"], item["id"])[0].rpartition(".")[2] for item in ITEMS}
    assert names == {"csv", "npz", "json"}
