"""Elementwise words that a text defines: values, gradients, costs, source, and what is refused."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as fn

from engines.diagrams import Diagram, DiagramError
from engines.diagrams.running.gradients import gradients
from engines.diagrams.running.module import module_from_circuit

CRRELU = "word f(x, e=0.01) = relu(x) + e*x*exp(-x^2/2)"
WORDS = {
    CRRELU: lambda x: fn.relu(x) + 0.01 * x * torch.exp(-(x**2) / 2),
    "word f(x, v=2) = x*sigmoid(v*x)": lambda x: x * torch.sigmoid(2 * x),
    "word f(x, a=0.5, b=-0.25) = a*x + b*x^3": lambda x: 0.5 * x - 0.25 * x**3,
    "word f(x) = 1/(1 + exp(-x)) - 2^-1": lambda x: torch.sigmoid(x) - 0.5,
    "word f(x) = maximum(x, 0.1*x)": lambda x: fn.leaky_relu(x, 0.1),
    "word f(x) = (x^2 + 1)^(1/2) - (x^2 + 1)^(-1/2)": lambda x: (
        (x**2 + 1).sqrt() - (x**2 + 1).rsqrt()
    ),
    "word f(x) = x": lambda x: x,
    "word f(x) = 3 - 1/2": lambda x: torch.full_like(x, 2.5),
    "word g(x) = x^2\nword f(x) = g(g(x)) - g(x)": lambda x: x**4 - x**2,
}


def applied(word: str, call: str = "f(x)", axes: str = "b h") -> Diagram:
    return Diagram.from_text(f"{word}\n\ndef Net(x: {axes}) -> {axes}\n  y: {axes} = {call}\n")


@pytest.mark.parametrize("word", WORDS)
def test_a_word_computes_what_torch_computes(word):
    x = torch.linspace(-3, 3, 24, dtype=torch.float64).reshape(4, 6)
    module = applied(word).to_torch({"b": 4, "h": 6}).double()
    # A start such as 0.01 is held in single precision until the module is told otherwise.
    torch.testing.assert_close(module(x), WORDS[word](x), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("word", [w for w in WORDS if "3 - 1/2" not in w])
def test_derived_gradients_of_a_word_equal_autograd(word):
    assert all(check.holds for check in gradients(applied(word)).checks())


@pytest.mark.parametrize("word", WORDS)
def test_a_word_survives_text_and_source(word):
    diagram = applied(word)
    assert Diagram.from_text(diagram.text()) == diagram
    module, found = diagram.to_torch({"b": 4, "h": 6}), {}
    exec(diagram.source({"b": 4, "h": 6}), found)
    theirs = found["MODEL"]()
    x = torch.randn(4, 6, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(theirs(x), module(x))  # the starts are those of the text


def test_learned_numbers_are_one_or_one_for_each_position_of_an_axis():
    assert str(applied(CRRELU).costs().total.params) == "1"
    own = applied(CRRELU, "f[h](x)")
    assert str(own.costs().total.params) == "h"
    module = module_from_circuit(own, {"h": 5})
    assert {name: tuple(p.shape) for name, p in module.named_parameters()} == {"f.e": (5,)}


def test_two_calls_learn_two_numbers():
    diagram = Diagram.from_text(
        f"{CRRELU}\ndef Net(x: b h) -> b h\n  y: b h = f(x)\n  z: b h = f(y)\n"
    )
    assert str(diagram.costs().total.params) == "2"


def test_arguments_are_broadcast_by_name():
    word = "word f(x, y) = x*y + y^2"
    text = f"{word}\ndef Net(x: b h, y: h) -> b h\n  z: b h = f(x, y)\n"
    module = Diagram.from_text(text).to_torch({"h": 3})
    x, y = torch.randn(2, 3), torch.randn(3)
    torch.testing.assert_close(module(x, y), x * y + y**2)


EXPRESSIONS = st.recursive(
    st.sampled_from(["x", "e", "2", "0.5"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda one: f"tanh({one})"),
        inner.map(lambda one: f"(-{one})"),
        inner.map(lambda one: f"({one})^2"),
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(EXPRESSIONS)
def test_any_expression_is_what_python_computes(said):
    module = applied(f"word f(x, e=0.75) = {said}", axes="b").to_torch({"b": 3}).double()
    for x in (-1.5, 0.0, 0.7):
        names = {"x": x, "e": 0.75, "tanh": math.tanh}
        wanted = eval(said.replace("^", "**"), {"__builtins__": {}}, names)
        ours = module(torch.full((3,), x, dtype=torch.float64))
        torch.testing.assert_close(ours, torch.full_like(ours, wanted), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("word", "call", "said"),
    [
        ("word f(x) = relu(z)", "f(x)", "f has no z; it takes x"),
        ("word f(x) =", "f(x)", "expected a number, a name or"),
        ("word f(x) = f(x)", "f(x)", r"f contains itself"),
        ("word relu(x) = x", "relu(x)", "relu is an operation already"),
        ("word f(x) = rleu(x)", "f(x)", "there is no operation rleu; did you mean relu"),
        ("word f(x, y) = x*y", "f(x)", "f takes 2 values and makes one, but 1 came"),
        ("word f(x) = x^x", "f(x)", "an exponent is a number"),
        ("word f(x) = x^0.3", "f(x)", "powers here are 1 to 8 and 1/2"),
        ("word f(x) = x/0", "f(x)", "this divides by zero"),
        ("word f(x, e=h) = e*x", "f(x)", "a learned number starts from a number"),
        ("word f(e=1) = e", "f(x)", "f takes nothing"),
        (CRRELU, "f[k](x)", "k is no axis of y"),
        (CRRELU + "\nword f(x) = x", "f(x)", "f is defined twice"),
        ("word f(x) = 9999999999999999999999999", "f(x)", "this number is out of range"),
    ],
)
def test_a_word_that_cannot_be_is_told_with_its_place(word, call, said):
    with pytest.raises(DiagramError, match=said) as caught:
        applied(word, call)
    assert caught.value.problems[0].span.line > 0


def test_a_word_acts_on_every_number_by_itself():
    text = f"{CRRELU}\ndef Net(x: b h) -> b\n  y: b = f(x)\n"
    with pytest.raises(DiagramError, match="acts on every number by itself: it gives b h"):
        Diagram.from_text(text)


def test_a_negative_factor_is_written_so_that_it_is_read():
    diagram = Diagram.from_text("def N(x: b) -> b\n  y: b = square(x) * (-1/2)\n")
    assert Diagram.from_text(diagram.text()) == diagram


def test_a_number_without_axes_has_source():
    diagram = Diagram.from_text("def N(x: b) -> b\n  e: () = param[E]()\n  y: b = mul(x, e)\n")
    found: dict = {}
    exec(diagram.source({"b": 2}), found)
    assert found["MODEL"]()(torch.ones(2)).shape == (2,)
