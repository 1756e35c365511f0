"""Bounds: no value outside, no wider than they must be, of networks and of diagrams."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from engines.contract import InputError
from engines.diagrams import Diagram, DiagramError
from engines.diagrams.bounding.answers import answers
from engines.diagrams.bounding.bounds import bounds
from engines.diagrams.bounding.network import Net, Product, perceptron
from engines.diagrams.bounding.programs import Program
from engines.diagrams.bounding.relaxations import ELEMENTWISE
from engines.diagrams.wires.values import fitted, watched

EVERYWHERE = sorted(name for name, made in ELEMENTWISE.items() if made.above == -np.inf)
SAMPLED = {"gelu", "silu", "sin", "cos"}
TEXT = """def Small(x: b i r s) -> b c
  size f = 3
  u: b f p q = Conv+[r s -> p q, i -> f, kernel=3, pad=1](x)
  a: b f p q = gelu(u)
  m: b f = mean[p q](a)
  t: b f = tanh(m)
  w: b f = mul(t, m)
  v: b f = maximum(w, t)
  y: b c = Linear+[Out](v)
"""


def random_net(seed: int, kind: str, sizes: tuple[int, ...] = (3, 7, 6, 2)) -> Net:
    draw = np.random.default_rng(seed)
    weights = [
        (draw.standard_normal((b, a)) * np.sqrt(2 / a), draw.standard_normal(b) * 0.5)
        for a, b in itertools.pairwise(sizes)
    ]
    return perceptron(weights, kind)


@pytest.mark.parametrize("answer", answers(), ids=lambda a: a.target)
def test_known_answers(answer):
    assert answer.verdict().reproduced


@settings(max_examples=60, deadline=None)
@example("exp", 166, 0.0, 2.0)
@given(st.sampled_from(EVERYWHERE), st.integers(0, 999), st.floats(-2, 2), st.floats(0.0, 2.0))
def test_no_value_is_outside_and_lines_are_never_wider_than_intervals(kind, seed, middle, reach):
    net = random_net(seed, kind)
    low = np.full((2, 3), middle - reach)
    high = np.stack([low[0] + 2 * reach, low[1] + reach])
    try:
        found = bounds(net, {"x": (low, high)})
        plain = bounds(net, {"x": (low, high)}, back=False)
    except InputError:  # "beyond what numbers hold"
        assert kind == "exp"
        return
    share = np.random.default_rng(seed).random((200, 3))
    share[::2] = share[::2] > 0.5  # corners too
    for k in range(2):
        values = net.values({"x": low[k] + (high[k] - low[k]) * share})
        for wire, value in values.items():
            least, largest = (part[k] for part in found.wires[wire])
            assert (value >= least).all()
            assert (value <= largest).all()
            if kind in SAMPLED:  # what lies between samples is added, and is not the same
                continue
            slack = 1e-6 * (1.0 + np.abs(plain.wires[wire][1][k] - plain.wires[wire][0][k]))
            assert (least >= plain.wires[wire][0][k] - slack).all()
            assert (largest <= plain.wires[wire][1][k] + slack).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 999), st.floats(-1.5, 1.5), st.floats(0.1, 1.0), st.floats(0.2, 0.9))
def test_a_smaller_box_has_smaller_bounds(seed, middle, reach, share):
    """Of intervals always; lines may turn, so their bounds are held by those of intervals."""
    net = random_net(seed, "relu")
    low, high = np.full((1, 3), middle - reach), np.full((1, 3), middle + reach)
    inner = low, low + share * (high - low)
    whole = bounds(net, {"x": (low, high)}, back=False)
    part = bounds(net, {"x": inner}, back=False)
    for wire, (least, largest) in part.wires.items():
        assert (least >= whole.wires[wire][0] - 1e-7 * (1 + np.abs(least))).all()
        assert (largest <= whole.wires[wire][1] + 1e-7 * (1 + np.abs(largest))).all()


def test_boxes_side_by_side_have_the_bounds_they_have_alone():
    net = random_net(4, "tanh")
    draw = np.random.default_rng(0)
    low = draw.uniform(-1, 0, (9, 3))
    high = low + draw.uniform(0, 1, (9, 3))
    every = bounds(net, {"x": (low, high)})
    for k in range(9):
        alone = bounds(net, {"x": (low[k : k + 1], high[k : k + 1])})
        for wire, pair in alone.wires.items():
            for one, other in zip(pair, every.wires[wire], strict=True):
                np.testing.assert_allclose(one[0], other[k], atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.floats(-4, 3.9), st.floats(0.05, 5))
def test_the_line_above_tanh_touches_it(low, width):
    """No line with its slope lies lower: scipy finds the largest value less the slope."""
    high = low + width
    lines = ELEMENTWISE["tanh"].lines(np.array([low]), np.array([high]))
    slope, offset = float(lines.high_slope[0]), float(lines.high_offset[0])
    z = np.linspace(low, high, 2_001)
    best = z[np.argmax(np.tanh(z) - slope * z)]
    near = (max(low, best - width / 500), min(high, best + width / 500))
    found = minimize_scalar(lambda z: slope * z - np.tanh(z), bounds=near, method="bounded")
    touched = max(-found.fun, float((np.tanh(z) - slope * z).max()))
    assert offset == pytest.approx(touched, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 999), st.sampled_from(["relu", "tanh", "gelu"]))
def test_a_linear_program_is_between_lines_and_samples(seed, kind):
    """HiGHS as the oracle: lines followed back cannot be above the program, samples not below."""
    net = random_net(seed, kind, (3, 6, 5, 1))
    low, high = np.full((1, 3), -0.4), np.full((1, 3), 0.4)
    known = bounds(net, {"x": (low, high)})
    least = Program(net).least(known).least
    values = net.values({"x": np.random.default_rng(seed).uniform(-0.4, 0.4, (500, 3))})["y"]
    assert float(known.last[0][0, 0]) <= least + 1e-6
    assert least <= values.min() + 1e-6


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=4, max_size=4))
def test_a_product_is_within_its_planes(ends):
    a, b = sorted(ends[:2]), sorted(ends[2:])
    net = Net({"p": 1, "q": 1}, (Product("y", "p", "q"),))
    box = {"p": (np.array([[a[0]]]), np.array([[a[1]]])),
           "q": (np.array([[b[0]]]), np.array([[b[1]]]))}  # fmt: skip
    low, high = bounds(net, box).last
    corners = [x * y for x in a for y in b]
    assert float(low[0, 0]) == pytest.approx(min(corners), abs=1e-7)
    assert float(high[0, 0]) == pytest.approx(max(corners), abs=1e-7)


def test_a_function_is_not_asked_where_it_is_not():
    weights = [(np.eye(1), np.zeros(1)), (np.eye(1), np.zeros(1))]
    box = {"x": (np.array([[-1.0]]), np.array([[1.0]]))}
    with pytest.raises(InputError, match="log of wire z1 is asked down to -1"):
        bounds(perceptron(weights, "log"), box)


# Diagrams ------------------------------------------------------------------------------------


def check(diagram: Diagram, low: np.ndarray, high: np.ndarray, module: Any) -> dict[str, Any]:
    """Every value that the module makes lies within the bounds of its wire."""
    found = diagram.bounds(low, high, module=module)
    double = module.double().eval()
    draw = np.random.default_rng(0)
    for k in range(40):
        share = draw.random(low.shape)
        x = torch.from_numpy(low + (high - low) * (share > 0.5 if k % 2 else share))
        for path, turns in watched(double, x)[1].items():
            for turn, value in enumerate(turns, start=1):
                block, _, rest = path.partition("/")
                name = f"{block}[{turn}]/{rest}" if len(turns) > 1 else path
                if name in found:
                    least, largest = found[name]
                    number = value.detach().numpy()
                    assert number.shape == least.shape
                    assert ((number >= least) & (number <= largest)).all(), name
    return found


def test_a_convolution_with_functions_products_and_maxima_is_bounded():
    diagram = Diagram.from_text(TEXT)
    low = np.random.default_rng(1).uniform(-1, 0, (1, 2, 4, 4))
    high = low + 0.5
    torch.manual_seed(0)
    module = diagram.to_torch(fitted(diagram, (torch.from_numpy(low),)))
    found = check(diagram, low, high, module)
    assert {"x", "u", "a", "m", "t", "w", "v", "y"} <= set(found)


def test_turns_of_a_repeated_block_have_bounds_of_their_own():
    diagram = Diagram.from_text(
        "def Deep(X: b m) -> b m\n  size m = 3\n  size k = 5\n  size N = 3\n"
        "  block Layer xN: X -> Y\n    u: b k = Linear+[A](X)\n    a: b k = relu(u)\n"
        "    v: b m = Linear+[B](a)\n    Y: b m = add(X, v)\n"
    )
    low = np.full((1, 3), -0.2)
    found = check(diagram, low, -low, diagram.to_torch(fitted(diagram, (torch.from_numpy(low),))))
    assert any("[3]" in path for path in found)


def test_a_word_of_ones_own_is_bounded_through_its_parts():
    text = (
        "word crrelu(x, e=0.3) = relu(x) + e*x*exp(-x^2/2)\n\n"
        "def M(x: b p) -> b c\n  size h = 6\n  u: b h = Linear+[In](x)\n"
        "  a: b h = crrelu(u)\n  y: b c = Linear+[Out](a)\n"
    )
    diagram = Diagram.from_text(text)
    low = np.full((2, 4), -0.5)
    check(diagram, low, low + 1.0, diagram.to_torch(fitted(diagram, (torch.from_numpy(low),))))


@pytest.mark.parametrize(
    ("lines", "least", "largest"),
    [
        ("y: b p = mul(x, x)", 0.0, 4.0),
        ("y: b p = mul[by=3](x, x) * 2", 0.0, 24.0),
        ("y: b p = mul(x, x, x)", -4.0, 8.0),
        ("y: b p = maximum(x, x)", -1.0, 2.0),
        ("y: b p = minimum(x, x)", -1.0, 2.0),
        ("y: b p = maximum[by=0.5](x)", 0.5, 2.0),
        ("y: b p = minimum[by=0.5](x)", -1.0, 0.5),
        ("y: b p = maximum[by=0.5](x, x) * 2", 1.0, 4.0),
        ("u: b p = neg(x)\n  y: b p = mul[by=2](x, u)", -8.0, 4.0),
        ("u: b p = neg(x)\n  y: b p = mul(x, u, x)", -8.0, 4.0),
        ("u: b p = neg(x)\n  y: b p = maximum[by=0](x, u, x)", 0.0, 2.0),
    ],
)
def test_what_is_given_twice_or_beside_numbers_is_bounded(lines, least, largest):
    """x from -1 to 2: ends by the rule of corners, of a square from 0."""
    diagram = Diagram.from_text(f"def F(x: b p) -> b p\n  {lines}\n")
    low = np.full((1, 3), -1.0)
    found = check(diagram, low, low + 3.0, diagram.to_torch({"b": 1, "p": 3}))["y"]
    np.testing.assert_allclose(found[0], least, atol=1e-6)
    np.testing.assert_allclose(found[1], largest, atol=1e-6)


def test_a_learned_array_between_two_wires_that_vary_is_a_factor():
    """Of other axes too; beside one wire it is what is never gone below."""
    for word in ("mul", "maximum"):
        diagram = Diagram.from_text(
            "def F(x: b p, z: b q) -> b p q\n  c: q = param[C]()\n"
            f"  w: b q = {word}(c, z)\n  y: b p q = {word}(x, c, w)\n"
        )
        torch.manual_seed(1)
        module = diagram.to_torch({"b": 1, "p": 2, "q": 3}).double()
        ends = [(np.full((1, n), -0.5), np.full((1, n), 1.0)) for n in (2, 3)]
        low, high = diagram.bounds(*zip(*ends, strict=True), module=module)["y"]
        for seed in range(200):
            share = np.random.default_rng(seed).random(5)
            share = (share > 0.5 if seed % 2 else share) * 1.5 - 0.5
            x, z = (torch.from_numpy(part[None].astype(float)) for part in (share[:2], share[2:]))
            value = module(x, z).detach().numpy()
            assert ((value >= low) & (value <= high)).all()


def test_a_word_that_multiplies_its_argument_by_itself_is_a_square():
    text = "word own(x) = x*x\n\ndef F(x: b p) -> b p\n  y: b p = own(x)\n"
    found = Diagram.from_text(text).bounds(np.ones((1, 2)), np.full((1, 2), 2.0))
    low, high = list(found.values())[-1]
    np.testing.assert_allclose(low, 1.0, atol=1e-6)
    np.testing.assert_allclose(high, 4.0, atol=1e-6)


def test_one_wire_under_two_names_is_within_the_product_of_its_axes():
    """The outer product of a row with itself holds what is not a square."""
    text = (
        "def Own(a: b p, c: b q) -> b p q\n  o: b p q = mul(a, c)\n\n"
        "def F(x: b p) -> b p q\n  z: b q = rename[p -> q](x)\n  y: b p q = Own(x, z)\n"
    )
    diagram = Diagram.from_text(text)
    low = np.full((1, 2), -1.0)
    check(diagram, low, low + 3.0, diagram.to_torch({"b": 1, "p": 2, "q": 2}))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("y: b p = same[by=1](x)", "bounds stop at y: same"),
        ("y: b p = first[p](x)", "bounds stop at y: first"),
        ("y: b p = einsum(x, x)", "bounds stop at y: einsum"),
        ("c: p = param[C]()\n  y: b p = div(c, x)", "bounds stop at y: div"),
    ],
)
def test_what_only_looks_affine_is_refused(lines, said):
    diagram = Diagram.from_text(f"def F(x: b p) -> b p\n  {lines}\n")
    with pytest.raises(DiagramError, match=said):
        diagram.bounds(np.zeros((1, 3)), np.ones((1, 3)))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("y: b p = softmax[p](x)", "bounds stop at y: softmax"),
        ("y: b p = div(x, x)", "bounds stop at y: div"),
        ("y: b p = leaky_relu[slope=3](x)", "bounds stop at y: leaky_relu"),
    ],
)
def test_what_bounds_do_not_know_is_named(line, said):
    diagram = Diagram.from_text(f"def F(x: b p) -> b p\n  {line}\n")
    with pytest.raises(DiagramError, match=said):
        diagram.bounds(np.zeros((1, 3)), np.ones((1, 3)))


def test_a_box_that_is_none_is_said():
    diagram = Diagram.from_text("def F(x: b p) -> b p\n  y: b p = relu(x)\n")
    with pytest.raises(DiagramError, match="nowhere above the second"):
        diagram.bounds(np.ones((1, 3)), np.zeros((1, 3)))
    with pytest.raises(DiagramError, match="nowhere above the second"):
        diagram.bounds(np.full((1, 3), np.nan), np.ones((1, 3)))
