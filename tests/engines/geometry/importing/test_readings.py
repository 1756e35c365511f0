"""How files are read: axes asked for, headers and ids told, precision kept, nothing dropped unsaid."""

from __future__ import annotations

import h5py
import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

from engines.contract import InputError
from engines.geometry import participation_ratio, set_from_arrays
from engines.geometry.importing.arrays import contents_of
from engines.geometry.importing.reading_apart import contents_read_apart
from engines.geometry.own_data.files import FilesSpec, frames_of, keep_upload


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def test_which_axis_of_a_stack_is_which_is_asked(tmp_path):
    x = drawn(40, 7, 16)
    with pytest.raises(InputError, match="40 snapshots of 7 stimuli, or 40 stimuli with 7 tokens"):
        set_from_arrays({"h": x}, tmp_path / "a")
    mean = "stimulus, token, unit (mean over tokens)"
    found = set_from_arrays({"h": x}, tmp_path / "b", axes=mean)
    np.testing.assert_allclose(found.at("h"), x.mean(axis=1), rtol=1e-12)
    flat = set_from_arrays({"h": x}, tmp_path / "c", axes="stimulus, token, unit (flatten)")
    assert flat.layer("h").shape == (1, 40, 112)
    moved = set_from_arrays({"h": x}, tmp_path / "d", axes="stimulus, snapshot, unit")
    np.testing.assert_array_equal(moved.layer("h"), np.moveaxis(x, 0, 1))
    told = set_from_arrays({"h": x}, tmp_path / "e", stimuli=[str(k) for k in range(7)])
    assert told.layer("h").shape == (40, 7, 16)


def test_convolution_layers_are_flattened_or_averaged_when_asked(tmp_path):
    x = drawn(6, 4, 3, 3).astype(np.float32)
    with pytest.raises(InputError, match="channel, space \\(flatten"):
        set_from_arrays({"c": x}, tmp_path / "a")
    mean = "stimulus, channel, space (mean over space)"
    found = set_from_arrays({"c": x, "h": drawn(6, 5)}, tmp_path / "b", axes=mean)
    np.testing.assert_allclose(found.at("c"), x.mean(axis=(2, 3)), rtol=1e-6)
    assert found.layers == ("c", "h")


@pytest.mark.parametrize(
    ("text", "n", "n_units", "said"),
    [
        ("1,2\n3,4\n5,6\n", 3, 2, "no header: the first row is numbers"),
        ("id,a,b\n1,2.5,3\n2,4,5\n", 2, 2, "'id' was read as ids"),
        ("a,b\n1,NA\n3,4\n", 2, 2, "'b' has 1 missing values"),
        ("a;b\n1,5;2\n3;4\n", 2, 2, "parted by semicolons"),
        ("a\tb\n1\t2\n3\t4\n", 2, 2, "parted by tabs"),
    ],
)
def test_what_was_guessed_of_a_table_is_said(tmp_path, text, n, n_units, said):
    path = tmp_path / "mine.csv"
    path.write_text(text)
    found = contents_of(path)
    assert found.arrays["activations"].shape == (n, n_units)
    assert any(said in note for note in found.notes), found.notes


def test_numbers_of_tables(tmp_path):
    (tmp_path / "a.csv").write_text("a;b;kind\n1,5;2;x\n3;NA;y\n")
    found = contents_of(tmp_path / "a.csv")
    np.testing.assert_array_equal(found.arrays["activations"], [[1.5, 2.0], [3.0, np.nan]])
    assert found.labels == {"kind": ("x", "y")}


def test_bfloat16_is_read_as_float32_and_labels_are_labels(tmp_path):
    torch.manual_seed(0)
    layers = {"h": torch.randn(6, 5).bfloat16(), "c": torch.randn(6, 4, 3, 3), "s": torch.ones(2)}
    save_file(layers, tmp_path / "a.safetensors")
    found = contents_read_apart(tmp_path / "a.safetensors")
    np.testing.assert_array_equal(found.arrays["h"], layers["h"].float().numpy())
    assert found.arrays["c"].shape == (6, 4, 3, 3)
    assert found.notes == ["'s' left out (1 dimensions, float32, (2,))"]
    np.savez(tmp_path / "a.npz", h=drawn(4, 3), kind=np.array(list("aabb")), odd=np.arange(9))
    found = contents_of(tmp_path / "a.npz")
    assert found.labels == {"kind": ("a", "a", "b", "b")}
    assert found.notes == ["'odd' left out (1 dimensions, int64, (9,))"]
    assert found.how == "read: 'h' 4 x 3; labels: 'kind'"


def test_hdf5_and_parquet(tmp_path):
    x = drawn(5, 3)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["deep/h"] = x
        file["kind"] = np.array(list("aabbb"), dtype=h5py.string_dtype())
    for found in (contents_of(tmp_path / "a.h5"), contents_read_apart(tmp_path / "a.h5")):
        np.testing.assert_array_equal(found.arrays["deep/h"], x)
        assert found.labels == {"kind": tuple("aabbb")}
    frame = pd.DataFrame(x, columns=list("abc")).assign(kind=list("aabbb"))
    frame.to_parquet(tmp_path / "a.parquet")
    found = contents_read_apart(tmp_path / "a.parquet")
    np.testing.assert_array_equal(found.arrays["activations"], x)
    assert found.labels == {"kind": tuple("aabbb")}


@pytest.mark.parametrize("far", [0.0, 1e5, 1e9])
def test_precision_is_kept_where_it_is_needed(tmp_path, far):
    x = drawn(50, 9)
    found = set_from_arrays({"h": x + far}, tmp_path / "a")
    np.testing.assert_array_equal(found.at("h"), x + far)
    assert participation_ratio(found.at("h")) == pytest.approx(participation_ratio(x), rel=1e-5)
    lossless = set_from_arrays({"h": x.astype(np.float32).astype(float)}, tmp_path / "b")
    assert lossless.layer("h").dtype == np.float32


@pytest.mark.parametrize(
    ("name", "made", "said"),
    [
        ("empty.csv", b"", "is empty, 0 bytes"),
        ("blank.csv", b" \n", "no header and no rows"),
        ("z.npy", None, r"no numeric array .*complex"),
    ],
)
def test_errors_give_the_true_reason_and_the_users_name(tmp_path, name, made, said):
    path = tmp_path / name
    np.save(path, np.ones((3, 2), complex)) if made is None else path.write_bytes(made)
    with pytest.raises(InputError, match=f"'{name}'.*{said}"):
        contents_of(path)
    kept = keep_upload(name, path.read_bytes())
    with pytest.raises(InputError, match=f"'{name}'.*{said}") as caught:
        list(frames_of(FilesSpec(upload=kept, title=name)))
    assert kept[:12] not in str(caught.value)


def test_a_path_opens_a_file_where_it_lies(tmp_path):
    np.save(tmp_path / "large.npy", drawn(8, 3))
    film = list(frames_of(FilesSpec(path=str(tmp_path / "large.npy"))))[-1].film
    assert len(film.stimuli) == 8
    with pytest.raises(InputError, match=r"'gone\.npy' is not there"):
        list(frames_of(FilesSpec(path=str(tmp_path / "gone.npy"))))
