"""Activation sets on disk, files of strangers, recordings: spec 5.4, one test per row."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.io import savemat

from engines.contract import InputError
from engines.geometry.activations import library
from engines.geometry.activations.manifest import sealed_manifest
from engines.geometry.activations.store import ActivationSet, ActivationWriter, Recorder
from engines.geometry.analyses.comparison import CompareSpec, check_same_stimuli
from engines.geometry.analyses.comparison import frames_of as compared
from engines.geometry.analyses.moment import MomentSpec, layer_moment
from engines.geometry.film.film import film_of
from engines.geometry.importing.arrays import arrays_from_file
from engines.geometry.importing.sets import set_from_arrays
from engines.geometry.measures.rdm import rdm
from engines.geometry.own_data.files import FilesSpec, keep_upload
from engines.geometry.own_data.files import frames_of as opened

STACKED = "snapshot, stimulus, unit"


def written(folder, n_snapshots: int = 3, n: int = 4, p: int = 5) -> np.ndarray:
    values = np.random.default_rng(0).standard_normal((n_snapshots, n, p)).astype(np.float32)
    writer = ActivationWriter(folder, {"h": p}, [f"s{k}" for k in range(n)])
    for k, one in enumerate(values):
        writer.append({"h": one}, step=10.0 * k)
    writer.close()
    return values


@given(st.integers(0, 4), st.integers(1, 6), st.integers(1, 7))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read(tmp_path_factory, n_snapshots, n, p):
    folder = tmp_path_factory.mktemp("set")
    values = written(folder / "a", n_snapshots, n, p)
    found = ActivationSet(folder / "a")
    np.testing.assert_array_equal(found.layer("h"), values)
    assert not found.damaged()


def test_layers_are_plain_npy_files_and_maps(tmp_path):
    values = written(tmp_path / "a")
    (path,) = (tmp_path / "a" / "acts").iterdir()
    np.testing.assert_array_equal(np.load(path), values)
    assert isinstance(ActivationSet(tmp_path / "a").layer("h"), np.memmap)


def test_a_half_written_set_opens_with_what_was_complete(tmp_path):
    writer = ActivationWriter(tmp_path / "a", {"h": 2}, ["x", "y"])
    writer.append({"h": np.ones((2, 2))})
    path = next((tmp_path / "a" / "acts").iterdir())
    with path.open("ab") as file:
        file.write(b"half a snapsho")
    assert ActivationSet(tmp_path / "a").layer("h").shape == (1, 2, 2)


def test_a_cut_file_and_a_flipped_byte_are_noticed(tmp_path):
    written(tmp_path / "a")
    path = next((tmp_path / "a" / "acts").iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"\0" if whole[-1:] != b"\0" else whole[:-1] + b"\1")
    assert ActivationSet(tmp_path / "a").damaged() == ("h",)
    path.write_bytes(whole[:-9])
    with pytest.raises(InputError, match="cut short"):
        ActivationSet(tmp_path / "a").layer("h")


@pytest.mark.parametrize("bad", ["../../etc/passwd", "/etc/passwd", "acts/link.npy"])
def test_a_manifest_cannot_lead_out_of_its_folder(tmp_path, bad):
    written(tmp_path / "a")
    (tmp_path / "outside.npy").write_bytes(b"secret")
    (tmp_path / "a" / "acts" / "link.npy").symlink_to(tmp_path / "outside.npy")
    path = tmp_path / "a" / "manifest.json"
    told = json.loads(path.read_text())
    told["layers"]["h"]["file"] = bad
    path.write_bytes(sealed_manifest(told))
    with pytest.raises(InputError, match="leads out"):
        ActivationSet(tmp_path / "a")


def test_labels_of_another_length_name_the_stimuli_without_one(tmp_path):
    with pytest.raises(InputError, match="2 values for 4 stimuli; without one: c, d"):
        ActivationWriter(tmp_path / "a", {"h": 2}, list("abcd"), labels={"kind": ["x", "y"]})
    with pytest.raises(InputError, match="'b' comes twice"):
        ActivationWriter(tmp_path / "b", {"h": 2}, ["a", "b", "b"])


def test_snapshots_of_another_shape_are_refused(tmp_path):
    writer = ActivationWriter(tmp_path / "a", {"h": 3}, ["x", "y"])
    with pytest.raises(InputError, match=r"must be \(2, 3\)"):
        writer.append({"h": np.ones((2, 4))})


@pytest.mark.parametrize("kind", [".npy", ".npz", ".mat", ".safetensors"])
def test_files_of_every_kind_give_their_arrays(tmp_path, kind):
    x = np.random.default_rng(1).standard_normal((6, 3))
    path = tmp_path / f"a{kind}"
    match kind:
        case ".npy":
            np.save(path, x)
        case ".npz":
            np.savez(path, h=x)
        case ".mat":
            savemat(path, {"h": x})
        case _:
            from safetensors.numpy import save_file

            save_file({"h": x}, path)
    arrays, _ = arrays_from_file(path)
    np.testing.assert_array_equal(next(iter(arrays.values())), x)


def test_csv_columns_of_words_are_labels(tmp_path):
    (tmp_path / "a.csv").write_text("name,kind,u1,u2\na,x,1,2\nb,y,3,4\nc,x,5,6\n")
    arrays, labels = arrays_from_file(tmp_path / "a.csv")
    assert arrays["activations"].shape == (3, 2)
    found = set_from_arrays(arrays, tmp_path / "set", labels=labels)
    assert found.stimuli == ("a", "b", "c")
    assert found.labels["kind"] == ("x", "y", "x")


def test_pickles_and_objects_are_refused_and_told_how_to_convert(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{"x": 1}], object), allow_pickle=True)
    np.savez(tmp_path / "b.npz", h=np.array([[None]], object))
    (tmp_path / "c.pt").write_bytes(b"\x80\x04.")
    for name in ("a.npy", "b.npz", "c.pt"):
        with pytest.raises(InputError, match=r"never read; save the numbers"):
            arrays_from_file(tmp_path / name)


def test_a_header_that_claims_a_huge_shape_is_refused_before_memory_is_taken(tmp_path):
    path = tmp_path / "a.npy"
    with path.open("wb") as file:
        head = {"descr": "<f8", "fortran_order": False, "shape": (10**7, 10**7)}
        np.lib.format.write_array_header_1_0(file, head)
    with pytest.raises(InputError, match=r"header says .* but it has 128"):
        arrays_from_file(path)


def test_links_and_unknown_endings_are_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.eye(3))
    (tmp_path / "b.npy").symlink_to(tmp_path / "a.npy")
    with pytest.raises(InputError, match="is a link"):
        arrays_from_file(tmp_path / "b.npy")
    with pytest.raises(InputError, match=r"only .npy"):
        arrays_from_file(tmp_path / "a.xlsx")
    (tmp_path / "c.npy").write_bytes(b"no array")
    with pytest.raises(InputError, match="not a readable npy"):
        arrays_from_file(tmp_path / "c.npy")


def test_nan_is_refused_with_its_places_or_dropped(tmp_path):
    x = np.ones((2, 5, 4))
    x[0, 3, 1] = np.nan
    x[1, 2, 0] = np.inf
    with pytest.raises(InputError, match=r"2 values .* \(0, 3, 1\), \(1, 2, 0\)"):
        set_from_arrays({"h": x}, tmp_path / "a", axes=STACKED)
    kept = set_from_arrays({"h": x}, tmp_path / "b", missing="drop stimuli", axes=STACKED)
    assert kept.stimuli == ("0", "1", "4")
    units = set_from_arrays({"h": x}, tmp_path / "c", missing="drop units", axes=STACKED)
    assert units.layer("h").shape == (2, 5, 2)
    with pytest.raises(InputError, match="leaves nothing"):
        set_from_arrays({"h": np.full((3, 2), np.nan)}, tmp_path / "d", missing="drop units")


def test_integers_and_booleans_are_cast_and_words_refused(tmp_path):
    assert set_from_arrays({"h": np.eye(3, dtype=bool)}, tmp_path / "a").at("h").sum() == 3
    with pytest.raises(InputError, match="not real numbers"):
        set_from_arrays({"h": np.array([["a"]])}, tmp_path / "b")
    with pytest.raises(InputError, match="5 dimensions"):
        set_from_arrays({"h": np.zeros((1, 1, 1, 1, 1))}, tmp_path / "c")
    with pytest.raises(InputError, match="is empty"):
        set_from_arrays({"h": np.zeros((0, 3))}, tmp_path / "d")


def test_layers_with_different_stimuli_are_refused(tmp_path):
    with pytest.raises(InputError, match="a: 1 snapshots of 3 stimuli; b: 1 snapshots of 4"):
        set_from_arrays({"a": np.eye(3), "b": np.eye(4)}, tmp_path / "a")


def test_one_stimulus_keeps_the_views_and_says_what_is_undefined():
    film = film_of({"h": np.ones((2, 1, 5))})
    assert film.pairs.shape == (1, 2, 0)
    assert "nothing varies" in " ".join(film.notes)
    moment = layer_moment("h", np.ones((1, 5)), None, (), MomentSpec())
    assert "at least" in " ".join(moment.notes)


def test_a_dead_layer_and_a_constant_stimulus_are_told():
    x = np.random.default_rng(2).standard_normal((1, 5, 6))
    x[0, 2] = 3.0
    film = film_of({"h": x, "dead": np.zeros((1, 5, 6))})
    notes = " ".join(film.notes)
    assert "h: some stimuli are constant over units" in notes
    assert "dead: nothing varies" in notes


def test_float16_near_its_end_is_told_and_summed_in_float64():
    x = np.full((1, 4, 3), 6.2e4, np.float16)
    x[0, :, 0] = [1, 2, 3, 4]
    assert "largest float16" in " ".join(film_of({"h": x}).notes)
    assert np.isfinite(rdm(x[0], "squared euclidean")).all()


def test_many_stimuli_are_thinned_in_the_rdm_and_it_is_said():
    film = film_of({"h": np.random.default_rng(3).standard_normal((40, 500, 4))})
    assert len(film.in_rdm) < 500
    assert "of 500 stimuli" in " ".join(film.notes)
    assert film.coords.shape == (1, 40, 500, 3)


def test_an_upload_is_opened_by_its_content(tmp_path):
    np.save(tmp_path / "a.npy", np.random.default_rng(4).standard_normal((3, 6, 5)))
    kept = keep_upload("C:\\x\\..\\a.npy", (tmp_path / "a.npy").read_bytes())
    film = list(opened(FilesSpec(upload=kept, axes=STACKED)))[-1].film
    assert film.coords.shape == (1, 3, 6, 3)
    with pytest.raises(InputError, match=r"only .npy"):
        keep_upload("a.pkl", b"")
    for bad in ("../../etc/passwd", "0" * 24 + ".npy"):
        with pytest.raises(InputError, match=r"name of a file|not on this machine"):
            list(opened(FilesSpec(upload=bad)))


def test_names_of_sets_cannot_be_paths():
    for bad in ("../x", "A", "", "a/b", "x" * 90):
        with pytest.raises(InputError, match="lower case"):
            library.folder(bad)
    with pytest.raises(InputError, match="no activations named 'nowhere'"):
        ActivationSet.named("nowhere")


def test_sets_of_other_stimuli_are_not_compared(tmp_path):
    one = set_from_arrays({"h": np.eye(4)}, library.fresh_folder("one"), stimuli=list("abcd"))
    library.publish(one.folder, "one")
    two = set_from_arrays({"h": np.eye(4)}, library.fresh_folder("two"), stimuli=list("abcx"))
    library.publish(two.folder, "two")
    with pytest.raises(InputError, match="only the first has d, only the second x"):
        check_same_stimuli(ActivationSet.named("one"), ActivationSet.named("two"))
    with pytest.raises(InputError, match="different stimuli"):
        list(compared(CompareSpec(source="one", other="two")))


def test_any_torch_module_is_recorded_and_left_as_it_was():
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Dropout())
    x = torch.randn(6, 4)
    found = ActivationSet.record(net, x, ["0", "1"], labels={"kind": list("aabbcc")})
    np.testing.assert_allclose(found.at("1"), torch.relu(net[0](x)).detach().numpy(), rtol=1e-6)
    assert net.training
    assert all(not m._forward_hooks for m in net.modules())
    with pytest.raises(InputError, match="no layer 'head'; there are: '0', '1', '2'"):
        ActivationSet.record(net, x, ["head"])


def test_a_training_loop_is_recorded_live_and_opens_in_the_page():
    net = torch.nn.Sequential(torch.nn.Linear(3, 7))
    recorder = Recorder(net, torch.randn(5, 3), ["0"], name="mine")
    for step in range(4):
        with torch.no_grad():
            net[0].weight.add_(0.1)
        recorder.snapshot(step=step, loss=1.0 / (step + 1))
    recorder.close()
    film = list(opened(FilesSpec(source="mine")))[-1].film
    assert film.moments_at.tolist() == [0, 1, 2, 3]
    assert not np.allclose(film.coords[0, 0], film.coords[0, -1])
