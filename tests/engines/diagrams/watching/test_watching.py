"""What flows on wires: held against torch, numpy and the meaning of an example axis."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engines.contract import InputError
from engines.contract.sending import Activations, Matrix
from engines.diagrams import LIBRARY, Diagram, DiagramError
from engines.diagrams.drawing.picture import scene_of
from engines.diagrams.experiments.drawing.values import EXPERIMENT
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.library.proofs import FUNCTIONS
from engines.diagrams.running.draws import example_inputs
from engines.diagrams.running.module import module_from_circuit
from engines.diagrams.watching.answers import watching_answers
from engines.diagrams.watching.axes import Lying, attention_maps, example_axis, lying
from engines.diagrams.watching.budget import n_numbers
from engines.diagrams.watching.keeping import kept
from engines.diagrams.watching.kept import STATISTICS
from engines.diagrams.watching.result import Watched
from engines.diagrams.watching.running import frames_of
from engines.diagrams.watching.spec import ROWS, WatchSpec
from engines.diagrams.wires.followed import OF_A_GRADIENT, OF_A_WIRE
from engines.diagrams.wires.strips import BELOW, range_of, sampled, with_strips
from engines.diagrams.wires.values import watched
from engines.lab.data.catalog import task_of

EXAMPLES = [name for name, entry in LIBRARY.items() if example_axis(Diagram.from_text(entry.text))]
"""Entries whose first axis only lays examples beside each other."""


def run(**fields: Any) -> Watched:
    return cast("Watched", EXPERIMENT.result(WatchSpec(**fields)))


@pytest.fixture(scope="module")
def learned():
    return run(n_steps=5, n_seeds=2, n_examples=6)


@pytest.mark.parametrize("answer", watching_answers(), ids=lambda answer: answer.target[:40])
def test_values_and_gradients_equal_torchs_own(answer):
    assert answer.verdict().reproduced


def test_a_repeated_block_gives_a_value_per_turn_and_a_running_one_per_position():
    gpt = Diagram.from_text(LIBRARY["gpt"].text)
    tokens = torch.randint(0, 256, (2, 5))
    values = gpt.values(tokens)
    assert len(values["Layer/a"]) == 3
    assert torch.allclose(values["Layer/a"][1].sum(-1), torch.ones(2, 4, 5))
    gru = Diagram.from_text(LIBRARY["gru"].text)
    sizes = numbers(gru, dict(LIBRARY["gru"].sizes))
    inputs = example_inputs(gru.graph.inputs, sizes, torch.float32)
    turns = [len(made) for path, made in gru.values(*inputs).items() if path.startswith("Cell/")]
    assert set(turns) == {sizes["t"]}


def test_queries_give_all_they_have_and_keys_need_not_get_as_much(learned):
    (claim,) = EXPERIMENT.claims
    finding = claim.finding(learned)
    assert finding.word == "holds"
    assert finding.figure.n == 6 * 3 * 8, "examples, heads, queries"
    assert finding.control.value > 0.01
    turned = [replace(one, numbers=one.numbers.swapaxes(-1, -2)) for one in learned.kept]
    assert claim.finding(replace(learned, kept=tuple(turned))).word == "differs"
    plain = run(text="def Line(x: b p) -> b c\n  y: b c = Linear+[W](x)", data="random numbers")
    assert claim.finding(plain) is None


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_do_not_mix_along_the_axis_that_is_called_the_example_axis(name):
    """By trial: inputs in another order give every value in that order."""
    diagram = Diagram.from_text(LIBRARY[name].text)
    axis = example_axis(diagram)
    sizes = numbers(diagram, dict(LIBRARY[name].sizes))
    module = module_from_circuit(diagram, dict(LIBRARY[name].sizes), FUNCTIONS).double().eval()
    inputs = example_inputs(diagram.graph.inputs, sizes, torch.float64)
    order = torch.randperm(sizes[axis], generator=torch.Generator().manual_seed(0))
    turned = [
        x.index_select(value.axes.index(axis), order) if axis in value.axes else x
        for value, x in zip(diagram.graph.inputs, inputs, strict=True)
    ]
    _, values = watched(module, *inputs)
    _, again = watched(module, *turned)
    for node in diagram.graph.nodes:
        if axis in node.out.axes:
            dim = node.out.axes.index(axis)
            for one, other in zip(values[node.key], again[node.key], strict=True):
                torch.testing.assert_close(one.index_select(dim, order), other)


def test_which_axis_holds_examples():
    assert example_axis(Diagram.from_text(ROWS)) == "b"
    assert example_axis(Diagram.from_text(LIBRARY["gpt"].text)) == "b"
    assert example_axis(Diagram.from_text(LIBRARY["attention"].text)) == ""
    mixing = """def Mix(X: x m) -> x m
  y: y m = rename[x -> y](X)
  s: x y = einsum(X, y)
  z: x m = einsum(s, y)
