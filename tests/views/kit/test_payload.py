"""The bytes for the browser, read back by a reader that shares no code with the writer."""

from __future__ import annotations

import json
import re
import struct
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from views.kit.payload import payload

TYPED = re.findall(
    r'"([|<]\w\d)": (\w+)Array', (files("views.kit") / "js" / "base.js").read_text("utf-8")
)
"""What the browser has a typed array for."""
SMALL = st.sampled_from([np.dtype(kind) for kind, _ in TYPED])


def read(data: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """As the browser does: u32 length, JSON, and views into the one buffer."""
    (length,) = struct.unpack_from("<I", data)
    head = json.loads(data[8 : 8 + length])
    arrays = {
        row["name"]: np.frombuffer(data, row["dtype"], row["size"], row["offset"])
        for row in head["arrays"]
    }
    return head, arrays


@given(
    meta=st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=20), max_size=4),
    shapes=st.lists(st.tuples(SMALL, st.integers(0, 40), st.integers(1, 3)), max_size=8),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=150, deadline=None)
def test_arrays_and_meta_come_back_as_they_were(meta, shapes, seed):
    rng = np.random.default_rng(seed)
    arrays = {}
    for k, (dtype, rows, columns) in enumerate(shapes):
        raw = rng.integers(0, 2, (rows, columns * dtype.itemsize), np.uint8)
        arrays[f"a{k}"] = raw.view(dtype)
    data = payload(meta, arrays)
    head, found = read(data)
    assert head["meta"] == meta
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array.reshape(-1))
        assert found[name].dtype == array.dtype


@given(st.lists(st.integers(0, 2000), max_size=30), st.integers(0, 300))
@settings(max_examples=80, deadline=None)
def test_every_array_starts_at_a_multiple_of_eight_and_none_overlap(sizes, padding):
    arrays = {f"a{k}": np.zeros(size, np.uint8) for k, size in enumerate(sizes)}
    data = payload({"title": "x" * padding}, arrays)
    (length,) = struct.unpack_from("<I", data)
    rows = json.loads(data[8 : 8 + length])["arrays"]
    end = 8 + length
    for row in rows:
        assert row["offset"] % 8 == 0
        assert row["offset"] >= end
        end = row["offset"] + row["size"]
    assert len(data) >= end
    assert len(data) % 8 == 0


def test_parts_of_larger_arrays_are_sent_as_they_look():
    whole = np.arange(24, dtype=np.int32).reshape(4, 6)
    _, found = read(payload({}, {"even": whole[:, ::2], "turned": whole.T}))
    np.testing.assert_array_equal(found["even"], whole[:, ::2].reshape(-1))
    np.testing.assert_array_equal(found["turned"], whole.T.reshape(-1))


@pytest.mark.parametrize("dtype", ["<i8", "<u8", "<f2", ">f4", ">i2", "<c8", "<U3", "O"])
def test_what_no_browser_has_an_array_for_is_refused_by_name(dtype):
    assert dtype not in dict(TYPED)
    with pytest.raises(TypeError, match="errors: browsers have no typed array for"):
        payload({}, {"errors": np.zeros(3, dtype)})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_meta_is_strict_json(value):
    with pytest.raises(ValueError, match="JSON compliant"):
        payload({"null_band": [value]}, {})


def test_numbers_in_arrays_may_be_anything():
    values = np.array([np.nan, np.inf, -0.0])
    _, found = read(payload({}, {"value": values}))
    assert found["value"].tobytes() == values.tobytes()
