"""Groups: which rows die together, what refuses to be cut, and that nothing changes by cutting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import InputError
from engines.diagrams import LIBRARY, Diagram, DiagramError
from engines.diagrams.cutting.answers import _RESIDUAL, answers
from engines.diagrams.cutting.groups import Group
from engines.diagrams.cutting.removing import zeroed

CONVOLUTION = """def C(x: b i r s) -> b c
  size f = 6
  u: b f p q = Conv+[r s -> p q, i -> f, kernel=3, pad=1](x)
  n: b f p q = BatchNorm[f](u)
  a: b f p q = relu(n)
  m: b f = mean[p q](a)
  y: b c = Linear+[Out](m)
"""


def written(middle: str, given: str = "x: b p") -> Diagram:
    return Diagram.from_text(
        f"def F({given}) -> b c\n  u: b h = Linear+[In](x)\n{middle}\n  y: b c = Linear+[Out](a)\n"
    )


def of(diagram: Diagram, axis: str) -> Group:
    return min((g for g in diagram.die_together() if axis in g.axes), key=lambda g: bool(g.refuses))


def inputs_of(diagram: Diagram, module: Any, seed: int = 0) -> list[torch.Tensor]:
    draw = torch.Generator().manual_seed(seed)
    shapes = [[module.sizes[axis] for axis in value.axes] for value in diagram.graph.inputs]
    return [torch.randn(*shape, generator=draw, dtype=torch.float64) for shape in shapes]


@pytest.mark.parametrize("answer", answers(), ids=lambda a: a.target)
def test_known_answers(answer):
    assert answer.verdict().reproduced


def test_a_hidden_unit_is_a_row_a_bias_and_a_column():
    assert str(of(written("  a: b h = relu(u)"), "h")) == (
        "h: rows of In weight, rows of In bias, columns of Out weight"
    )


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(
        [
            ("h", "mlp"), ("h", "residual"), ("m", "residual"), ("f", "convolution"),
            ("h", "attention"),
        ]
    ),
    st.sets(st.integers(0, 5), max_size=5),
    st.integers(0, 99),
)  # fmt: skip
def test_nothing_changes_by_cutting_zeros_out(case, positions, seed):
    axis, name = case
    texts = {"residual": _RESIDUAL, "convolution": CONVOLUTION,
             "attention": LIBRARY["attention"].text}  # fmt: skip
    diagram = written("  a: b h = gelu(u)") if name == "mlp" else Diagram.from_text(texts[name])
    torch.manual_seed(seed)
    module = diagram.to_torch({"h": 6} if name == "attention" else None).double().eval()
    inputs = inputs_of(diagram, module, seed)
    zeroed(module, of(diagram, axis), sorted(positions))
    cut = diagram.cut(axis, sorted(positions), module=module)
    with torch.no_grad():
        torch.testing.assert_close(cut(*inputs), module(*inputs), rtol=1e-12, atol=1e-14)
    kept = module.sizes[axis] - len(positions)
    assert cut.sizes[axis] == kept
    assert all(
        kept in value.shape or value.shape == module.get_parameter(path).shape
        for path, value in cut.named_parameters()
    )


def test_running_statistics_are_cut_with_their_channel():
    """Torch's own batch norm as it is read: 0.0 apart, and as torch computes it."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Conv2d(2, 6, 3, padding=1), torch.nn.BatchNorm2d(6), torch.nn.ReLU(),
        torch.nn.Conv2d(6, 2, 1),
    )  # fmt: skip
    x = torch.randn(4, 2, 5, 5)
    for _ in range(3):
        model(torch.randn(4, 2, 5, 5) + 1.0)
    diagram = Diagram.from_torch(model.eval(), (x,))
    module, x = diagram.to_torch().double().eval(), x.double()
    torch.testing.assert_close(module(x), model.double()(x), rtol=1e-12, atol=1e-12)
    ((group, axis),) = [
        (g, g.axes[0]) for g in diagram.die_together()
        if any(array.suffix == "var" for array in g.arrays)
    ]  # fmt: skip
    assert not group.refuses
    assert {"mean", "var"} <= {array.suffix for array in group.arrays}
    before = {name: value.clone() for name, value in module.named_buffers()}
    zeroed(module, group, [1, 4])
    assert all(torch.equal(value, before[name]) for name, value in module.named_buffers())
    cut = diagram.cut(axis, [1, 4], module=module)
    assert not cut.training
    with torch.no_grad():
        assert (cut(x) - module(x)).abs().max() == 0.0
    assert all(value.shape == (4,) for value in cut.buffers())