"""
    assert example_axis(Diagram.from_text(mixing)) == "", "y was x: its positions meet"


def test_attention_lies_with_heads_apart_queries_down_and_keys_across():
    gpt = Diagram.from_text(LIBRARY["gpt"].text)
    assert attention_maps(gpt, "b") == {("h", "x", "y"): Lying(("h",), ("x",), ("y",))}
    plain = Diagram.from_text(LIBRARY["attention"].text)
    assert attention_maps(plain, "") == {("h", "x", "y"): Lying(("h",), ("y",), ("x",))}


def test_pictures_of_a_convolution_lie_as_pictures():
    text = "def C(x: b i r s) -> b f p q\n  u: b f p q = Conv+[r s -> p q, i -> f, kernel=3](x)\n"
    circuit = Diagram.from_text(text)
    node = circuit.graph.nodes[0]
    assert lying(circuit, ("f", "p", "q"), node, {}) == Lying(("f",), ("p",), ("q",))
    assert lying(circuit, ("f", "z"), None, {}) == Lying((), ("f",), ("z",))


@given(
    shape=st.tuples(*(st.integers(1, 40) for _ in range(3))),
    n=st.integers(1, 3),
    cells=st.sampled_from([64, 100, 4096]),
)
def test_few_enough_numbers_stay_and_each_is_one_of_the_value(shape, n, cells):
    whole = torch.arange(n * math.prod(shape), dtype=torch.float32).reshape(n, *shape)
    found = kept("a", [whole], ("b", "h", "y", "x"), "b", Lying(("h",), ("y",), ("x",)), cells)
    assert found.numbers[0, 0].size <= 2 * cells
    assert set(found.numbers.ravel()) <= set(whole.numpy().ravel())
    assert found.is_thinned == (found.numbers[0, 0].size < math.prod(shape))
    told = dict(zip(STATISTICS, found.statistics[0], strict=True))
    numbers = whole.numpy().astype(float)
    assert told["mean"] == pytest.approx(numbers.mean())
    assert told["sd"] == pytest.approx(numbers.std())
    assert told["zeros"] == pytest.approx((numbers == 0).mean())
    assert told["not finite"] == 0


def test_what_is_not_finite_is_counted_and_left_out_of_the_rest():
    value = torch.tensor([[1.0, -math.inf, 3.0, math.nan]])
    told = kept("a", [value], ("b", "x"), "b", Lying(columns=("x",)), 64).statistics[0]
    assert told.tolist() == [2.0, 1.0, 1.0, 3.0, 0.0, 0.5]


# Strips ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scene():
    return scene_of(Diagram.from_text(ROWS), below=BELOW)[0]


def test_every_operation_has_its_strip_below_its_line_and_none_overlap(scene):
    paths = [node.key for node in Diagram.from_text(ROWS).graph.nodes]
    made = with_strips(scene, {path: np.eye(4) for path in paths})
    boxes = [mark for mark in made.marks if mark.role == "strip"]
    assert {mark.path for mark in boxes} == set(paths) - {"w"}, "another name draws no symbol"
    assert {float(mark.shape["y"]) for mark in boxes} <= set(scene.floors)
    for one in boxes:
        for other in boxes:
            if one is not other and one.shape["y"] == other.shape["y"]:
                left, right = sorted((one, other), key=lambda m: float(m.shape["x"]))
                end = float(left.shape["x"]) + float(left.shape["width"])
                assert end <= float(right.shape["x"])


def test_signs_are_colours_sizes_are_shades_and_nothing_is_clear(scene):
    numbers = np.array([[1.0, -0.5, 0.0, np.inf]])
    cells = [m for m in with_strips(scene, {"e": numbers}).marks if m.role.startswith("heat")]
    assert [(m.role, m.shape["fill-opacity"]) for m in cells] == [
        ("heat plus", 1.0),
        ("heat minus", 0.5),
        ("heat lost", 0.5),
    ]
    alike = [m for m in with_strips(scene, {"e": numbers}, 10.0).marks if m.role == "heat plus"]
    assert alike[0].shape["fill-opacity"] == 0.1


@given(rows=st.integers(1, 50), columns=st.integers(1, 80), n=st.integers(24, 300))
def test_a_strip_is_small_and_shows_numbers_that_are_there(rows, columns, n):
    numbers = np.arange(rows * columns).reshape(rows, columns)
    few = sampled(numbers, n)
    assert few.size <= n
    assert set(few.ravel()) <= set(numbers.ravel())


def test_a_range_says_no_more_than_three_digits():
    assert range_of(np.array([[3.87e-10, 0.9991]])) == "0 … 0.999"
    assert range_of(np.array([[np.nan]])) == "not finite"
    assert range_of(np.zeros((2, 2))) == "0"


# Runs --------------------------------------------------------------------------------------


def test_gradients_at_the_output_are_those_of_cross_entropy(learned):
    """Closed form: (softmax - one hot) / n, on the first 64 of the exam with the last weights."""
    whole = run(n_steps=5, n_seeds=1, n_examples=64)
    last = whole.of("y")
    assert last is not None
    logits = last.numbers[0].reshape(64, 10).astype(float)
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    p[np.arange(64), task_of("digits").y_test[:64]] -= 1
    norm = whole.followed.gradients[whole.paths.index("y"), 0, -1, OF_A_GRADIENT.index("norm")]
    assert norm == pytest.approx(np.linalg.norm(p / 64), rel=1e-4)
    assert np.isfinite(learned.followed.gradients[..., 0]).all(), "also of what has only weights"


def test_statistics_follow_every_seed_and_look(learned):
    assert learned.followed.steps == (0, 1, 2, 5) or learned.followed.steps[0] == 0
    n_looks = len(learned.followed.steps)
    assert learned.followed.numbers.shape == (len(learned.paths), 2, n_looks, len(OF_A_WIRE))
    at = learned.paths.index("x")
    x = task_of("digits").x_test[:64].astype(float)
    told = dict(zip(OF_A_WIRE, learned.followed.numbers[at, 0, 0], strict=True))
    assert told["mean"] == pytest.approx(x.mean(), rel=1e-5)
    assert told["zeros"] == pytest.approx((x == 0).mean())
    assert (learned.followed.numbers[at, 0, 0] == learned.followed.numbers[at, 1, -1]).all(), (
        "the exam stays"
    )
    values = np.linalg.svd(x, compute_uv=False)
    share = values[values > 0] / values.sum()
    assert told["effective rank"] == pytest.approx(np.exp(-(share * np.log(share)).sum()), rel=1e-4)


def test_attention_opens_first_and_every_example_has_its_label(learned):
    assert learned.shown_first() == "a"
    assert learned.labels == tuple(map(str, task_of("digits").y_test[:6]))
    first, *_ = learned.pictures()
    assert first.values.sum(1) == pytest.approx(np.ones(8), rel=1e-5)


def test_what_is_sent_are_the_numbers_of_the_wires(learned):
    everything, wiring = (gift.make() for gift in learned.gives())
    assert isinstance(everything, Activations)
    assert everything.layers["u"].shape == (6, 8 * 24)
    assert "p" not in everything.layers, "a parameter is the same for all examples"
    assert everything.labels["label"] == learned.labels
    assert isinstance(wiring, Matrix)
    assert wiring.weights.sum(1) == pytest.approx(np.ones(8), rel=1e-5)
    assert wiring.names == tuple(f"r {k}" for k in range(1, 9)) or len(wiring.names) == 8


def test_an_imported_model_runs_with_its_own_weights():
    found = run(module="nn.Sequential(nn.Linear(4, 3), nn.ReLU())", shapes="5 4",
                data="random numbers", seed=3)  # fmt: skip
    torch.manual_seed(3)
    model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU())
    x = torch.as_tensor(found.kept[0].numbers[0, :, 0, 0])
    assert found.kept[-1].numbers[0, :, 0, 0] == pytest.approx(model(x).detach().numpy(), abs=1e-6)
    assert found.n_examples == 5


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": "def A(x: b p) -> b c\n  y: b c = Linear(q)\n"}, "q"),
        ({"text": LIBRARY["attention"].text}, "task digits gives"),
        (
            {"text": "def A(x: b p) -> b q\n  size b = 9000\n  size p = 9000\n  y: b q = Linear(x)",
             "data": "random numbers"},
            "numbers, more than",
        ),
        ({"module": "os.system('x')", "shapes": "1", "data": "random numbers"}, "no module"),
    ],
)  # fmt: skip
def test_what_cannot_run_is_told(fields, said):
    with pytest.raises((InputError, DiagramError), match=said):
        list(frames_of(WatchSpec(**fields)))


@pytest.mark.parametrize("name", ["gpt", "gru", "attention"])
def test_as_many_numbers_are_counted_as_flow(name):
    diagram = Diagram.from_text(LIBRARY[name].text)
    sizes = numbers(diagram, dict(LIBRARY[name].sizes))
    inputs = example_inputs(diagram.graph.inputs, sizes, torch.float32)
    values = diagram.values(*inputs)
    given = {value.name for value in diagram.graph.inputs}
    flowed = sum(v.numel() for path, made in values.items() if path not in given for v in made)
    assert n_numbers(diagram.graph, sizes) == flowed
