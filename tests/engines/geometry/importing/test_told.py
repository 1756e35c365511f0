"""What was read of a file and how is told, in Python and in the page, and can be said otherwise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engines.contract import InputError
from engines.geometry import arrays_from_file, set_from_arrays
from engines.geometry.importing.arrays import HowRead, contents_of
from engines.geometry.importing.tables import Reading
from engines.geometry.own_data.files import FilesSpec, frames_of, keep_upload

X = np.round(np.random.default_rng(0).standard_normal((6, 4)), 3)


def written(tmp_path, text, name="mine.csv"):
    path = tmp_path / name
    path.write_text(text)
    return path


FRAME = pd.DataFrame(X)
TABLES = {  # pandas writes them, and pandas read with the right options says what is right
    "without a header": (FRAME.to_csv(header=False, index=False), 6, 4, {}, "no header"),
    "its first row lacks a number": ("1.5,NA\n2.5,3\n4,5\n", 3, 2, {}, "no header"),
    "labels and no header": ("cat,1.5,2\ndog,3,4\n", 2, 2, {"column 0": ("cat", "dog")}, "no header"),
    "columns that pandas counts": (FRAME.to_csv(index=False), 6, 4, {}, "counts 0, 1 and on"),
    "an index that pandas counts": (FRAME.to_csv(), 6, 4, {"id": tuple("012345")}, "read as ids"),
    "numbers of neurons": ("101,205,333\n.5,.25,.1\n.1,.2,.3\n", 3, 3, {}, "are its whole numbers"),
    "an id of its own name": ("image_id,a\n7,.5\n3,.1\n", 2, 1, {"image_id": ("7", "3")}, "as ids"),
    "repeats of an item": ("item,a\n1,.5\n1,.1\n2,3\n", 3, 1, {"item": tuple("112")}, "as labels"),
    "classes as numbers": ("a,label\n.5,0\n.1,1\n3,0\n", 3, 1, {"label": tuple("010")}, "as labels"),
    "a first column that counts": ("n,a\n1,.5\n2,.1\n3,7\n", 3, 1, {"n": tuple("123")}, "as ids"),
    "a few words": ("a,b\n1,2\n3,ERR\n5,6\n", 3, 1, {"b": ("2", "ERR", "6")}, "1 of 3 cells"),
    "NA": ("a,b\n1,NA\n3,4\n", 2, 2, {}, "'b' has 1 missing values"),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_what_a_table_is_taken_for_is_told(tmp_path, name):
    text, n, n_units, labels, said = TABLES[name]
    found = contents_of(written(tmp_path, text))
    assert found.arrays["activations"].shape == (n, n_units)
    assert found.labels == labels
    assert any(said in note for note in found.notes), found.notes
    assert found.how.startswith(f"read: 'activations' {n} x {n_units}; labels: ")
    with pytest.warns(HowRead) as warned:
        arrays_from_file(tmp_path / "mine.csv")
    assert [str(w.message) for w in warned] == found.notes


@pytest.mark.parametrize(
    "text", ["id,a,b\nx1,.5,2\nx2,3,4\n", "a,b\n.5,2\n3,4\n", "a,b,kind\n.5,2,x\n3,4,y\n"]
)
def test_a_plain_table_has_no_notes(tmp_path, text):
    assert contents_of(written(tmp_path, text)).notes == []


def test_the_other_reading_is_there_for_the_asking(tmp_path):
    path = written(tmp_path, FRAME.to_csv(index=False))
    assert arrays_from_file(path, first_row="a stimulus")[0]["activations"].shape == (7, 4)
    path = written(tmp_path, "101,205,333\n.5,.25,.1\n.1,.2,.3\n")
    assert arrays_from_file(path, first_row="names")[0]["activations"].shape == (2, 3)
    path = written(tmp_path, "id,a\n1,.5\n2,.1\n")
    assert arrays_from_file(path, ids="none")[0]["activations"].shape == (2, 2)
    path = written(tmp_path, "depth,a\n7,.5\n5,.1\n")
    found = contents_of(path, reading=Reading(ids="first column"))
    assert found.labels == {"depth": ("7", "5")}
    frame = pd.DataFrame({"id": [3, 1, 2], "a": [0.5, 0.1, 0.2]})
    frame.to_parquet(tmp_path / "a.parquet")
    assert contents_of(tmp_path / "a.parquet").labels == {"id": ("3", "1", "2")}


def test_the_page_shows_how_a_file_was_read():
    """The film's notes are what the stage prints under the pictures."""
    spec = FilesSpec(upload=keep_upload("a.csv", b"id,a,b\n1,.5,2\n2,NA,4\n3,1,2\n"), title="a.csv")
    with pytest.raises(InputError, match="choose to drop"):
        list(frames_of(spec))
    dropped = spec.model_copy(update={"missing": "drop stimuli"})
    notes = list(frames_of(dropped))[-1].film.notes
    for said in ("read: 'activations' 3 x 2; labels: 'id'", "read as ids", "'a' has 1 missing",
                 "1 of 3 stimuli with nan or infinity left out"):  # fmt: skip
        assert any(said in note for note in notes), notes
    units = list(frames_of(dropped.model_copy(update={"ids": "none"})))[-1].film
    assert "read: 'activations' 3 x 3; labels: none" in units.notes


def test_layers_with_space_are_asked_for_left_out_or_used(tmp_path):
    flat, deep = np.ones((6, 5)) * np.arange(6)[:, None], np.arange(216.0).reshape(6, 4, 3, 3)
    arrays = {"h": flat, "c": deep}
    with pytest.raises(InputError, match="leave such layers out"):
        set_from_arrays(arrays, tmp_path / "a")
    left = set_from_arrays(arrays, tmp_path / "b", axes="leave such layers out")
    assert left.layers == ("h",)
    assert left.notes == ("'c' left out (4 axes, (6, 4, 3, 3))",)
    mean = "stimulus, channel, space (mean over space)"
    used = set_from_arrays({**arrays, "line": deep[..., 0]}, tmp_path / "c", axes=mean)
    np.testing.assert_allclose(used.at("line"), deep[..., 0].mean(axis=2), rtol=1e-6)
    assert "'c' 6 x 4 x 3 x 3 became 1 x 6 x 4 (snapshot, stimulus, unit)" in used.notes
    with pytest.raises(InputError, match="leaves none"):
        set_from_arrays({"c": deep}, tmp_path / "d", axes="leave such layers out")
    labelled = tmp_path / "a.npz"
    np.savez(labelled, h=flat, c=deep, kind=np.array(list("aabbcc")), odd=np.arange(9))
    film = list(frames_of(FilesSpec(path=str(labelled), axes="leave such layers out")))[-1].film
    assert film.labels == {"kind": tuple("aabbcc")}
    told = " ".join(film.notes)
    assert "labels: 'kind'" in told
    assert "'odd' left out" in told
    assert "'c' left out (4 axes" in told