def test_running_statistics_without_a_weight_do_not_die():
    """0 less a mean is not 0, and no row can be zeroed that would make it so."""
    for own in ("affine=0", "affine=0, bias=0"):
        diagram = Diagram.from_text(CONVOLUTION.replace("[f](u)", f"[f, running=1, {own}](u)"))
        assert "m is not 0 where its rows are" in of(diagram, "f").refuses


def test_what_is_not_zero_changes_the_output():
    """The control of the test before."""
    diagram = Diagram.from_text(_RESIDUAL)
    torch.manual_seed(0)
    module = diagram.to_torch().double()
    (x,) = inputs_of(diagram, module)
    assert (diagram.cut("m", [0], module=module)(x) - module(x)).abs().max() > 0.01


def test_a_residual_wire_refuses_to_be_cut_alone():
    diagram = Diagram.from_text(_RESIDUAL)
    module = diagram.to_torch()
    with pytest.raises(DiagramError, match="m of Down cannot be cut alone: In, Out, Up have it"):
        diagram.cut("m", [0], module=module, only=("Down",))
    assert diagram.cut("m", [0], module=module, only=("Down", "In", "Up", "Out")).sizes["m"] == 7


@pytest.mark.parametrize(
    ("middle", "why"),
    [
        ("  a: b h = sigmoid(u)", "a is not 0 where its rows are, and y sums over it"),
        ("  a: b h = softmax[h](u)", "softmax at a is taken over all of h"),
        ("  a: b h = LayerNorm[h](u)", "LayerNorm at a is taken over all of h"),
        ("  v: b h = exp(u)\n  a: b h = add(u, v)", "a is not 0 where its rows are"),
    ],
)
def test_what_cannot_be_cut_says_why(middle, why):
    diagram = written(middle)
    assert why in of(diagram, "h").refuses
    with pytest.raises(DiagramError, match="h cannot be cut alone"):
        diagram.cut("h", [0], module=diagram.to_torch())


def test_a_product_dies_with_either_side():
    """exp(u) is 1 at 0, but relu(u) times it is 0."""
    diagram = written("  v: b h = exp(u)\n  w: b h = relu(u)\n  a: b h = mul(w, v)")
    assert of(diagram, "h").refuses == ""


def test_heads_and_the_depth_of_keys_are_told_apart():
    found = Diagram.from_text(LIBRARY["attention"].text).die_together()
    heads = next(group for group in found if "h" in group.axes)
    assert [array.maker for array in heads.arrays] == ["Q", "K", "V", "O"]
    keys = next(g for g in found if "k" in g.axes and "Q" in {a.maker for a in g.arrays})
    assert {array.maker for array in keys.arrays} == {"Q", "K"}
    assert "another axis of the same name" in keys.refuses


@pytest.mark.parametrize(
    ("axis", "positions", "said"),
    [
        ("h", [8], "h has positions 0 to 7"),
        ("h", list(range(8)), "at least one must stay"),
        ("q", [0], "no learned array has an axis q; there are: "),
        ("c", [0], "y is an output"),
        ("p", [0], "x is an input"),
    ],
)
def test_a_cut_that_cannot_be_is_one_sentence(axis, positions, said):
    diagram = written("  a: b h = relu(u)")
    with pytest.raises(DiagramError, match=said):
        diagram.cut(axis, positions, module=diagram.to_torch())


