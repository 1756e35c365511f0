"""Files of strangers: read by a limited child, bombs and code refused, too many stimuli drawn."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest
import zarr

from engines.boundary.apart import Limits
from engines.contract import InputError
from engines.geometry import arrays_from_file, moment
from engines.geometry.importing import arrays as importing
from engines.geometry.importing.reading_apart import arrays_read_apart, contents_read_apart
from engines.geometry.own_data import files
from engines.geometry.own_data.files import FilesSpec, frames_of, keep_upload


def stored(path, values, version=3):
    group = zarr.open_group(str(path), mode="w", zarr_format=version)
    made = group.create_array("h", shape=values.shape, chunks=(2, 3, 4), dtype=values.dtype)
    made[:] = values
    return path


@pytest.mark.parametrize("version", [2, 3])
def test_zarr_folders_and_zips_give_their_arrays(tmp_path, version):
    x = np.random.default_rng(0).standard_normal((3, 6, 5)).astype(np.float32)
    folder = stored(tmp_path / "a.zarr", x, version)
    np.testing.assert_array_equal(arrays_from_file(folder)[0]["h"], x)
    zipped = tmp_path / "a.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        for each in folder.rglob("*"):
            archive.write(each, each.relative_to(folder))
    read = arrays_from_file if version == 2 else arrays_read_apart
    np.testing.assert_array_equal(read(zipped)[0]["h"], x)


@pytest.mark.parametrize(
    ("mend", "said"),
    [
        ({"codecs": [{"name": "numcodecs.pickle"}]}, r"numcodecs\.pickle, which can run code"),
        ({"filters": [{"id": "pickle"}]}, "pickle, which can run code"),
        ({"shape": [10**6, 10**6]}, r"shape .* needs 8,000,000,000,000 bytes"),
        ({"dtype": "|O", "data_type": "|O"}, "Python objects, which can run code"),
    ],
)
def test_a_zarr_store_that_is_a_bomb_or_runs_code_is_refused(tmp_path, mend, said):
    folder = stored(tmp_path / "a.zarr", np.ones((2, 3, 4)))
    described = folder / "h" / "zarr.json"
    described.write_text(json.dumps({**json.loads(described.read_text()), **mend}))
    with pytest.raises(InputError, match=said):
        arrays_from_file(folder)


def test_a_link_in_a_zarr_store_and_a_zip_without_one_are_refused(tmp_path):
    folder = stored(tmp_path / "a.zarr", np.ones((2, 3, 4)))
    (folder / "h" / "c").rename(tmp_path / "c")
    (folder / "h" / "c").symlink_to(tmp_path / "c")
    with pytest.raises(InputError, match="is a link"):
        arrays_from_file(folder)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(InputError, match="holds no zarr array"):
        arrays_from_file(tmp_path / "b.zip")


@pytest.mark.parametrize("name", ["a.npz", "b.zip"])
def test_archives_that_unpack_to_too_much_are_refused_unopened(tmp_path, monkeypatch, name):
    np.savez_compressed(tmp_path / "a.npz", h=np.zeros((500, 500)))
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(stored(tmp_path / "b.zarr", np.ones((2, 3, 4))) / "zarr.json", "zarr.json")
        archive.writestr("h/c/0", bytes(10**6))
    monkeypatch.setattr(importing, "BYTES_MAX", (tmp_path / name).stat().st_size)
    with pytest.raises(InputError, match=r"unpacks to [\d,]+ bytes; at most"):
        arrays_from_file(tmp_path / name)


def test_a_bomb_ends_the_child_and_not_the_engine(tmp_path):
    path = tmp_path / "a.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("h.npy", "w", force_zip64=True) as file,
    ):
        head = {"descr": "|u1", "fortran_order": False, "shape": (500, 2**20)}
        np.lib.format.write_array_header_1_0(file, head)
        for _ in range(500):
            file.write(bytes(2**20))
    assert path.stat().st_size < 8_000_000
    with pytest.raises(InputError, match=r"'a\.npz': it holds numbers of 500 MiB; at most 300 MiB"):
        arrays_read_apart(path)
    # Where nothing is counted first, as in one's own files, memory is what ends it.
    little = Limits(memory=2**28, seconds=20)
    with pytest.raises(InputError, match=r"'a\.npz': reading it needs more than 256 MiB"):
        contents_read_apart(path, limits=little)


def test_pickles_are_refused_in_the_child_too(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{"x": 1}], object), allow_pickle=True)
    with pytest.raises(InputError, match="never read; save the numbers"):
        arrays_read_apart(tmp_path / "a.npy")


def opened_film(**fields):
    return list(frames_of(FilesSpec(**fields)))[-1].film


def test_too_many_stimuli_are_drawn_with_a_stated_seed(tmp_path, monkeypatch):
    assert files.SCATTER_MAX == 2000
    monkeypatch.setattr(files, "SCATTER_MAX", 200)
    x = np.random.default_rng(4).standard_normal((230, 3)).astype(np.float32)
    np.save(tmp_path / "a.npy", x)
    kept = keep_upload("a.npy", (tmp_path / "a.npy").read_bytes())
    film = opened_film(upload=kept)
    assert film.coords.shape[2] == 200
    assert "200 of 230 stimuli, drawn at random with seed 0" in film.notes
    assert opened_film(upload=kept).stimuli == film.stimuli
    assert opened_film(upload=kept, seed=1).stimuli != film.stimuli
    seen = moment(source=film.source)
    assert seen.stimuli == film.stimuli
    rows = [int(name) for name in film.stimuli]
    assert rows == sorted(set(rows))


def test_the_child_starts_without_what_no_file_needs():
    code = "import engines.geometry.importing.reading_apart, engines.geometry.importing.arrays, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert not {b"scipy.stats", b"scipy.sparse", b"torch", b"sklearn"} & set(loaded.split())
