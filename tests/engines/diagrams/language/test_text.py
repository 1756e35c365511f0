"""Texts and what is said of those that cannot be: spec 4.8, row by row."""

from __future__ import annotations

import pytest
import torch

from engines.diagrams import LIBRARY, Diagram, DiagramError
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.language.check import judged
from engines.diagrams.running.gradients import gradients

ATTENTION = LIBRARY["attention"].text


def problems(text: str) -> tuple:
    found, mistakes = judged(text)
    assert found is None
    return mistakes


def broken(old: str, new: str) -> tuple:
    assert old in ATTENTION
    return problems(ATTENTION.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "code", "place", "word"),
    [
        ("softmax[x]", "sofmax[x]", "unknown-op", (6, 14), "softmax"),
        ("softmax[x]", "softmax[w]", "not-an-axis", (6, 22), "s has y x h"),
        ("einsum(a, v)", "einsum(a, w)", "unknown-value", (7, 24), "no value w"),
        ("z: y m =", "z: y m g =", "wrong-codomain", (1, 43), "y m g"),
        ("o: y k h =", "o: y k h q =", "axis-from-nothing", (7, 12), "q comes from nothing"),
        ("a: y x h =", "a: y x =", "axis-lost", (6, 3), "h is lost"),
        ("q: y k h =", "q: y y h =", "repeated-axis", (2, 8), "twice"),
        ("v: x k h", "p: x k h", "duplicate", (4, 3), "line 3"),
        ("Linear[Q](E)", "Linear[Q](E, X)", "arity", (2, 14), "takes 1"),
        ("k^(-1/2)", "k^(x)", "exponent", (5, 31), "number"),
        ("k^(-1/2)", "1/0", "expression", (5, 31), ""),
        ("(E: y m", "(E: y in m", "dtype", (2, 24), "positions"),
    ],
)
def test_each_mistake_has_its_place_code_and_hint(old, new, code, place, word):
    mistakes = broken(old, new)
    found = next((m for m in mistakes if m.code == code), None)
    assert found is not None, mistakes
    assert (found.span.line, found.span.col) == place
    assert word in found.message + found.hint
    assert all(m.span.line >= 1 and m.span.col >= 1 and m.code and m.message for m in mistakes)


