"""What came with the build: found by name and spec, refused when it is not what it says."""

from __future__ import annotations

import pytest

from engines.boundary import codec, shipped
from engines.running import registry

NAME = "sorting/run"


@pytest.fixture
def spec():
    return registry.experiment(NAME).spec(n_cells=7)


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(shipped, "folder", lambda: tmp_path)
    shipped._present.cache_clear()
    yield tmp_path
    shipped._present.cache_clear()


def put(spec, packed: bytes) -> None:
    path = shipped.place(NAME, spec)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(shipped.bytes_from_result(packed, spec, seconds=3.04, n_kernels=5))


def test_it_comes_back_with_its_version_and_what_it_cost(spec):
    packed = codec.pack({"anything": 1})
    put(spec, packed)
    found = shipped.find(NAME, spec)
    assert (found.packed, found.version) == (packed, shipped.this_version())
    assert shipped.cost(NAME, spec) == (3.0, 5)


def test_another_spec_has_none(spec):
    put(spec, codec.pack({}))
    other = spec.replace(n_cells=8)
    assert shipped.find(NAME, other) is None
    assert shipped.cost(NAME, other) == (0.0, 0)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"x\x9c", codec.pack([1, 2])])
def test_a_damaged_file_is_as_good_as_none(spec, content):
    put(spec, codec.pack({}))
    shipped.place(NAME, spec).write_bytes(content)
    assert shipped.find(NAME, spec) is None
    assert shipped.cost(NAME, spec) == (0.0, 0)


def test_a_class_that_lies_elsewhere_now_is_as_good_as_none(spec):
    packed = codec.pack(spec).replace(b"engines.sorting", b"engines.sortimg")
    put(spec, packed)
    assert shipped.find(NAME, spec) is None
