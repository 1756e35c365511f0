"""Frames and results as bytes: the same values come back, and reading never runs code."""

from dataclasses import dataclass
from enum import StrEnum

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from engines.boundary import codec
from engines.contract import Frame, InputError, SpecError
from engines.contract.pictures import Axis, Bars, Curves

numbers = st.one_of(
    npst.boolean_dtypes(), npst.integer_dtypes(endianness="="), npst.floating_dtypes(endianness="=")
)
arrays = npst.arrays(numbers, npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5))
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text()
    | st.binary(),
    lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)  # fmt: skip


def same(left, right):
    if isinstance(left, np.ndarray):
        return (
            isinstance(right, np.ndarray)
            and left.dtype == right.dtype
            and left.shape == right.shape
            and left.tobytes() == right.tobytes()
        )
    if isinstance(left, tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    return left == right or (left != left and right != right)


@given(arrays)
def test_arrays_come_back_with_dtype_shape_and_every_bit(array):
    assert same(array, codec.unpack(codec.pack(array)))


@given(plain)
def test_plain_values_come_back(value):
    assert same(value, codec.unpack(codec.pack(value)))


@given(arrays)
def test_equal_values_give_equal_bytes(array):
    assert codec.pack(array) == codec.pack(array.copy())


def test_a_view_packs_like_its_copy():
    array = np.arange(24.0).reshape(4, 6)
    assert codec.pack(array[::2, ::-1]) == codec.pack(array[::2, ::-1].copy())


def test_arrays_that_came_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        codec.unpack(codec.pack(np.zeros(3)))[0] = 1


def test_pictures_come_back_nested():
    curves = Curves(
        "loss",
        np.arange(3),
        {"train": np.array([3.0, 2.0, np.nan])},
        Axis("step"),
        Axis("loss", "nat"),
        {"train": (np.zeros(3), np.ones(3))},
    )
    back = codec.unpack(
        codec.pack({"pictures": (curves, Bars("b", np.ones(2), Axis("x"), Axis("y")))})
    )
    again, bars = back["pictures"]
    assert same(again.lines["train"], curves.lines["train"])
    assert again.y_axis.title == "loss (nat)"
    assert isinstance(again.bands["train"], tuple)
    assert bars.kind == ()


def test_frames_come_back():
    frame = codec.unpack(codec.pack(Frame(fraction=0.25)))
    assert frame == Frame(fraction=0.25)


def test_numpy_scalars_and_enums_become_plain_values():
    class Colour(StrEnum):
        RED = "red"

    assert codec.unpack(codec.pack((np.float64(1.5), np.int8(-3), np.bool_(True), Colour.RED))) == (
        1.5, -3, True, "red",
    )  # fmt: skip


@pytest.mark.parametrize(
    "value", [object(), np.array(["text"]), np.array([object()]), np.array([1j]), {1, 2}, print]
)
def test_other_things_are_not_sent(value):
    with pytest.raises(TypeError):
        codec.pack(value)


def extension(code, content):
    return msgpack.packb(msgpack.ExtType(code, content))


def test_a_class_that_is_not_ours_is_not_built():
    for address in ("os:system", "subprocess:Popen", "engines.boundary.codec:unpack", "engines.boundary.codec:np",
                    "builtins:eval", "engines.running.registry:Path", "engines.none:Nothing"):  # fmt: skip
        body = codec.pack([address, {"command": "true"}])
        with pytest.raises((InputError, ModuleNotFoundError)):
            codec.unpack(extension(2, body))


def test_a_spec_that_came_is_checked():
    body = codec.pack(["engines.contract:Spec", '{"unknown": 1}'])
    with pytest.raises((InputError, SpecError)):
        codec.unpack(extension(3, body))


@dataclass(frozen=True)
class Elsewhere:
    value: int


def test_a_dataclass_from_elsewhere_is_refused_when_read():
    with pytest.raises(InputError, match="not a result of ours"):
        codec.unpack(codec.pack(Elsewhere(1)))


@given(st.binary(max_size=200))
def test_any_other_bytes_are_refused_or_plain(data):
    try:
        value = codec.unpack(data)
    except InputError:
        return
    assert not callable(value)


@given(arrays, st.data())
def test_cut_bytes_are_refused(array, data):
    whole = codec.pack(array)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(InputError):
        codec.unpack(whole[:cut])


@pytest.mark.parametrize("dtype", ["O", "U4", "S4", "M8[s]", "V8", "c16"])
def test_arrays_of_other_kinds_are_refused_when_read(dtype):
    content = msgpack.packb((np.dtype(dtype).str, (1,))) + bytes(np.dtype(dtype).itemsize)
    with pytest.raises(InputError):
        codec.unpack(extension(1, content))
