"""What really differs: edit lists by hand, cost differences exactly."""

from __future__ import annotations

from engines.diagrams import LIBRARY, Diagram


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