def test_all_mistakes_are_told_at_once_in_reading_order():
    text = ATTENTION.replace("softmax[x](s)", "softmax[w](s)").replace("(a, v)", "(a, w)")
    mistakes = problems(text.replace("Linear[Q](E)", "Liner[Q](E)"))
    assert [m.code for m in mistakes] == ["unknown-op", "not-an-axis", "unknown-value"]
    assert [m.span.line for m in mistakes] == sorted(m.span.line for m in mistakes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("   \n# nothing\n", "empty"),
        ("hello", "syntax"),
        ("def F(X: x) -> x\n\tY: x = relu(X", "syntax"),
        ("def F(X: x) -> x\n  Y: x = relu(Y)", "unknown-value"),
        ("def F(X: x) -> x\n  Y: x = F(X)", "cycle"),
        ("def F(X: x) -> x\n  size x = y\n  size y = x\n  Y: x = relu(X)", "cycle"),
        ("def F(X: x) -> x\n  size x = 0\n  Y: x = relu(X)", "bad-size"),
        ("def F(X: x) -> x\n  size x = -3\n  Y: x = relu(X)", "bad-size"),
        ("def F(X: x) -> x\n  size x = 5/2\n  Y: x = relu(X)", "bad-size"),
        ("def F(X: x) -> x\n  size x = 3\n  size x = 4\n  Y: x = relu(X)", "size-conflict"),
        ("def F(X: x) -> a b\n  size x = 12\n  size a = 5\n  Y: a b = view[x -> a b](X)",
         "not-divisible"),
        ("def F(X: x) -> a b\n  size x = 12\n  size a = 5\n  size b = 2\n"
         "  Y: a b = view[x -> a b](X)", "size-conflict"),
        ("def F(X: c x) -> d p\n  size x = 2\n  Y: d p = Conv[x -> p, c -> d, kernel=5](X)",
         "window"),
        ("def F(X: x m) -> x m\n  Y: x m = Linear(X)", "ambiguous-linear"),
        ("def F(X: x) -> x\n  block B x3: X -> Y\n    Y: y = Linear(X)", "cyclic-block"),
        ("def F(X: x) -> x\n  Y: x = relu[slope=3](X)", "option"),
        ("def F(X: x) -> x\n  Y: x = relu+(X)", "option"),
        ("def F(X: x, M: x) -> x\n  Y: x = masked(X, M)", "dtype"),
        ("def F(X: x) -> x\n  Y: x = index[x, at=9](X)", "axis-from-nothing"),
        ("def F(X: x) -> ()\n  size x = 4\n  Y: () = index[x, at=9](X)", "index"),
        ("def F(X: x) -> x\n  Y: x = relu(X) * ((((((1+x)^4+2)^4+3)^4+4)^4)^4)", "expression"),
        ("def F(X: x) -> x\n    Y: x = relu(X)\n      Z: x = relu(Y)", "indent"),
        ("def F(X: x) -> x\n  Y: x = relu(X) § 3", "character"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_its_code(text, code):
    assert code in [m.code for m in problems(text)]


@pytest.mark.parametrize(
    ("axes", "norm", "word"),
    [
        ("b f p q", "BatchNorm[f p q]", "LayerNorm[f p q]"),
        ("b p f", "BatchNorm[p f]", "BatchNorm[p](x)"),
        ("f", "BatchNorm[f]", "no other axis"),
        ("b f", "InstanceNorm[f]", "InstanceNorm[f y x]"),
        ("b f p", "InstanceNorm[f]", "InstanceNorm[f p]"),
        ("b f", "LayerNorm[f f]", "once"),
    ],
)
def test_a_norm_over_the_wrong_axes_is_told_before_it_is_built(axes, norm, word):
    (mistake,) = problems(f"def N(x: {axes}) -> {axes}\n  y: {axes} = {norm}(x)")
    assert mistake.code == "option"
    assert word in mistake.message + mistake.hint


@pytest.mark.parametrize(
    ("axes", "norm"),
    [
        ("b f p q", "BatchNorm[f]"),
        ("b f", "BatchNorm[f]"),
        ("f", "BatchNorm[f, running=1]"),
        ("b f p", "InstanceNorm[f p]"),
        ("b f", "GroupNorm[f]"),
    ],
)
def test_norms_that_pass_the_check_run(axes, norm):
    diagram = Diagram.from_text(f"def N(x: {axes}) -> {axes}\n  y: {axes} = {norm}(x)")
    x = torch.randn([4] * len(axes.split()))
    sizes = dict.fromkeys(axes.split(), 4)
    assert diagram.to_torch(sizes)(x).shape == x.shape


def test_conflicting_sizes_name_the_other_line():
    (mistake,) = problems("def F(X: x) -> x\n  size x = 3\n  size x = 4\n  Y: x = relu(X)")
    assert "line 2" in mistake.message
    assert mistake.span.line == 3


def test_letters_of_any_script_overbars_and_primes_name_axes():
    d = Diagram.from_text("def F(X: x̄ β x') -> x̄ β x'\n  Y: x̄ β x' = relu(X)")
    assert d.graph.outputs == ("Y",)
    assert len(d.graph.inputs[0].axes) == 3


def test_an_axis_is_known_by_its_name_never_by_its_size():
    d = Diagram.from_text(LIBRARY["pre-norm"].text)
    scores = next(n for _, _, n in d.graph.walk() if n.kind == "einsum")
    assert scores.out.axes == ("x", "x'", "h")  # self-attention is no diagonal
    sizes = numbers(d)
    assert sizes["x"] == sizes["x'"]


def test_a_text_is_never_evaluated():
    with pytest.raises(DiagramError):
        Diagram.from_text("def F(X: x) -> x\n  size x = __import__('os')\n  Y: x = relu(X)")


def test_a_very_long_text_is_answered():
    lines = "\n".join(f"  v{k}: x = relu({'X' if not k else f'v{k - 1}'})" for k in range(3000))
    d = Diagram.from_text(f"def F(X: x) -> x\n{lines}\n")
    assert len(d.graph.nodes) == 3000


TIED = """def Tied(T: x in v) -> x v
  e: x m = Embed[tokens](T)
  w: x v = Linear[head, tied=e](e)
"""


def test_a_weight_that_is_shared_is_one_parameter():
    diagram = Diagram.from_text(TIED)
    module = diagram.to_torch({"v": 5, "m": 3})
    assert sum(p.numel() for p in module.parameters()) == 15
    assert str(diagram.costs().total.params) == "mv"
    assert Diagram.from_text(diagram.text()).graph == diagram.graph
    assert "self.head = self.tokens" in diagram.source()
    found = gradients(diagram)
    assert list(found.ours) == ["W_e"]
    assert all(check.holds for check in found.checks())


def test_a_weight_can_only_be_shared_with_one_that_is_there():
    with pytest.raises(DiagramError, match="nothing above that makes q has a weight") as caught:
        Diagram.from_text(TIED.replace("tied=e", "tied=q"))
    (problem,) = caught.value.problems
    assert (problem.span.line, problem.code) == (3, "tied")
