"""What really differs: edit lists by hand, cost differences exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engines.diagrams import LIBRARY, Diagram
from engines.diagrams.comparing.drawings import compared_drawings
from engines.diagrams.comparing.rewriting import _levels_otherwise, altered, rewritten, told_apart
from engines.diagrams.experiments.comparing.compare import EXPERIMENT as COMPARE
from engines.diagrams.specs.comparing import ComparedDrawings, CompareSpec
from engines.lab.statistics import wilson


def differences(a: str, b: str):
    return Diagram.from_text(LIBRARY[a].text).compare(Diagram.from_text(LIBRARY[b].text))


def test_a_diagram_equals_itself():
    for name in LIBRARY:
        found = differences(name, name)
        assert not found.edits()
        assert not found.delta.flops
        assert not found.wires


def test_post_norm_and_pre_norm_differ_in_where_two_norms_stand():
    found = differences("post-norm", "pre-norm")
    kinds = sorted(what for what, _, _ in found.edits())
    assert kinds.count("added") == kinds.count("removed")
    assert not found.delta.flops
    assert not found.delta.params


def test_multi_query_attention_saves_key_and_value_heads():
    found = differences("attention", "mqa")
    # p and v lose the h axis: 2·(h-1)·k·m weights fewer, 2·m·x·k FLOPs per head and map fewer.
    assert str(found.delta.params) == "-2hkm + 2km"
    assert str(found.delta.flops) == "-4hkmx + 4kmx"
    assert ("v", "x k h", "x k") in found.wires
    assert ("p", "x k h", "x k") in found.wires


def test_a_mask_is_one_operation_more():
    found = differences("sdpa", "masked")
    assert [what for what, _, _ in found.edits() if what == "added"] == ["added"]


RESNETS = """
def Residual(X: b c y x) -> b c y x
{}
"""
V1 = """  a: b d y x = Conv[y x, c -> d, kernel=3](X)
  n1: b d y x = BatchNorm[d](a)
  r1: b d y x = relu(n1)
  e: b c y x = Conv[y x, d -> c, kernel=3](r1)
  n2: b c y x = BatchNorm[c](e)
  s: b c y x = add(X, n2)
  z: b c y x = relu(s)"""
IDENTITY = """  n1: b c y x = BatchNorm[c](X)
  r1: b c y x = relu(n1)
  a: b d y x = Conv[y x, c -> d, kernel=3](r1)
  n2: b d y x = BatchNorm[d](a)
  r2: b d y x = relu(n2)
  e: b c y x = Conv[y x, d -> c, kernel=3](r2)
  z: b c y x = add(X, e)"""


def test_identity_mappings_move_norms_and_activations_before_the_convolutions():
    """He et al. 2016, figure 4: (a) original against (e) full pre-activation."""
    first, second = (Diagram.from_text(RESNETS.format(t)) for t in (V1, IDENTITY))
    found = first.compare(second)
    edits = found.edits()
    kinds = sorted(what for what, _, _ in edits)
    # By hand: a norm and a relu come to stand before the first convolution, and as many go.
    assert kinds.count("added") == kinds.count("removed") == 2, edits
    assert not any("Conv" in op for _, op, _ in edits), edits
    for cost in ("flops", "params", "elementwise"):
        assert not getattr(found.delta, cost), cost
    # v1 keeps X, a, r1, e and z; the identity block X, r1, a and r2: one array of b c y x less.
    assert str(found.delta.saved) == "-bcxy"


@pytest.mark.parametrize("name", LIBRARY)
def test_what_is_written_otherwise_is_the_same_and_what_is_altered_is_not(name):
    """Sixty rewrites of every text of the library, and as many with one alteration."""
    plain, other = told_apart(Diagram.from_text(LIBRARY[name].text))
    assert not plain.any()
    assert other.all()


def test_a_rewrite_computes_the_same_and_an_altered_one_does_not():
    """The control of the test before: numbers, not the comparison, say what a rewrite is."""
    diagram = Diagram.from_text(LIBRARY["attention"].text)
    arrays = [torch.randn(5, 8), torch.randn(7, 8)]
    for seed in range(5):
        rng = np.random.Generator(np.random.Philox(key=seed))
        graph = rewritten(diagram.graph, rng)
        outputs = []
        for each in (diagram.graph, graph, altered(graph, rng)):
            made = Diagram.of(replace(diagram, graph=each)).to_torch({"m": 8})
            own = {name.partition("_")[0]: p for name, p in made.named_parameters()}
            with torch.no_grad():
                for k, label in enumerate(sorted(own)):
                    draw = torch.Generator().manual_seed(k)
                    own[label].copy_(torch.randn(own[label].shape, generator=draw))
                outputs.append(made(*arrays))
        torch.testing.assert_close(outputs[1], outputs[0])
        assert outputs[2].shape != outputs[0].shape or (outputs[2] - outputs[0]).abs().max() > 1e-3


def test_a_factor_that_is_gone_is_a_change():
    text = LIBRARY["attention"].text
    found = Diagram.from_text(text).compare(Diagram.from_text(text.replace(" * k^(-1/2)", "")))
    assert found.edits() == (("changed", "s", "s"),)


def test_arguments_that_change_places_are_a_change():
    text = "def D(a: b p, c: b q) -> b h\n  u: b h = Linear[A](a)\n  v: b h = Linear[A](c)\n"
    one, other = (Diagram.from_text(f"{text}  y: b h = sub({w})\n") for w in ("u, v", "v, u"))
    assert one.compare(other).edits() == (("changed", "y", "y"),)


def test_another_size_and_another_number_of_repetitions_are_told():
    text = LIBRARY["transformer"].text
    other = text.replace("size N = 2", "size N = 6").replace("  size k = 16\n", "")
    found = compared_drawings(CompareSpec(text=text, other=other)).differences
    assert found == (("changed", "size N", "2 → 6"), ("changed", "size k", "16 → free"))
    edits = Diagram.from_text(text).compare(Diagram.from_text(other)).edits()
    assert edits == (
        ("changed", "size N = 2", "size N = 6"),
        ("changed", "size k = 16", "size k = free"),
    )


@pytest.mark.parametrize("name", COMPARE.presets)
def test_the_claim_is_tested_by_every_preset(name):
    (claim,) = COMPARE.claims
    finding = claim.finding(COMPARE.result(COMPARE.presets[name]))
    assert finding is not None
    assert finding.control is not None
    assert (finding.word, finding.figure.value, finding.control.value) == ("holds", 0.0, 1.0)


def test_a_comparison_that_sees_everything_as_changed_differs():
    result = COMPARE.result(COMPARE.presets["LSTM and GRU"])
    assert isinstance(result, ComparedDrawings)
    (claim,) = COMPARE.claims
    blind = claim.finding(replace(result, rewritten=result.altered))
    assert blind is not None
    assert blind.word == "differs"
    assert claim.finding(replace(result, rewritten=np.zeros(0, bool))) is None


GIVES = "def F(x: b p) -> b c\n  u: b h = Linear+[A](x)\n  y: b c = Linear+[O](u)\n{}"
RELU, TANH = "  z: b c = relu(y)\n", "  w: b c = tanh(y)\n"
CELL = """def A(x: b t p, g: b k) -> b k
  scan C over t: g -> {0}
    u: b k = Linear+[In](x)
    h1: b k = add(u, g)
  y: b k = tanh({0})
