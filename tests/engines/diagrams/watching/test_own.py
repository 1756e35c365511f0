"""An input of one's own: what flows is what was brought, and what does not fit is said."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engines.boundary.arrays import KINDS, arrays_from_upload
from engines.boundary.brought import keep_brought
from engines.contract import InputError
from engines.diagrams import LIBRARY, Diagram, wire_values
from engines.diagrams.carried import carried
from engines.diagrams.experiments.drawing.values import EXPERIMENT
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.learning.entrants import contestant
from engines.diagrams.learning.spec import named
from engines.diagrams.watching.own import RESIZE, own_inputs
from engines.diagrams.watching.spec import ROWS, WatchSpec
from engines.lab.data.catalog import task_of

RNG = np.random.default_rng(0)
LINE = "def Line(x: b p) -> b c\n  y: b c = Linear+[W](x)"


@pytest.fixture(autouse=True)
def own_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))


def read(name: str, data: bytes) -> dict[str, np.ndarray]:
    return arrays_from_upload(name, data, 1_000)


def saved(array: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def test_a_table_an_array_and_a_picture_hold_the_numbers_that_were_saved():
    array = RNG.integers(0, 256, (4, 5)).astype("u1")
    lines = [",".join(map(str, row)) for row in array.tolist()]
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, "PNG")
    np.testing.assert_array_equal(read("a.npy", saved(array.astype(">f4")))[""], array)
    np.testing.assert_array_equal(read("a.csv", "\n".join(lines).encode())[""], array)
    np.testing.assert_array_equal(
        read("a.csv", "\n".join(["a,b,c,d,e", *lines]).encode())[""], array
    )
    np.testing.assert_array_equal(read("a.png", stream.getvalue())[""], array / 255.0)
    colours = RNG.integers(0, 256, (4, 5, 3)).astype("u1")
    stream = io.BytesIO()
    Image.fromarray(colours).save(stream, "PNG")
    np.testing.assert_array_equal(
        read("a.png", stream.getvalue())[""], np.moveaxis(colours, 2, 0) / 255.0
    )


def test_what_was_brought_flows_and_the_axes_take_its_sizes():
    own = {"E": RNG.normal(size=(5, 16)), "X": RNG.normal(size=(7, 16))}
    found = wire_values("attention", own=own)
    for name, array in own.items():
        np.testing.assert_allclose(found.of(name).at(0)[0], array, rtol=1e-6)
    weights = found.of("a").at(0)
    assert weights.shape == (8, 5, 7)
    np.testing.assert_allclose(weights.sum(2), 1.0, rtol=1e-5)


def test_a_network_that_learned_is_shown_ones_own_and_learns_as_without():
    own = task_of("digits", 0).x_test[:6].reshape(6, 64)
    spec = {"n_steps": 3, "n_seeds": 1, "n_examples": 6}
    drawn, brought = (
        wire_values(ROWS, data="digits", **spec),
        wire_values(ROWS, own, data="digits", **spec),
    )
    for one, other in zip(drawn.kept, brought.kept, strict=True):
        np.testing.assert_array_equal(one.numbers, other.numbers)
    assert drawn.scores == brought.scores
    assert (any(drawn.labels), brought.labels) == (True, ()), "nobody said what one's own are"


def test_a_model_runs_on_ones_own_as_torch_does():
    own = RNG.integers(0, 50, (3, 24))
    upload = keep_brought("a.npy", saved(own), KINDS, 10**6)
    for shapes in ("", "2 24 in 50"):
        asked = WatchSpec(
            module="GPT(1, 32, 2)", shapes=shapes, data="random numbers", upload=upload
        )
        found = EXPERIMENT.result(asked)
        assert found.n_examples == 3
        np.testing.assert_array_equal(found.kept[0].numbers[0, :, 0].reshape(3, -1), own)


LAID = {"whole": (5, 8, 8), "rows": (5, 64), "one": (8, 8)}


@pytest.mark.parametrize("shape", LAID.values(), ids=LAID)
def test_examples_come_whole_as_rows_or_alone(shape):
    circuit = contestant(named(ROWS, ()), task_of("digits", 0), 64)
    array = RNG.normal(size=shape).astype(np.float32)
    (laid,), told = own_inputs(circuit.circuit, {"any": array}, circuit.bound, mend=RESIZE)
    assert laid.shape[1:] == (8, 8)
    assert told["b"] == len(laid)
    assert torch.equal(laid.flatten(), torch.from_numpy(array.ravel()))


TOKENS = Diagram.from_text(LIBRARY["gpt"].text)


@pytest.mark.parametrize(
    ("text", "arrays", "said"),
    [
        (ROWS, {"": np.zeros((5, 9, 9))}, r"x wants b x r=8 x s=8, and the file has 5 x 9 x 9; give"),
        (ROWS, {"": np.zeros((7, 63))}, "and the file has 7 x 63"),
        (ROWS, {"": np.zeros(())}, "and the file has one number"),
        (ROWS, {"a": np.zeros(3), "b": np.zeros(3)}, r"called x and the file holds a, b; save it as"),
        (ROWS, {"": np.full((1, 8, 8), np.nan)}, r"number 1, 1, 1 of the file \(nan\) is not finite"),
        (ROWS, {"": np.full((1, 8, 8), 1e300)}, "is not finite"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_with_what_came_and_what_is_wanted(text, arrays, said):
    bound = {"r": 8, "s": 8, "b": 64}
    with pytest.raises(InputError, match=said):
        own_inputs(Diagram.from_text(text), arrays, bound, mend=RESIZE)


def test_axes_of_two_inputs_must_agree_and_tokens_lie_in_their_vocabulary():
    attention = Diagram.from_text(LIBRARY["attention"].text)
    arrays = {"E": np.zeros((5, 16)), "X": np.zeros((7, 15))}
    with pytest.raises(InputError, match=r"X wants x x m=16, and the file has 7 x 15; give arrays"):
        own_inputs(attention, arrays, {})
    high = numbers(TOKENS)[TOKENS.graph.inputs[0].dtype]
    for wrong in (high, -1, 0.5):
        with pytest.raises(InputError, match=f"no whole number from 0 to {high - 1}"):
            own_inputs(TOKENS, {"": np.full((2, 5), wrong)}, {})


def test_a_file_goes_with_its_spec_and_another_is_refused():
    upload = keep_brought("a.npy", saved(np.zeros((2, 4))), KINDS, 10**6)
    (found,) = carried(WatchSpec(upload=upload))
    data = found.read()
    assert found.is_here()
    found.keep(data)
    with pytest.raises(InputError, match="not the one that its settings name"):
        found.keep(data + b"0")
    assert not carried(WatchSpec())
    with pytest.raises(InputError, match="not on this machine any more"):
        EXPERIMENT.result(WatchSpec(upload="0" * 24 + ".npy", title="mine.npy"))
