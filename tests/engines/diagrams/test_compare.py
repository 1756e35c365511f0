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
