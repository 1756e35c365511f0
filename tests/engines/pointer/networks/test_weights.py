"""Weights: headers that are checked, files that load whole or not at all."""

from __future__ import annotations

import dataclasses
import json
import pickle

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from safetensors.torch import save as safetensors_bytes

from engines.boundary.kept import UNSEALED
from engines.contract import InputError
from engines.pointer.bundled.recipes import RECIPES, TIMED
from engines.pointer.model import Network, Recipe
from engines.pointer.networks import weights
from engines.pointer.networks.build import network
from engines.pointer.networks.weights import Header, digest, halved, read_header, save

SMALL = Recipe(network=Network(d_model=16, n_encoder=1, n_decoder=1))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    return tmp_path / "pointer"


def written(folder, name="trained-a", recipe=SMALL, **header):
    tensors = halved(network(SMALL.network, d_features=2, n_max=5, seed=1))
    told = Header(recipe, 10, {"5": {"accuracy": 0.5}}, 0, digest(tensors))
    path = folder / f"{name}.safetensors"
    save(path, tensors, dataclasses.replace(told, **header))
    return path


def test_weights_come_back_as_they_were_written(folder):
    path = written(folder)
    loaded = weights.load("trained-a")
    assert loaded.header.recipe == SMALL
    saved = load_file(path)
    assert all(torch.equal(v, saved[k].float()) for k, v in loaded.net.state_dict().items())
    assert weights.trained_names() == ("trained-a",)


def test_one_changed_byte_is_noticed(folder):
    path = written(folder)
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match="expected sha256"):
        weights.load("trained-a")


def test_weights_of_the_first_format_are_still_read(folder):
    path = written(folder)
    sealed = Header.text

    def unsealed(header):
        told = {**sealed(header), "format": "neural-explorer pointer weights 1"}
        del told["seal"]
        return told

    loaded = weights.load("trained-a")
    tensors = halved(loaded.net)
    path.write_bytes(safetensors_bytes(tensors, metadata=unsealed(loaded.header)))
    weights._loaded.cache_clear()
    assert weights.load("trained-a").header == loaded.header
    again = {**unsealed(loaded.header), "seal": UNSEALED}
    path.write_bytes(safetensors_bytes(tensors, metadata=again))
    with pytest.raises(InputError, match="damaged"):
        read_header(path)


def test_a_cut_file_is_refused(folder):
    path = written(folder)
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(InputError, match="damaged"):
        weights.load("trained-a")


def test_weights_that_do_not_fit_their_recipe_load_nothing(folder):
    written(folder, recipe=SMALL.replace(network=Network(d_model=24, n_encoder=1, n_decoder=1)))
    with pytest.raises(InputError, match="does not fit its own recipe"):
        weights.load("trained-a")


def test_another_format_is_refused_with_what_was_found(folder):
    path = folder / "trained-b.safetensors"
    folder.mkdir()
    from safetensors.torch import save_file

    save_file({"x": torch.zeros(2)}, path, metadata={"format": "pt"})
    with pytest.raises(InputError, match=r"expected format .* found 'pt'"):
        weights.load("trained-b")


@pytest.mark.parametrize("data", [b"", b"\0" * 5, pickle.dumps({"a": 1}), b"\xff" * 64])
def test_pickles_and_rubbish_are_refused(folder, data):
    folder.mkdir()
    (folder / "trained-c.safetensors").write_bytes(data)
    with pytest.raises(InputError):
        weights.load("trained-c")


def test_a_header_with_a_wrong_recipe_is_refused(folder):
    path = written(folder)
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    head = json.loads(data[8 : 8 + size])
    head["__metadata__"] |= {"recipe": '{"task": "chess"}', "seal": UNSEALED}
    text = json.dumps(head).encode()
    sealed = weights.KIND.with_seal(len(text).to_bytes(8, "little") + text)
    path.write_bytes(sealed + data[8 + size :])
    with pytest.raises(InputError, match="header that cannot be read"):
        read_header(path)


def test_shipped_weights_are_whole_small_and_of_the_published_recipe():
    names = weights.shipped_names()
    assert names
    total = 0
    for name in names:
        loaded = weights.load(name)
        assert loaded.header.recipe == {**RECIPES, **TIMED}[name]
        assert bool(loaded.header.made) == (name in TIMED)
        assert all(v.dtype == torch.float16 for v in load_file(weights.path_of(name)).values())
        total += weights.path_of(name).stat().st_size
    assert total < 12e6


@pytest.mark.parametrize("name", sorted(weights.shipped_names()))
def test_shipped_weights_answer_as_well_as_their_header_says(name):
    from engines.pointer.answers.known import shipped_score

    header = weights.headers()[name]
    score = "gap" if header.recipe.task == "tour" else "accuracy"
    for n, told in ((int(n), told) for n, told in header.metrics.items()):
        n_instances = 200 if n <= 50 else 60
        error = told[f"{score} error"] * np.sqrt(1 + told["instances"] / n_instances)
        ours = shipped_score(name, n, n_instances, score)
        assert abs(ours - told[score]) <= 3 * error + 1 / n_instances