TWICE = """def Half(x: b p) -> b q
  u: b h = Linear+[In](x)
  a: b h = relu(u)
  y: b q = Linear+[Out](a)

def Two(x: b p) -> b c
  size p = 8
  size h = 6
  size r = 6
  v: b r = Half(x)
  w: b c = Half(v)
"""
NESTED = """def Deep(x: b p) -> b c
  size p = 8
  size N = 3
  size M = 2
  size m = 6
  size h = 6
  z: b m = Linear+[In](x)
  block Layer xN: z -> r
    u: b h = Linear+[Up](z)
    block Inner xM: u -> a
      a1: b h = relu(u)
      a2: b k = Linear+[A](a1)
      a3: b k = exp(a2)
      a4: b h = Linear[B](a3)
      a: b h = add(u, a4)
    v: b m = Linear+[Down](a)
    r: b m = add(z, v)
  y: b c = Linear+[Out](r)
"""
SQUARE = """def S(x: b p) -> b c
  size p = 8
  size m = 6
  z: b m = Linear+[In](x)
  v: b m = Linear+[Sq, m -> m](z)
  y: b c = Linear+[Out](v)
"""
ALONG = """def Along(x: b t p, g: b e) -> b t c
  size p = 3
  size k = 6
  h: b k = Linear+[Start](g)
  scan Cell over t: h -> h1 collect y = h1
    u: b k = Linear+[In](x)
    w: b k = Linear[Rec, k -> k](h)
    s: b k = add(u, w)
    h1: b k = tanh(s)
  o: b t c = Linear+[Out](y)
"""
WORD = (
    "word twice(x) = 2*x\n\ndef F(x: b p) -> b c\n  size h = 6\n  u: b h = Linear+[In](x)\n"
    "  a: b h = twice(u)\n  y: b c = Linear+[Out](a)\n"
)


@pytest.mark.parametrize(
    ("text", "axis"),
    [(TWICE, "h"), (TWICE, "r"), (NESTED, "m"), (NESTED, "h"), (SQUARE, "m"), (ALONG, "k"),
     (WORD, "h")],
)  # fmt: skip
def test_zeros_are_cut_out_of_blocks_without_change(text, axis):
    """Repeated, called twice, run along time: rows are zeroed and cut in all of them."""
    diagram = Diagram.from_text(text)
    torch.manual_seed(1)
    module = diagram.to_torch().double()
    inputs = inputs_of(diagram, module)
    with torch.no_grad():
        before = module(*inputs)
        zeroed(module, of(diagram, axis), [0, 4])
        left = module(*inputs)
        assert (left - before).abs().max() > 1e-3
        cut = diagram.cut(axis, [0, 4], module=module)
        torch.testing.assert_close(cut(*inputs), left, rtol=1e-12, atol=1e-14)
    assert cut.sizes[axis] == 4


def test_what_two_calls_have_in_common_dies_together():
    found = of(Diagram.from_text(TWICE), "r")
    assert str(found) == (
        "r: rows of Out weight in Half, rows of Out bias in Half, columns of In weight in Half_2"
    )
    sizes = of(Diagram.from_text(TWICE), "h")  # one size of the text, so both give it up
    assert {array.path for array in sizes.arrays} == {"Half/", "Half_2/"}


def test_what_is_carried_must_come_out_zero():
    """A sum that grows by exp(0) in every turn is not 0 in the next one."""
    text = NESTED.replace("    r: b m = add(z, v)", "    e: b m = exp(v)\n    r: b m = add(z, e)")
    assert "is not 0 where its rows are" in of(Diagram.from_text(text), "m").refuses
    late = ALONG.replace("tanh(s)", "sigmoid(s)")
    assert "is not 0 where its rows are" in of(Diagram.from_text(late), "k").refuses
    inside = late.replace("collect y = h1", "collect y = r").replace(
        "    h1: b k", "    r: b c = Linear+[Out](h)\n    h1: b k"
    ).replace("  o: b t c = Linear+[Out](y)\n", "  o: b t c = relu(y)\n")  # fmt: skip
    refused = of(Diagram.from_text(inside), "k").refuses
    assert refused == "Cell/h is not 0 where its rows are, and w sums over it"