"""


def test_another_output_is_a_change():
    """Each has the same lines, and what is given out is another one."""
    one, other = (Diagram.from_text(GIVES.format(end)) for end in (RELU + TANH, TANH + RELU))
    assert one.compare(other).edits() == (("changed", "w", "z"),)
    one, other = (Diagram.from_text(CELL.format(given)) for given in ("h1", "u"))
    assert one.compare(other).edits() == (("changed", "C/h1", "C/u"),)


def test_rewrites_are_altered_in_what_they_read_and_give_too():
    graph = Diagram.from_text(GIVES.format(RELU + TANH)).graph
    others = list(_levels_otherwise(graph))
    assert ("z",) in [other.outputs for other in others]
    read = {tuple(node.args) for other in others for node in other.nodes}
    assert ("z",) in read, "tanh of relu of y"


def test_the_interval_of_shares_is_not_a_point():
    """None of sixty and all of sixty: Wilson's intervals, with a width of their own."""
    result = COMPARE.result(COMPARE.presets["LSTM and GRU"])
    assert isinstance(result, ComparedDrawings)
    finding = COMPARE.claims[0].finding(result)
    assert finding is not None
    assert finding.figure.high == pytest.approx(wilson(0, 60)[1])
    assert finding.control is not None
    assert finding.control.low == pytest.approx(wilson(60, 60)[0])
