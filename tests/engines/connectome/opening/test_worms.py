"""The published schema of worm recordings: in and out again, bit for bit; what lacks is told."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from engines.connectome.opening.options import OpenOptions
from engines.connectome.opening.read import recording_from_bytes
from engines.connectome.opening.worms import (
    FIELDS,
    N_SLOTS,
    read_worms,
    slot_names,
    worms_bytes,
    worms_from_animals,
    write_worms,
)
from engines.contract import InputError

RNG = np.random.default_rng(0)
PUBLISHED = {
    "source_dataset", "raw_data_file", "worm", "neuron", "slot", "is_labeled_neuron",
    "smooth_method", "interpolate_method", "normalization_method", "original_calcium_data",
    "calcium_data", "original_time_in_seconds", "time_in_seconds", "original_max_timesteps",
    "max_timesteps",
}  # fmt: skip
"""``desired_columns`` of ``neural_to_parquet.py`` in qsimeon/worm-data-preprocess."""


def as_published(n_worms: int = 2, **without: bool) -> pd.DataFrame:
    """A table as that script writes it: pandas, float32 lists, intc numbers."""
    rows = []
    for worm in range(n_worms):
        n_times, n_before = 30 + worm, 20 + worm
        times = (np.arange(n_times) * 0.333).astype(np.float32)
        before = np.sort(RNG.uniform(0, 9, n_before)).astype(np.float32)
        for slot, neuron in ((5, "ADFR"), (40, "AVAL"), (7 + worm, "17")):
            rows.append({
                "source_dataset": "Kato2015", "raw_data_file": "WT_NoStim.mat",
                "worm": f"worm{worm}", "neuron": neuron, "slot": np.intc(slot),
                "is_labeled_neuron": neuron != "17", "smooth_method": "none",
                "interpolate_method": "linear", "normalization_method": "standard",
                "original_calcium_data": RNG.standard_normal(n_before).astype(np.float32),
                "calcium_data": RNG.standard_normal(n_times).astype(np.float32),
                "original_time_in_seconds": before, "time_in_seconds": times,
                "original_max_timesteps": np.intc(n_before), "max_timesteps": np.intc(n_times),
            })  # fmt: skip
    return pd.DataFrame(rows).drop(columns=list(without))


def parquet(table: pd.DataFrame) -> bytes:
    stream = io.BytesIO()
    table.to_parquet(stream, index=False, engine="pyarrow")
    return stream.getvalue()


def test_the_fields_are_those_that_the_authors_write():
    assert set(FIELDS) == PUBLISHED


def test_a_file_of_the_schema_goes_round_exactly(tmp_path):
    table = as_published()
    found = read_worms(parquet(table))
    again = pd.read_parquet(write_worms(found.rows, tmp_path / "out.parquet"))
    assert found.notes == ()
    for name in FIELDS:
        for one, other in zip(table[name], again[name], strict=True):
            assert np.array_equal(one, other), name
    assert again["calcium_data"][0].dtype == np.float32
    assert worms_bytes(read_worms(tmp_path / "out.parquet").rows) == worms_bytes(found.rows)


def test_worms_become_animals_with_their_own_times():
    found = recording_from_bytes("worms.parquet", parquet(as_published()))
    assert [animal.name for animal in found.animals] == ["Kato2015 worm0", "Kato2015 worm1"]
    assert [animal.values.shape for animal in found.animals] == [(30, 3), (31, 3)]
    assert found.animals[0].labelled.tolist() == [True, True, False]
    before = recording_from_bytes(
        "worms.parquet", parquet(as_published()), OpenOptions(series="original_calcium_data")
    )
    assert before.animals[0].values.shape == (20, 3)


def test_what_a_file_lacks_is_made_up_and_told():
    lacking = as_published().drop(columns=["slot", "is_labeled_neuron", "original_calcium_data",
                                           "original_time_in_seconds"])  # fmt: skip
    found = read_worms(parquet(lacking))
    assert [row.is_labeled_neuron for row in found.rows[:3]] == [True, True, False]
    place = slot_names()
    assert [place[row.slot] for row in found.rows[:2]] == ["ADFR", "AVAL"]
    assert len({row.slot for row in found.rows[:3]}) == 3
    assert "told by their names" in " ".join(found.notes)
    assert [r.slot for r in read_worms(parquet(lacking)).rows] == [r.slot for r in found.rows]


def test_the_slots_are_the_302_neurons_of_the_hermaphrodite():
    assert len(slot_names()) == N_SLOTS
    assert slot_names()[0] == "ADAL"  # White et al. 1986, in alphabetical order
    assert slot_names()[-1] == "VD9"


def test_a_table_of_ones_own_leaves_as_the_schema(tmp_path):
    text = "time,AVAL,thing\n0,1,2\n0.5,2,1\n1,4,0\n"
    opened = recording_from_bytes("mine.csv", text.encode())
    rows = worms_from_animals(opened.animals, opened.title)
    back = recording_from_bytes("back.parquet", worms_bytes(rows))
    np.testing.assert_array_equal(back.animals[0].values, opened.animals[0].values)
    np.testing.assert_array_equal(back.animals[0].times_s, opened.animals[0].times_s)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.drop(columns="worm"), "it lacks worm"),
        (lambda t: t.assign(calcium_data=[np.zeros(3, np.float32)] * len(t)), "3 values and 30"),
        (lambda t: t.iloc[:0], "no rows"),
        (lambda t: pd.concat([t.iloc[:1]] * 1).assign(neuron="x").loc[lambda u: u.index.repeat(303)]
         .drop(columns="slot"), "more than 302 neurons"),
    ],
)  # fmt: skip
def test_files_that_are_not_of_the_schema_say_why(change, said):
    with pytest.raises(InputError, match=said):
        read_worms(parquet(change(as_published())))
