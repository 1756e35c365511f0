"""Files people have become recordings: series chosen, times said, spikes counted, or a sentence."""

from __future__ import annotations

import io
import json
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome.opening import kept, read
from engines.connectome.opening.child import recording_from_kept, recording_from_upload
from engines.connectome.opening.options import OpenOptions
from engines.connectome.opening.read import read_recording, recording_from_bytes
from engines.connectome.opening.spikes import counts_from_times
from engines.contract import InputError

RNG = np.random.default_rng(0)
NWB = Path(__file__).with_name("written_by_pynwb.nwb")
"""Written by pynwb 4.2.0: 80 frames of three of six rois at 5 Hz from 2 s on and at irregular times,
and spikes of three units with ids 10, 11 and 12."""


def npz(**arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def hdf5(**arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        for name, array in arrays.items():
            file[name.replace("__", "/")] = array
    return stream.getvalue()


# --- NWB ----------------------------------------------------------------------------------------


def test_fluorescence_of_nwb_has_the_times_and_rois_that_pynwb_wrote():
    found = read_recording(NWB)
    assert [entry.what for entry in found.entries] == [
        "fluorescence", "fluorescence", "spike times of units",
    ]  # fmt: skip
    regular = read_recording(NWB, OpenOptions(series=found.entries[1].name)).animals[0]
    # What the script that wrote it drew with numpy's generator of seed 0.
    drawn = np.random.default_rng(0).standard_normal((80, 3)).round(3)
    np.testing.assert_array_equal(regular.values, drawn)
    assert regular.neurons == ("roi 0", "roi 2", "roi 5")
    np.testing.assert_allclose(regular.times_s, 2.0 + np.arange(80) / 5.0)
    irregular = found.animals[0]
    np.testing.assert_allclose(irregular.values, 2 * drawn + 1)
    assert np.ptp(np.diff(irregular.times_s)) > 0.1


def test_units_of_nwb_are_counted_per_bin():
    found = read_recording(NWB, OpenOptions(series="units", dt_s=0.5))
    animal = found.animals[0]
    assert found.kind == "counts"
    assert animal.neurons == ("unit 10", "unit 11", "unit 12")
    assert animal.values.sum(axis=0).tolist() == [20, 21, 22]
    with h5py.File(NWB) as file:
        first = file["units/spike_times"][:20]
    edges = np.append(animal.times_s, animal.times_s[-1] + 0.5)
    np.testing.assert_array_equal(animal.values[:, 0], np.histogram(first, edges)[0])


def test_nwb_without_series_is_refused_by_what_it_holds():
    with pytest.raises(InputError, match=r"no fluorescence .* it holds raw"):
        recording_from_bytes("a.nwb", hdf5(raw=np.zeros((5, 2))))


# --- arrays -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["npz", "h5"])
def test_arrays_are_turned_by_their_times_and_named(kind):
    values, times = RNG.standard_normal((3, 40)), np.linspace(0, 8, 40)
    names = np.array(["AVAL", "AVAR", "PLML"])
    made = npz(traces=values, time=times, names=names) if kind == "npz" else hdf5(
        traces=values, time=times, names=names.astype("S")
    )  # fmt: skip
    found = recording_from_bytes(f"a.{kind}", made)
    np.testing.assert_array_equal(found.animals[0].values, values.T)
    np.testing.assert_array_equal(found.animals[0].times_s, times)
    assert found.animals[0].neurons == ("AVAL", "AVAR", "PLML")
    assert any("was turned" in note for note in found.notes)


def test_another_array_can_be_picked_and_milliseconds_are_seconds():
    data = hdf5(a__raw=np.zeros((30, 2)), a__dff=RNG.random((30, 2)), t_ms=np.arange(30) * 50.0)
    found = recording_from_bytes(
        "a.h5", data, OpenOptions(series="a/dff", times="t_ms", axes="time first")
    )
    assert found.series == "a/dff"
    assert found.animals[0].times_s[1] == pytest.approx(0.05)
    assert found.columns == ("t_ms",)
    with pytest.raises(InputError, match=r"no series 'b'; there are: a/dff \(30 x 2"):
        recording_from_bytes("a.h5", data, OpenOptions(series="b"))


def test_links_to_other_files_are_named_and_not_followed(tmp_path):
    (tmp_path / "other.h5").write_bytes(hdf5(x=np.ones((9, 3))))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["there"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "x")
        file["here"] = RNG.random((9, 3))
    found = read_recording(tmp_path / "a.h5")
    assert [entry.name for entry in found.entries] == ["here"]
    assert any("never followed" in note for note in found.notes)


def test_spikes_as_one_list_with_their_clusters_are_counted():
    # The two files of phy and kilosort, in one archive.
    times, clusters = np.array([0.01, 0.02, 0.13, 0.25, 0.26]), np.array([7, 3, 7, 7, 3])
    found = recording_from_bytes("a.npz", npz(spike_times=times, spike_clusters=clusters))
    assert found.animals[0].neurons == ("unit 3", "unit 7")
    assert found.animals[0].values.tolist() == [[1, 1], [0, 1], [1, 1]]


# --- tables and lists ---------------------------------------------------------------------------


def test_columns_of_a_table_are_neurons_but_for_time_and_a_counter():
    table = pd.DataFrame({
        "frame": range(6), "time": np.arange(6) * 0.25, "AVAL": RNG.random(6),
        "AVAR": RNG.random(6), "state": list("aabbcc"),
    })  # fmt: skip
    found = recording_from_bytes("a.csv", table.to_csv(index=False).encode())
    animal = found.animals[0]
    assert animal.neurons == ("AVAL", "AVAR")
    assert animal.times_s[1] == pytest.approx(0.25)
    said = " ".join(found.notes)
    assert "'frame' counts the rows" in said
    assert "1 columns of words were left out: state" in said
    other = recording_from_bytes(
        "a.csv", table.to_csv(index=False).encode(),
        OpenOptions(columns="/AVA/, time", times="none", dt_s=2.0),
    ).animals[0]  # fmt: skip
    assert other.neurons == ("time", "AVAL", "AVAR")
    assert other.times_s[1] == 2.0


@pytest.mark.parametrize(("mark", "point"), [(",", "."), (";", ","), ("\t", ".")])
def test_tables_are_read_by_the_mark_they_are_written_with(mark, point):
    lines = [mark.join(("a", "b")), *(mark.join((f"{k}{point}5", "2")) for k in range(5))]
    found = recording_from_bytes("a.csv", "\n".join(lines).encode())
    assert found.animals[0].values[:, 0].tolist() == [0.5, 1.5, 2.5, 3.5, 4.5]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_row_per_spike_is_counted(kind):
    table = pd.DataFrame({"neuron": ["b", "a", "b"], "time": [0.0, 0.05, 0.31]})
    stream = io.BytesIO()
    (table.to_csv if kind == "csv" else table.to_parquet)(stream, index=False)
    found = recording_from_bytes(f"a.{kind}", stream.getvalue(), OpenOptions(dt_s=0.1))
    assert found.animals[0].neurons == ("a", "b")
    assert found.animals[0].values.tolist() == [[1, 1], [0, 0], [0, 0], [0, 1]]


@given(
    st.lists(st.lists(st.floats(0, 30), max_size=20), min_size=1, max_size=5).filter(any),
    st.sampled_from([0.1, 0.25, 1.0, 3.0]),
)
@settings(max_examples=40, deadline=None)
def test_no_spike_is_lost_or_counted_twice(trains, bin_s):
    trains = [sorted(t) for t in trains]
    named = {f"n{k}": t for k, t in enumerate(trains)}
    animal = recording_from_bytes(
        "a.json", json.dumps(named).encode(), OpenOptions(dt_s=bin_s)
    ).animals[0]
    assert animal.values.sum(axis=0).tolist() == [len(t) for t in trains]
    assert len(animal.values) <= 30 / bin_s + 2


def test_whole_numbers_are_counts_unless_told():
    counts = RNG.poisson(0.3, (50, 3)).astype(float)
    assert recording_from_bytes("a.npz", npz(x=counts)).kind == "counts"
    told = recording_from_bytes("a.npz", npz(x=counts), OpenOptions(kind="traces"))
    assert told.kind == "traces"


@pytest.mark.parametrize(
    ("name", "data", "options", "said"),
    [
        ("a.json", b'{"AVAL": [0.5, 0.1]}', {}, "spike 2 of AVAL at 0.1 s is before"),
        ("a.json", b'{"AVAL": [0.5, "x"]}', {}, "spike 2 of AVAL is no number"),
        ("a.json", b"[1, 2]", {}, "object of lists"),
        ("a.json", b'{"a": []}', {}, "no spike"),
        ("a.csv", b"a,b\n1,2\n0.5,1\n", {"kind": "counts"}, "row 2, a: 0.5 is no count"),
        ("a.csv", b"a,b\n1,2\n1,-1\n", {"kind": "counts"}, "row 2, b: -1 is no count"),
        ("a.csv", b"time,b\n0,2\n1,3\n1,4\n", {}, "time 3 does not come after"),
        ("a.csv", b"a,b\n1,2\n", {"columns": "c"}, "no neuron is called 'c'; there are: a, b"),
        ("a.csv", b"a,b\n1,2\n", {"columns": "/(/"}, "is no pattern"),
        ("a.csv", b"a,b\n1,2\n", {"times": "c"}, "no column of numbers 'c'"),
        ("a.csv", b"a,b\n", {}, "header but no rows"),
        ("a.npz", npz(x=np.zeros(5)), {}, "no table or array of two axes"),
        ("a.npz", npz(x=np.zeros((9, 2))), {"kind": "spike times"}, "no spike times"),
        ("a.npz", npz(x=np.zeros((9, 2)), y=np.zeros(7)), {"times": "y"}, "9 moments and 7 times"),
        ("a.mat", b"MATLAB", {}, "recordings are read from"),
        ("a.pkl", b"\x80\x04.", {}, "never read"),
        ("a.h5", hdf5(x=np.zeros(3)), {}, "no table or array of two axes"),
    ],
)  # fmt: skip
def test_what_cannot_be_opened_says_why(name, data, options, said):
    with pytest.raises(InputError, match=said):
        recording_from_bytes(name, data, OpenOptions(**options))


def test_an_index_that_falls_is_refused():
    data = hdf5(spike_times=np.arange(4.0), spike_times_index=np.array([3, 2]))
    with pytest.raises(InputError, match="must rise to 4"):
        recording_from_bytes("a.h5", data)


def test_too_many_bins_are_refused_before_they_are_made():
    with pytest.raises(InputError, match="longer interval"):
        counts_from_times(np.array([0.0, 1e12]), np.zeros(2, int), ("a",), 0.1)


# --- the child and what is kept -----------------------------------------------------------------


def test_a_recording_read_apart_is_kept_and_carried_whole(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    opened = recording_from_upload("mine.nwb", NWB.read_bytes())
    digest = kept.keep(opened)
    found = kept.load_recording(digest)
    np.testing.assert_array_equal(found.animals[0].values, opened.animals[0].values)
    assert str(found) == "3 neurons at 80 moments (traces)"
    again = recording_from_kept(kept.packed(digest))
    assert kept.keep(again) == digest
    with pytest.raises(InputError, match="open its file again"):
        kept.load_recording("0" * 16)


def test_what_was_kept_elsewhere_is_looked_at():
    with pytest.raises(InputError, match="no recording"):
        read.checked({"animals": ()})