def test_an_axis_along_which_a_block_runs_is_not_cut():
    text = """def P(g: b e) -> b c
  size t = 4
  size k = 6
  q: b t p = Linear+[Times](g)
  h: b k = Linear+[Start](g)
  scan Cell over t: h -> h1
    u: b k = Linear+[In](q)
    s: b k = add(u, h)
    h1: b k = tanh(s)
  o: b c = Linear+[Out](h1)
"""
    found = Diagram.from_text(text)
    assert of(found, "t").refuses == "Cell runs along t"
    assert of(found, "p").refuses == ""
    refused = of(Diagram.from_text(NESTED), "k").refuses
    assert refused == "Layer/Inner/a3 is not 0 where its rows are, and a4 sums over it"


SQUARE = """def F(x: b p) -> b c
  size p = 5
  size m = 6
  size c = 3
  z: b m = Linear+[Start](x)
  v: b m = {}(z)
  w: b m = Linear+[Q, m -> m](v)
  y: b c = Linear+[End](w)
"""
CHANNELS = """def C(x: b i r) -> b c
  size m = 6
  u: b m p = Conv+[r -> p, i -> m, kernel=3, pad=1](x)
  a: b m p = {}(u)
  v: b m q = Conv+[p -> q, m -> m, kernel=3, pad=1](a)
  g: b m = mean[q](v)
  y: b c = Linear+[Out](g)
"""


@pytest.mark.parametrize(("text", "wire"), [(SQUARE, "v"), (CHANNELS, "a")])
def test_what_a_square_map_reads_must_be_zero_too(text, wire):
    """It makes the axis anew, and sums over it as well."""
    refused = of(Diagram.from_text(text.format("sigmoid")), "m").refuses
    assert refused.startswith(f"{wire} is not 0 where its rows are")
    assert of(Diagram.from_text(text.format("relu")), "m").refuses == ""


TWO_NAMES = """def F(x: b p) -> b c
  size p = 5
  size m = 6
  size c = 2
  u: b m = Linear+[A](x)
  v: b n = rename[m -> n](u)
  s: b m n = {}(u, v)
  y: b c = Linear+[O, m n -> c](s)
"""


def test_an_axis_twice_is_zero_along_both_names_only_in_a_product():
    """u + v is v where u is 0, for every pair of positions; u times v is 0."""
    assert "s is not 0" in of(Diagram.from_text(TWO_NAMES.format("add")), "m").refuses
    diagram = Diagram.from_text(TWO_NAMES.format("mul"))
    module = diagram.to_torch().double()
    group = of(diagram, "m")
    zeroed(module, group, [1, 4])
    (x,) = inputs_of(diagram, module)
    cut = diagram.cut("m", [1, 4], module=module)
    with torch.no_grad():
        torch.testing.assert_close(cut(x), module(x), rtol=0, atol=1e-12)


def test_nothing_over_nothing_is_not_zero():
    """Only what is divided may die."""
    over = "  v: b h = Linear+[Under](x)\n  e: b h = exp(v)\n  a: b h = div(u, {})"
    assert "a is not 0" in of(written(over.format("v")), "h").refuses
    assert of(written(over.format("e")), "h").refuses == ""


def test_positions_are_whole_numbers_of_any_kind():
    diagram = written("  a: b h = relu(u)")
    module = diagram.to_torch()
    for positions in (torch.tensor([1, 2]), np.array([1, 2]), range(1, 3)):
        assert diagram.cut("h", positions, module=module).sizes["h"] == 6
    for positions in ([1.5], 3, torch.tensor([1.0])):
        with pytest.raises(InputError, match="positions of h to cut are whole numbers"):
            diagram.cut("h", positions, module=module)
